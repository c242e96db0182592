/**
 * Labels and patients from a table beside the files.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { usageError } from '../../base/errors.ts';
import { findPatientColumn, isLabelColumn, labelsOfColumn, parseTable, type Table } from '../label-table.ts';
import type { Label } from '../media.ts';
import type { FoundFile } from './walk.ts';

export interface LabelFileOptions {
  /** Path of the table; by default `labels.csv` or `index.csv` (or `.tsv`) in the folder or its parent. */
  readonly labels?: string;
  readonly fileColumn?: string;
  readonly patientColumn?: string;
  /** Columns to take as labels; by default all that look like labels. */
  readonly labelColumns?: readonly string[];
}

export interface FileLabels {
  /** As the column has it: identifying, to be replaced by a pseudonym. */
  readonly identity?: string;
  readonly labels: Readonly<Record<string, Label>>;
}

export interface JoinedLabels {
  /** Name of the table, relative to the folder. */
  readonly table: string;
  readonly labelNames: readonly string[];
  /** By the files' paths relative to the folder. */
  readonly byFile: ReadonlyMap<string, FileLabels>;
  /** Files that another column of the table names (masks, annotations): companions of items, no items themselves. */
  readonly companions: ReadonlySet<string>;
  /** Rows whose file is not there. */
  readonly missing: number;
}

const candidates = ['labels.csv', 'labels.tsv', 'index.csv', 'index.tsv'];
const fileColumns = /^(file|file[ _-]?name|path|file[ _-]?path|image|img|video|clip|id|image[ _-]?id|video[ _-]?id)$/i;

/** Finds the table and joins it with the files below `root`; `undefined` where there is none. Throws `usage` for a wrong option. */
export function joinLabels(
  root: string,
  files: readonly FoundFile[],
  options: LabelFileOptions = {},
): JoinedLabels | undefined {
  if (options.labels !== undefined) {
    const path = resolve(options.labels);
    if (!existsSync(path)) throw usageError(`there is no table of labels at ${options.labels}`);
    return joinTable(path, root, files, options, true);
  }
  for (const folder of [root, dirname(root)]) {
    for (const name of candidates) {
      const path = join(folder, name);
      if (!existsSync(path)) continue;
      const joined = joinTable(path, root, files, options, false);
      if (joined !== undefined) return joined;
    }
  }
  const asked = options.fileColumn ?? options.patientColumn ?? options.labelColumns?.[0];
  if (asked !== undefined) {
    throw usageError(`there is no table with a column '${asked}'`, {
      expected: `${candidates.join(', ')} in the folder or its parent, or the path of a table`,
    });
  }
  return undefined;
}

function joinTable(
  path: string,
  root: string,
  files: readonly FoundFile[],
  options: LabelFileOptions,
  required: boolean,
): JoinedLabels | undefined {
  const table = parseTable(readFileSync(path, 'utf8'));
  const name = relative(root, path).split(sep).join('/');
  const find = fileFinder(dirname(path), root, files);
  const fileColumn = columnNamed(table, options.fileColumn, name) ?? guessFileColumn(table, find);
  if (fileColumn === undefined) {
    if (!required && options.fileColumn === undefined) return undefined;
    throw usageError(`no column of ${name} names files of this folder`, {
      found: table.columns.join(', '),
      hint: 'name the column that holds the file names',
    });
  }
  const patientColumn = columnNamed(table, options.patientColumn, name) ?? findPatientColumn(table.columns);
  const companionColumns = table.columns
    .map((_, column) => column)
    .filter((column) => column !== fileColumn && column !== patientColumn && namesFiles(table, column, find));
  const labelColumns =
    options.labelColumns?.map((column) => columnNamed(table, column, name)!) ??
    table.columns
      .map((_, column) => column)
      .filter((column) => column !== fileColumn && column !== patientColumn && !companionColumns.includes(column))
      .filter((column) => isLabelColumn(table, column));
  const values = labelColumns.map((column) => labelsOfColumn(table, column));
  const byFile = new Map<string, FileLabels>();
  const companions = new Set<string>();
  let missing = 0;
  table.rows.forEach((row, number) => {
    const file = find(row[fileColumn] ?? '');
    if (file === undefined) {
      missing++;
      return;
    }
    const labels: Record<string, Label> = {};
    labelColumns.forEach((column, i) => {
      const value = values[i][number];
      if (value !== undefined) labels[table.columns[column]] = value;
    });
    const identity = patientColumn < 0 ? '' : (row[patientColumn] ?? '').trim();
    byFile.set(file, identity === '' ? { labels } : { identity, labels });
    for (const column of companionColumns) companions.add(find(row[column] ?? '') ?? '');
  });
  for (const file of byFile.keys()) companions.delete(file);
  return { table: name, labelNames: labelColumns.map((column) => table.columns[column]), byFile, companions, missing };
}

/** The column of this name. Throws `usage` when the user asked for one that is not there. */
function columnNamed(table: Table, column: string | undefined, name: string): number | undefined {
  if (column === undefined) return undefined;
  const position = table.columns.indexOf(column);
  if (position < 0) throw usageError(`${name} has no column '${column}'`, { expected: table.columns.join(', ') });
  return position;
}

type FileFinder = (value: string) => string | undefined;

/** Columns with a telling name first, then any other. */
function guessFileColumn(table: Table, find: FileFinder): number | undefined {
  const columns = table.columns.map((_, column) => column);
  const telling = columns.filter((column) => fileColumns.test(table.columns[column]));
  const others = columns.filter((column) => !telling.includes(column));
  return [...telling, ...others].find((column) => table.rows.some((row) => find(row[column] ?? '') !== undefined));
}

/** True when every value of a column is the path of a file (so not a mere number that happens to be a file's name). */
function namesFiles(table: Table, column: number, find: FileFinder): boolean {
  const values = table.rows.map((row) => row[column] ?? '').filter((value) => value !== '');
  return values.length > 0 && values.every((value) => /[./]/.test(value) && find(value) !== undefined);
}

/** Finds a file by what a table calls it: a path from the table or the root, or a name (with or without ending) that only one file has. */
function fileFinder(tableFolder: string, root: string, files: readonly FoundFile[]): FileFinder {
  const byPath = new Map(files.map((file) => [join(root, file.path), file.path]));
  const byName = new Map<string, string | null>();
  for (const { path } of files) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const stem = name.replace(/\.[^.]+$/, '');
    for (const key of new Set([name, stem])) byName.set(key, byName.has(key) ? null : path);
  }
  return (value) => {
    const text = value.trim().replaceAll('\\', '/');
    if (text === '') return undefined;
    for (const folder of [tableFolder, root]) {
      const path = byPath.get(resolve(folder, text));
      if (path !== undefined) return path;
    }
    return byName.get(text) ?? undefined;
  };
}
