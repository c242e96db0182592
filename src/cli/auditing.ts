/**
 * What `sonde audit` does: the shortcut instrument alone, with its table on the terminal.
 * @module
 */
import type { Explanation } from '../explanation/explain.ts';
import { instrumentById } from '../explanation/index.ts';
import { shortcutById, shortcuts } from '../explanation/shortcuts/index.ts';
import { type LookOptions, lookWith } from './explaining.ts';

export interface AuditOptions extends LookOptions {
  readonly shortcuts?: string;
  readonly questions?: number;
  /** Steps of each training; true: as many as usual. */
  readonly retrain?: number | true;
  readonly label?: string;
}

const usualSteps = 150;

export async function auditRun(path: string, options: AuditOptions): Promise<void> {
  const { shortcuts: ids, questions, retrain, label } = options;
  for (const id of ids?.split(',') ?? []) shortcutById(id.trim());
  const words = [`sonde audit ${path}`];
  if (options.data !== undefined) words.push(`--data ${options.data}`);
  if (ids !== undefined) words.push(`--shortcuts ${ids}`);
  if (questions !== undefined) words.push(`--questions ${questions}`);
  if (retrain !== undefined) words.push(`--retrain ${retrain === true ? usualSteps : retrain}`);
  if (label !== undefined) words.push(`--label ${label}`);
  await lookWith(path, options, {
    instruments: [instrumentById('shortcuts')],
    settings: {
      shortcuts: {
        ...(ids === undefined ? {} : { shortcuts: ids }),
        ...(questions === undefined ? {} : { questions }),
        ...(label === undefined ? {} : { label }),
        ...(retrain === undefined ? {} : { steps: retrain === true ? usualSteps : retrain }),
      },
    },
    folder: 'audit',
    command: words.join(' '),
    redraw: words.join(' '),
    print: printAudit,
  });
}

export function listShortcuts(json: boolean): void {
  if (json) {
    console.log(
      JSON.stringify(
        shortcuts.map(({ id, title, why, remedy }) => ({ id, title, why, remedy })),
        null,
        2,
      ),
    );
    return;
  }
  const width = Math.max(...shortcuts.map(({ id }) => id.length));
  for (const { id, title, why } of shortcuts) console.log(`${id.padEnd(width)}  ${title}: ${why}`);
}

/** The verdicts as a table, what to do, and what cannot be here and why. */
function printAudit({ findings, omissions }: Explanation): void {
  for (const { title, sentences, tables = [], checks } of findings) {
    console.log(`${title}\n`);
    const absent: string[] = [];
    for (const { columns, rows } of tables) {
      const here = rows.filter(([name, verdict, ...rest]) => {
        if (verdict === 'not here') absent.push(`${name}: ${rest[rest.length - 1]}`);
        return verdict !== 'not here';
      });
      printTable(columns, here);
    }
    for (const sentence of sentences) console.log(sentence);
    if (absent.length > 0) console.log(`\nNot here:\n  ${absent.join('\n  ')}`);
    for (const { statement, detail } of checks.filter(({ passed }) => !passed)) {
      console.log(`\nCheck failed: ${statement} (${detail}).`);
    }
  }
  for (const { title, reason } of omissions) console.log(`${title}: not looked at, ${reason}`);
}

/** What to do next, the last column of verdicts, is said in sentences. */
function printTable(columns: readonly string[], rows: readonly (readonly string[])[]): void {
  const count = columns.at(-1) === 'next' ? columns.length - 1 : columns.length;
  const widths = columns.slice(0, count).map((name, c) => Math.max(name.length, ...rows.map((row) => row[c].length)));
  const line = (cells: readonly string[]) =>
    widths
      .map((width, c) => cells[c].padEnd(width))
      .join('  ')
      .trimEnd();
  console.log(`${[columns, ...rows].map(line).join('\n')}\n`);
}
