/**
 * What is in a data set, as plain data and as text a clinician would like to read.
 * @module
 */
import type { DatasetIndex, Label, MediaItem, MediaKind, Problem, SplitPart } from './media.ts';
import type { DatasetQuality } from './quality/dataset-quality.ts';
import { describeFieldsOfView, describeQuality } from './quality/describe.ts';
import { itemsByPart } from './split.ts';

export interface Count<T> {
  readonly value: T;
  readonly items: number;
  readonly patients: number;
}

export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export interface LabelSummary {
  readonly name: string;
  /** Items that have it. */
  readonly known: number;
  /** Values with their counts, most frequent first, where they are few or text. */
  readonly classes?: readonly Count<Label>[];
  /** For measurements: more than ten different numbers. */
  readonly numbers?: Spread;
}

export interface Inspection {
  readonly name: string;
  readonly items: number;
  readonly patients: number;
  readonly kinds: readonly Count<MediaKind>[];
  readonly formats: readonly Count<string>[];
  /** `480 x 640` (rows x columns), most frequent first. */
  readonly sizes: readonly Count<string>[];
  /** Frames of clips and volumes together. */
  readonly frames: number;
  readonly framesPerItem: Spread;
  /** Playing time of the clips whose rate is known. */
  readonly seconds: number;
  readonly frameRateHz?: Spread;
  /** Distance between rows, of the items where it is known. */
  readonly spacingMm?: Spread;
  readonly spacingKnown: number;
  readonly grey: number;
  readonly colour: number;
  readonly labels: readonly LabelSummary[];
  readonly parts: readonly { readonly part: SplitPart; readonly items: number; readonly patients: number }[];
  readonly problems: readonly Problem[];
  /** Groups of items with identical files. */
  readonly duplicates: readonly (readonly string[])[];
}

/** Sums up an index. `duplicates` come from where the files are (`findDuplicates`). */
export function inspectDataset(index: DatasetIndex, duplicates: readonly (readonly string[])[] = []): Inspection {
  const { items, split } = index;
  const rates = items.flatMap((item) => item.frameRateHz ?? []);
  const spacings = items.flatMap((item) => item.spacingMm?.[1] ?? []);
  const parts = itemsByPart(split, items);
  return {
    name: index.name,
    items: items.length,
    patients: patientsOf(items),
    kinds: countBy(items, (item) => item.kind),
    formats: countBy(items, (item) => item.format),
    sizes: countBy(items, (item) => `${item.height} x ${item.width}`),
    frames: items.reduce((sum, item) => sum + item.frames, 0),
    framesPerItem: spreadOf(items.map((item) => item.frames)),
    seconds: items.reduce((sum, item) => sum + (item.frameRateHz ? item.frames / item.frameRateHz : 0), 0),
    ...(rates.length > 0 ? { frameRateHz: spreadOf(rates) } : {}),
    ...(spacings.length > 0 ? { spacingMm: spreadOf(spacings) } : {}),
    spacingKnown: spacings.length,
    grey: items.filter((item) => item.channels === 1).length,
    colour: items.filter((item) => item.channels === 3).length,
    labels: labelsOf(items),
    parts: (['train', 'validation', 'test'] as const).map((part) => ({
      part,
      items: parts[part].length,
      patients: patientsOf(parts[part].map((position) => items[position])),
    })),
    problems: index.problems,
    duplicates,
  };
}

function labelsOf(items: readonly MediaItem[]): LabelSummary[] {
  const names = [...new Set(items.flatMap((item) => Object.keys(item.labels)))];
  return names.map((name) => {
    const labelled = items.filter((item) => item.labels[name] !== undefined);
    const values = labelled.map((item) => item.labels[name]);
    const classes = countBy(labelled, (item) => item.labels[name]);
    const numbers = values.filter((value) => typeof value === 'number');
    const measured = numbers.length === values.length && classes.length > 10;
    return { name, known: labelled.length, ...(measured ? { numbers: spreadOf(numbers) } : { classes }) };
  });
}

function countBy<T extends Label>(items: readonly MediaItem[], read: (item: MediaItem) => T): Count<T>[] {
  const groups = new Map<T, MediaItem[]>();
  for (const item of items) {
    const value = read(item);
    const group = groups.get(value);
    if (group === undefined) groups.set(value, [item]);
    else group.push(item);
  }
  const counts = [...groups].map(([value, group]) => ({ value, items: group.length, patients: patientsOf(group) }));
  return counts.sort((a, b) => b.items - a.items || (a.value < b.value ? -1 : 1));
}

function patientsOf(items: readonly MediaItem[]): number {
  return new Set(items.map((item) => item.patient)).size;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { low: sorted[0], median, high: sorted[sorted.length - 1] };
}

/** Classes, sizes and problems listed before the rest is only counted. */
const listed = 12;

/** The summary as aligned text, for a terminal; with what the checks say, where pictures were looked at. */
export function describeInspection(summary: Inspection, quality?: DatasetQuality): string {
  const { items, patients } = summary;
  const problems = [...summary.problems, ...(quality?.problems ?? [])];
  const blocks = [
    `${summary.name}: ${plural(items, 'item')} of ${plural(patients, 'patient')}`,
    block(factRows(summary, quality)),
    block(splitRows(summary), 'Split by patient'),
  ];
  if (summary.labels.length > 0) blocks.push(block(labelRows(summary), 'Labels'));
  if (summary.duplicates.length > 0) {
    const groups = summary.duplicates.map((group) => ['', group.join(' = ')]);
    blocks.push(block(shortened(groups), `Identical files (${plural(groups.length, 'group')})`));
  }
  for (const { title, note, rows } of quality === undefined ? [] : describeQuality(quality)) {
    blocks.push(block(shortened(rows), note === undefined ? title : `${title}\n${folded(note)}`));
  }
  if (problems.length > 0) {
    blocks.push(block(shortened(problemRows(problems)), `Problems (${problems.length})`));
  } else blocks.push('No problems found.');
  return `${blocks.join('\n\n')}\n`;
}

/** Files with the same problem that are still listed one by one. */
const listedAlone = 3;

/** `severity, item, sentence`; what many files have in common is one row. */
export function problemRows(problems: readonly Problem[]): string[][] {
  const alike = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = `${problem.severity} ${problem.reason}`;
    alike.set(key, [...(alike.get(key) ?? []), problem]);
  }
  return [...alike.values()].flatMap((group) => {
    if (group.length <= listedAlone) {
      return group.map(({ path, reason, severity }) => [severity, path === '.' ? 'the folder' : path, reason]);
    }
    const [{ severity, reason }] = group;
    const some = group.slice(0, listedAlone).map(({ path }) => path);
    const rest = group.length - some.length;
    return [[severity, `${grouped(group.length)} files`, `${reason}: ${some.join(', ')} and ${grouped(rest)} more`]];
  });
}

/** What there is, as names and values. */
export function factRows(summary: Inspection, quality: DatasetQuality | undefined): [name: string, value: string][] {
  const { frames, framesPerItem, seconds, frameRateHz, spacingMm, grey, colour, items } = summary;
  const kinds = summary.kinds.map(({ value, items: count }) => plural(count, value));
  const rows: [string, string][] = [['Kind', kinds.join(', ')]];
  if (framesPerItem.high > 1) {
    const time = seconds > 0 ? `, ${duration(seconds)}` : '';
    const volumes = summary.kinds.every(({ value }) => value === 'volume');
    rows.push([volumes ? 'Slices' : 'Frames', `${grouped(frames)} in all${time}; ${spread(framesPerItem)} in one`]);
  }
  if (frameRateHz !== undefined) rows.push(['Frame rate', `${spread(frameRateHz)} Hz`]);
  rows.push(['Size', `${counts(summary.sizes.slice(0, 4))}${more(summary.sizes.length - 4)} (rows x columns)`]);
  const known = summary.spacingKnown === items ? '' : `, known for ${summary.spacingKnown} of ${items}`;
  rows.push(['Pixel spacing', spacingMm === undefined ? 'unknown' : `${spread(spacingMm)} mm${known}`]);
  rows.push([
    'Colour',
    colour === 0 ? 'none: all are grey' : grey === 0 ? 'all in colour' : `${grey} grey, ${colour} in colour`,
  ]);
  rows.push(['Format', counts(summary.formats)]);
  const scanned = quality === undefined ? undefined : describeFieldsOfView(quality);
  if (scanned !== undefined) rows.push(['Scanned part', scanned]);
  return rows;
}

function splitRows({ parts }: Inspection): string[][] {
  return parts.map(({ part, items, patients }) => [part, plural(patients, 'patient'), plural(items, 'item')]);
}

function labelRows({ labels, items }: Inspection): (readonly string[])[] {
  return labels.flatMap(({ name, known, classes, numbers }) => {
    const share = known === items ? '' : `known for ${known} of ${items}`;
    if (numbers !== undefined) return [[name, spread(numbers), '', '', share]];
    const rows = (classes ?? []).map(({ value, items: count, patients }, i) => [
      i === 0 ? name : '',
      String(value),
      plural(count, 'item'),
      plural(patients, 'patient'),
      i === 0 ? share : '',
    ]);
    return shortened(rows);
  });
}

function shortened(rows: readonly (readonly string[])[]): (readonly string[])[] {
  if (rows.length <= listed + 1) return [...rows];
  return [...rows.slice(0, listed), ['', `… and ${rows.length - listed} more`]];
}

/** A sentence in lines that fit a terminal. */
function folded(text: string): string {
  return text.replace(/(.{1,96})(?: |$)/g, '  $1\n').trimEnd();
}

/** Rows with their columns aligned, the last one left as long as it is. */
function block(rows: readonly (readonly string[])[], title?: string): string {
  const columns = Math.max(...rows.map((row) => row.length));
  const widths = Array.from({ length: columns - 1 }, (_, c) =>
    Math.max(...rows.filter((row) => row.length > c + 1).map((row) => row[c].length), 0),
  );
  const lines = rows.map((row) => {
    const cells = row.map((cell, c) => (c < row.length - 1 ? cell.padEnd(widths[c]) : cell));
    return `  ${cells.join('  ')}`.trimEnd();
  });
  return [...(title === undefined ? [] : [title]), ...lines].join('\n');
}

function counts(values: readonly Count<string>[]): string {
  if (values.length === 1) return values[0].value;
  return values.map(({ value, items }) => `${value} (${items})`).join(', ');
}

function more(count: number): string {
  return count > 0 ? ` and ${count} more` : '';
}

function spread({ low, median, high }: Spread): string {
  if (low === high) return number(low);
  return `${number(low)} to ${number(high)} (median ${number(median)})`;
}

function number(value: number): string {
  return Number.isInteger(value) ? grouped(value) : String(Number(value.toPrecision(3)));
}

/** Thousands apart by a narrow space that does not break. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');
}

function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}
