/**
 * Who is in a data set: patients and items in each part of the split, and how every label is spread over them.
 * @module
 */
import type { SplitPart } from '../../data/media.ts';
import { type Markup, markup } from '../markup.ts';
import { countOf, formatCount, formatNumber, listOf } from '../numbers.ts';
import { ink } from '../palette.ts';
import { figure, LINE_HEIGHT, label, round, shortened, textWidth } from './figure.ts';

export type PartCounts = Readonly<Record<SplitPart, number>>;

/** A label and how many items of each part carry each of its values. */
export interface ClassLabel {
  readonly kind: 'classes';
  readonly name: string;
  readonly values: readonly { readonly value: string; readonly items: PartCounts }[];
}

/** A label that is a number: its spread in each part; absent where no item of the part carries it. */
export interface NumberLabel {
  readonly kind: 'numbers';
  readonly name: string;
  readonly parts: Readonly<
    Partial<
      Record<
        SplitPart,
        { readonly items: number; readonly least: number; readonly median: number; readonly most: number }
      >
    >
  >;
}

export interface DatasetCounts {
  /** `clip`, `image` or `volume`, as one item is called. */
  readonly itemName: string;
  readonly patients: PartCounts;
  readonly items: PartCounts;
  readonly labels: readonly (ClassLabel | NumberLabel)[];
}

export const parts: readonly SplitPart[] = ['train', 'validation', 'test'];

const ROW = LINE_HEIGHT + 3;

/** Draws three columns of bars, one for each part, on one scale a group of rows. */
export function datasetOverview(counts: DatasetCounts, { width = 720 } = {}): string {
  const names = [`${counts.itemName}s`, 'patients', ...counts.labels.flatMap((entry) => rowNames(entry))];
  const left = Math.min(190, Math.max(...names.map((name) => textWidth(name))) + 32);
  const column = (width - left) / parts.length;
  const columnX = (part: number) => left + part * column;
  const drawn: Markup[] = parts.map((part, i) => label(columnX(i), 15, part, { weight: 600 }));
  let y = 16;
  const heading = (text: string) => {
    y += 10;
    drawn.push(
      markup`<path d="M0 ${y}H${width}" stroke="${ink('hairline')}"/>`,
      label(0, y + 18, text, { weight: 600 }),
    );
    y += 26;
  };
  const bars = (name: string, values: PartCounts, most: number) => {
    drawn.push(label(12, y + 14, shortened(name, left - 20), { fill: ink('secondary') }));
    drawn.push(...parts.map((part, i) => bar(columnX(i), y, column, values[part], most)));
    y += ROW;
  };
  heading('Everyone');
  bars('patients', counts.patients, Math.max(...Object.values(counts.patients)));
  bars(`${counts.itemName}s`, counts.items, Math.max(...Object.values(counts.items)));
  for (const entry of counts.labels) {
    heading(entry.name);
    if (entry.kind === 'classes') {
      const most = Math.max(1, ...entry.values.flatMap(({ items }) => Object.values(items)));
      for (const { value, items } of entry.values) bars(value, items, most);
    } else {
      drawn.push(label(12, y + 14, 'median (range)', { fill: ink('secondary') }));
      drawn.push(...parts.map((part, i) => label(columnX(i), y + 14, spread(entry, part))));
      y += ROW;
    }
  }
  return figure({
    width,
    height: y + 6,
    title: `${countOf(total(counts.patients), 'patient')} with ${countOf(total(counts.items), counts.itemName)}, split by patient`,
    description: describe(counts),
    body: drawn.map((part) => markup`${part}\n`),
  });
}

function bar(x: number, y: number, column: number, value: number, most: number): Markup {
  const longest = column - 36 - textWidth(formatCount(most));
  const length = most === 0 ? 0 : Math.max(value > 0 ? 1 : 0, (value / most) * longest);
  return markup`<rect x="${round(x)}" y="${y + 4}" width="${round(length)}" height="${ROW - 9}" fill="${ink('accent')}" fill-opacity="0.75"/>${label(x + length + 6, y + 14, formatCount(value), value === 0 ? { fill: ink('secondary') } : {})}`;
}

function spread({ parts: spreads }: NumberLabel, part: SplitPart): string {
  const found = spreads[part];
  if (found === undefined) return 'none';
  const decimals = Math.max(Math.abs(found.least), Math.abs(found.most)) >= 20 ? 0 : 2;
  const text = (value: number) => formatNumber(value, decimals);
  return `${text(found.median)} (${text(found.least)} to ${text(found.most)})`;
}

function rowNames(entry: ClassLabel | NumberLabel): string[] {
  return entry.kind === 'classes' ? entry.values.map(({ value }) => value) : ['median (range)'];
}

export function total(counts: PartCounts): number {
  return parts.reduce((sum, part) => sum + counts[part], 0);
}

function describe({ patients, items, itemName, labels }: DatasetCounts): string {
  const shares = parts.map(
    (part) => `${part}: ${countOf(patients[part], 'patient')}, ${countOf(items[part], itemName)}`,
  );
  const lines = labels.map((entry) =>
    entry.kind === 'classes'
      ? `${entry.name}: ${listOf(entry.values.map(({ value, items: counts }) => `${value} ${formatCount(total(counts))}`))}.`
      : `${entry.name}: ${parts.map((part) => `${part} ${spread(entry, part)}`).join(', ')}.`,
  );
  return `${shares.join('; ')}. ${lines.join(' ')}`;
}
