/**
 * Tables of places and times beside the files, a row each: `boxes` (file, label, x, y, width, height, or two corners),
 * `points` (file, label, x, y) and `intervals` (file, label, start, end), as CSV, TSV, JSON or Parquet.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FileFacts, FolderKnowledge } from '../folder-knowledge.ts';
import type { Table } from '../label-table.ts';
import type { Annotation, Box, Problem } from '../media.ts';
import { fileFinder, guessFileColumn } from './label-files.ts';
import { readTableFile, tableEndings } from './table-files.ts';
import type { FoundFile } from './walk.ts';

/** Columns by their names: pixels from the left and top edge, times in seconds, frames from 0. */
const horizontal = /^(x|left|xmin|x_?min|x1)$/i;
const vertical = /^(y|top|ymin|y_?min|y1)$/i;
const right = /^(right|xmax|x_?max|x2)$/i;
const bottom = /^(bottom|ymax|y_?max|y2)$/i;
const start = /^(start|onset|begin|start_?s)$/i;
const end = /^(end|offset|stop|end_?s)$/i;
const labelColumn = /^(label|class|name|category|event|phase)$/i;
const frameColumn = /^(frame|frame_?(number|index)|slice)$/i;

const kinds = [
  { type: 'boxes', files: /^boxes$/, needed: [horizontal, vertical] },
  { type: 'points', files: /^(points|key_?points|landmarks)$/, needed: [horizontal, vertical] },
  { type: 'intervals', files: /^(intervals|events|segments)$/, needed: [start, end] },
] as const;

/** What such tables in the folder say; `undefined` where there are none. Rows that are not whole are counted and named. */
export async function placeTables(root: string, files: readonly FoundFile[]): Promise<FolderKnowledge | undefined> {
  const names = files.map(({ path }) => path).filter((path) => tableEndings.some((ending) => path.endsWith(ending)));
  const annotations = new Map<string, Annotation[]>();
  const companions = new Set<string>();
  const problems: Problem[] = [];
  for (const name of names) {
    const stem = name.slice(0, name.lastIndexOf('.'));
    const kind = kinds.find((candidate) => candidate.files.test(stem));
    if (kind === undefined || !existsSync(join(root, name))) continue;
    const table = await readTableFile(join(root, name));
    const find = fileFinder(root, root, files);
    const fileColumn = guessFileColumn(table, find);
    const complete = kind.needed.every((needed) => table.columns.some((column) => needed.test(column)));
    if (fileColumn === undefined || !complete) continue;
    companions.add(name);
    let left = 0;
    for (const [file, rows] of rowsByFile(table, (row) => find(row[fileColumn] ?? ''))) {
      const annotation = annotationOf(kind.type, stem, table, file === undefined ? [] : rows);
      left += rows.length - annotation.count;
      if (file === undefined || annotation.count === 0) continue;
      annotations.set(file, [...(annotations.get(file) ?? []), annotation.value]);
    }
    if (left > 0) problems.push({ path: name, severity: 'warning', reason: rowsLeft(left) });
  }
  if (companions.size === 0) return undefined;
  const facts = new Map<string, FileFacts>([...annotations].map(([file, list]) => [file, { annotations: list }]));
  return { source: [...companions].join(', '), of: (path) => facts.get(path), companions, problems: () => problems };
}

function rowsLeft(left: number): string {
  const rows = left === 1 ? 'one row' : `${left} rows`;
  return `${rows} of this table left out: no such file in the folder, or a number is missing or the wrong way round`;
}

function rowsByFile(table: Table, fileOf: (row: readonly string[]) => string | undefined) {
  const groups = new Map<string | undefined, (readonly string[])[]>();
  for (const row of table.rows) {
    const file = fileOf(row);
    groups.set(file, [...(groups.get(file) ?? []), row]);
  }
  return groups;
}

/** What the rows of one file say, and how many of them are whole. */
function annotationOf(
  type: (typeof kinds)[number]['type'],
  name: string,
  table: Table,
  rows: readonly (readonly string[])[],
): { value: Annotation; count: number } {
  const read = rows.map((row) => reader(table, row));
  if (type === 'boxes') {
    const boxes = read.flatMap((row) => boxOf(row) ?? []);
    return { value: { type, name, boxes }, count: boxes.length };
  }
  if (type === 'points') {
    const points = read.flatMap(({ number, labelled }) => {
      const [x, y] = [number(horizontal), number(vertical)];
      return Number.isFinite(x) && Number.isFinite(y) ? [{ ...labelled('point'), x, y, ...frameOf(number) }] : [];
    });
    return { value: { type, name, points }, count: points.length };
  }
  const intervals = read.flatMap(({ number, labelled }) => {
    const [startS, endS] = [number(start), number(end)];
    return endS >= startS ? [{ ...labelled('interval'), startS, endS }] : [];
  });
  return { value: { type, name, intervals }, count: intervals.length };
}

interface RowReader {
  /** Not a number where the column or the value is missing. */
  number(names: RegExp): number;
  labelled(otherwise: string): { readonly label: string };
}

function reader(table: Table, row: readonly string[]): RowReader {
  const text = (names: RegExp) => (row[table.columns.findIndex((column) => names.test(column))] ?? '').trim();
  return {
    number: (names) => (text(names) === '' ? Number.NaN : Number(text(names))),
    labelled: (otherwise) => ({ label: text(labelColumn) || otherwise }),
  };
}

/** `undefined` where a number is missing or the box has no extent. */
function boxOf({ number, labelled }: RowReader): Box | undefined {
  const [x, y] = [number(horizontal), number(vertical)];
  const [wide, high] = [number(/^(width|w)$/i), number(/^(height|h)$/i)];
  const width = Number.isNaN(wide) ? number(right) - x : wide;
  const height = Number.isNaN(high) ? number(bottom) - y : high;
  const whole = Number.isFinite(x) && Number.isFinite(y) && width > 0 && height > 0;
  return whole ? { ...labelled('box'), x, y, width, height, ...frameOf(number) } : undefined;
}

function frameOf(number: RowReader['number']): { readonly frame?: number } {
  const frame = number(frameColumn);
  return Number.isInteger(frame) && frame >= 0 ? { frame } : {};
}
