/**
 * What the terminal shows: one line a fact, aligned; progress with rate and time left; tables with intervals. Pure
 * functions from plain data to text; colour only when asked, and never alone.
 * @module
 */
import { FIXED_SPACE, formatCount, formatDuration, formatLoss, formatPercent, formatRate } from './numbers.ts';

export interface ProgressLine {
  /** What runs, e.g. the method's id. */
  readonly name: string;
  readonly done: number;
  readonly total: number;
  /** What is counted: `steps`, `frames`. */
  readonly unit: string;
  /** What goes through, and how fast: `clips` a second. */
  readonly rate?: { readonly perSecond: number; readonly unit: string };
  /** Measured values with what guessing reaches, e.g. the loss. */
  readonly measures?: readonly {
    readonly name: string;
    readonly value: number;
    readonly chance?: number;
    readonly percent?: boolean;
  }[];
  readonly secondsLeft?: number;
}

export interface LineStyle {
  /** Columns of the terminal; parts that do not fit are left out from the right. */
  readonly width?: number;
  /** Escape sequences for colour; only for a terminal that wants them. */
  readonly colour?: boolean;
  /** Columns of the name and the bar. */
  readonly nameWidth?: number;
  readonly barWidth?: number;
}

/** `jigsaw  ▕██████▏ 43 %  1 240/2 880 steps  61 clips/s  loss 1.87 (chance 3.18)  1 min 40 s left` */
export function progressLine(progress: ProgressLine, style: LineStyle = {}): string {
  const { width = Number.POSITIVE_INFINITY, colour = false, nameWidth = 0, barWidth = 14 } = style;
  const { name, done, total, unit, rate, measures = [], secondsLeft } = progress;
  const share = total > 0 ? Math.min(1, Math.max(0, done / total)) : 0;
  const percent = `${String(Math.floor(share * 100)).padStart(3)}${FIXED_SPACE}%`;
  const left = secondsLeft === undefined || done >= total ? [] : [`${formatDuration(secondsLeft)} left`];
  const parts = [
    `${formatCount(done).padStart(formatCount(total).length)}/${formatCount(total)} ${unit}`,
    ...(rate === undefined ? [] : [`${formatRate(rate.perSecond)} ${rate.unit}/s`]),
    ...measures.map(measureText),
  ];
  const head = `${name.padEnd(nameWidth)}  ${paint('accent', progressBar(share, barWidth), colour)}${percent}`;
  const headLength = Math.max(name.length, nameWidth) + 2 + barWidth + 2 + percent.length;
  const length = (kept: readonly string[]) => kept.reduce((sum, part) => sum + 2 + part.length, headLength);
  while (parts.length > 0 && length([...parts, ...left]) > width) parts.pop();
  return [head, ...parts, ...left].join('  ');
}

/** A bar between thin lines, to an eighth of a column. */
export function progressBar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const partial = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8];
  return `▕${('█'.repeat(Math.floor(eighths / 8)) + partial).padEnd(width)}▏`;
}

function measureText({ name, value, chance, percent }: NonNullable<ProgressLine['measures']>[number]): string {
  const write = (number: number) => (percent ? formatPercent(number) : formatLoss(number));
  return `${name} ${write(value)}${chance === undefined ? '' : ` (chance ${write(chance)})`}`;
}

export type TableCell = string | { readonly text: string; readonly state?: State; readonly bold?: boolean };

export interface TableColumn {
  readonly title: string;
  /** Numbers stand right, words left. */
  readonly align?: 'left' | 'right';
}

/** A table with two spaces between columns and a thin line under the titles. */
export function table(
  columns: readonly TableColumn[],
  rows: readonly (readonly TableCell[])[],
  { colour = false, indent = 0 }: { colour?: boolean; indent?: number } = {},
): string {
  const textOf = (cell: TableCell | undefined) =>
    cell === undefined ? '' : typeof cell === 'string' ? cell : cell.text;
  const widths = columns.map(({ title }, i) =>
    Math.max(displayWidth(title), ...rows.map((row) => displayWidth(textOf(row[i])))),
  );
  const place = (text: string, i: number) => {
    const space = ' '.repeat(widths[i] - displayWidth(text));
    return columns[i].align === 'right' ? space + text : text + space;
  };
  const margin = ' '.repeat(indent);
  const line = (cells: readonly string[]) => (margin + cells.join('  ')).trimEnd();
  const body = rows.map((row) =>
    line(
      columns.map((_, i) => {
        const cell = row[i];
        const text = place(textOf(cell), i);
        if (cell === undefined || typeof cell === 'string') return text;
        return paint(cell.state ?? (cell.bold ? 'bold' : undefined), text, colour);
      }),
    ),
  );
  return [
    line(columns.map(({ title }, i) => place(title, i))),
    line(widths.map((width) => '─'.repeat(width))),
    ...body,
  ].join('\n');
}

/** Facts under each other, their names in one column. */
export function facts(entries: readonly (readonly [name: string, value: string])[], indent = 0): string {
  const width = Math.max(0, ...entries.map(([name]) => displayWidth(name)));
  return entries
    .map(([name, value]) => `${' '.repeat(indent)}${name}${' '.repeat(width - displayWidth(name))}  ${value}`)
    .join('\n');
}

export type State = 'good' | 'warning' | 'bad' | 'accent' | 'quiet' | 'bold';

const codes: Readonly<Record<State, readonly [on: number, off: number]>> = {
  good: [32, 39],
  warning: [33, 39],
  bad: [31, 39],
  accent: [36, 39],
  quiet: [2, 22],
  bold: [1, 22],
};

/** Colours a text; the word must already say what the colour says. */
export function paint(state: State | undefined, text: string, colour: boolean): string {
  if (!colour || state === undefined) return text;
  const [on, off] = codes[state];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** Columns a text takes: combining marks none, East Asian wide characters two. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}
