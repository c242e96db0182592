/**
 * Labels and patients from a table beside the files.
 * @module
 */
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { usageError } from '../../base/errors.ts';
import type { FileFacts, FolderKnowledge, PartPlace } from '../folder-knowledge.ts';
import { findPatientColumn, isLabelColumn, labelsOfColumn, type Table } from '../label-table.ts';
import type { Label, Problem } from '../media.ts';
import { readTableFile, tableEndings } from './table-files.ts';
import type { FoundFile } from './walk.ts';

export interface LabelFileOptions {
  /** Path of the table; by default `labels` or `index` with `.csv`, `.tsv`, `.json` or `.parquet`, in the folder or its parent. */
  readonly labels?: string;
  readonly fileColumn?: string;
  readonly patientColumn?: string;
  /** Columns to take as labels; by default all that look like labels. */
  readonly labelColumns?: readonly string[];
}

const candidates = ['labels', 'index'].flatMap((name) => tableEndings.map((ending) => name + ending));
const fileColumns = /^(file|file[ _-]?name|path|file[ _-]?path|image|img|video|clip|id|image[ _-]?id|video[ _-]?id)$/i;

/** Finds the table and joins it with the files below `root`; `undefined` where there is none. Throws `usage` for a wrong option. */
export async function joinLabels(
  root: string,
  files: readonly FoundFile[],
  options: LabelFileOptions = {},
): Promise<FolderKnowledge | undefined> {
  if (options.labels !== undefined) {
    const path = resolve(options.labels);
    if (!existsSync(path)) throw usageError(`there is no table of labels at ${options.labels}`);
    return joinTable(path, root, files, options, true);
  }
  for (const folder of [root, dirname(root)]) {
    for (const name of candidates) {
      const path = join(folder, name);
      if (!existsSync(path)) continue;
      const joined = await joinTable(path, root, files, options, false);
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

async function joinTable(
  path: string,
  root: string,
  files: readonly FoundFile[],
  options: LabelFileOptions,
  required: boolean,
): Promise<FolderKnowledge | undefined> {
  const table = await readTableFile(path);
  const name = relative(root, path).split(sep).join('/');
  const find = fileFinder(dirname(path), root, files);
  const patientColumn = columnNamed(table, options.patientColumn, name) ?? findPatientColumn(table.columns);
  const fileColumn = columnNamed(table, options.fileColumn, name) ?? guessFileColumn(table, find);
  const indexColumn = table.columns.findIndex((_, column) => countsRows(table, column));
  const byPatient = fileColumn === undefined ? patientRows(table, patientColumn, files) : undefined;
  if (fileColumn === undefined && byPatient === undefined && !joinsByNumber(indexColumn, files)) {
    if (!required && options.fileColumn === undefined) return undefined;
    throw usageError(`no column of ${name} names files or patients of this folder`, {
      found: table.columns.join(', '),
      hint: 'name the column that holds the file names, or the one that tells patients apart',
    });
  }
  const columns = table.columns.map((_, column) => column).filter((c) => c !== fileColumn && c !== patientColumn);
  const companionColumns = columns.filter((column) => namesFiles(table, column, find));
  const labelColumns =
    options.labelColumns?.map((column) => columnNamed(table, column, name)!) ??
    columns
      .filter((column) => !companionColumns.includes(column) && column !== indexColumn)
      .filter((column) => isLabelColumn(table, column));
  const values = labelColumns.map((column) => labelsOfColumn(table, column));
  const facts = table.rows.map((row, number): FileFacts => {
    const labels: Record<string, Label> = {};
    labelColumns.forEach((column, i) => {
      const value = values[i][number];
      if (value !== undefined) labels[table.columns[column]] = value;
    });
    const identity = patientColumn < 0 ? '' : (row[patientColumn] ?? '').trim();
    return identity === '' ? { labels } : { identity, labels };
  });
  const byFile = new Map<string, FileFacts>();
  const companions = new Set<string>();
  let missing = 0;
  table.rows.forEach((row, number) => {
    const file = fileColumn === undefined ? undefined : find(row[fileColumn] ?? '');
    if (file === undefined) missing++;
    else byFile.set(file, withMasks(facts[number], table, row, companionColumns, find));
    for (const column of companionColumns) companions.add(find(row[column] ?? '') ?? '');
  });
  for (const file of byFile.keys()) companions.delete(file);
  return asKnowledge({ name, facts, byFile, byPatient, byNumber: rowOrder(table, indexColumn), companions, missing });
}

interface Joined {
  readonly name: string;
  /** Of each row. */
  readonly facts: readonly FileFacts[];
  readonly byFile: ReadonlyMap<string, FileFacts>;
  readonly byPatient: ((path: string) => number | undefined) | undefined;
  /** Row of each number, where a column counts. */
  readonly byNumber: ReadonlyMap<number, number>;
  readonly companions: ReadonlySet<string>;
  readonly missing: number;
}

function asKnowledge({ name, facts, byFile, byPatient, byNumber, companions, missing }: Joined): FolderKnowledge {
  const numbered = (part: PartPlace | undefined) => {
    if (part === undefined || part.count !== facts.length || byNumber.size !== facts.length) return undefined;
    return byNumber.get(part.number);
  };
  const of = (path: string, part?: PartPlace): FileFacts | undefined => {
    const row = byPatient?.(path) ?? numbered(part);
    return byFile.get(path) ?? (row === undefined ? undefined : facts[row]);
  };
  return {
    source: name,
    of,
    companions,
    ...(byPatient === undefined
      ? {}
      : { ofPatient: (is) => facts.find(({ identity }) => identity !== undefined && is(identity)) }),
    repeats: (path, parts) => byFile.size > 0 && !byFile.has(path) && parts === facts.length && byNumber.size === parts,
    problems(items) {
      const problems: Problem[] = [];
      const without = items.filter(({ path, part }) => of(path, part) === undefined).length;
      const warn = (reason: string) => problems.push({ path: name, reason, severity: 'warning' });
      if (without > 0 && byPatient === undefined) {
        warn(`${without} of ${items.length} readable files are not in this table and stay without labels`);
      }
      if (missing > 0 && byFile.size > 0) warn(`${missing} rows of this table name files that are not in the folder`);
      return problems;
    },
  };
}

/** Files that a row names beside its own are its masks. */
function withMasks(
  facts: FileFacts,
  table: Table,
  row: readonly string[],
  columns: readonly number[],
  find: FileFinder,
): FileFacts {
  const annotations = columns.flatMap((column) => {
    const file = find(row[column] ?? '');
    return file === undefined || !maskColumns.test(table.columns[column])
      ? []
      : [{ type: 'mask' as const, name: table.columns[column], file }];
  });
  return annotations.length === 0 ? facts : { ...facts, annotations };
}

const maskColumns = /mask|annot|seg|label|ground|gt|truth|target/i;
const counting = /(^|[ _-])(index|idx|row|number|item)$/i;

/** True for a column that numbers the rows, from 0 or 1, in whatever order. */
function countsRows(table: Table, column: number): boolean {
  return counting.test(table.columns[column]) && rowOrder(table, column).size === table.rows.length;
}

/** Row of each number, from 0; in the order of the table where no column counts. */
function rowOrder(table: Table, column: number): Map<number, number> {
  if (column < 0) return new Map(table.rows.map((_, row) => [row, row]));
  const numbers = table.rows.map((row) => Number(row[column] === '' ? Number.NaN : row[column]));
  const lowest = Math.min(...numbers);
  const whole =
    (lowest === 0 || lowest === 1) && numbers.every((n) => Number.isInteger(n) && n < numbers.length + lowest);
  return new Map(whole ? numbers.map((number, row) => [number - lowest, row]) : []);
}

/** A table that names no files may still number the items of one file of arrays. */
function joinsByNumber(indexColumn: number, files: readonly FoundFile[]): boolean {
  const arrays = files.filter(({ path }) => /\.(npy|npz|h5|hdf5|mat)(\.gz)?$/i.test(path));
  return arrays.length === 1 && (indexColumn >= 0 || files.length <= 2);
}

/** Rows by patient: a folder, a file's name or the beginning of it is what the column has. */
function patientRows(
  table: Table,
  column: number,
  files: readonly FoundFile[],
): ((path: string) => number | undefined) | undefined {
  if (column < 0) return undefined;
  const rows = new Map<string, number>();
  for (const [number, row] of table.rows.entries()) {
    const patient = (row[column] ?? '').trim();
    if (patient !== '' && !rows.has(patient)) rows.set(patient, number);
  }
  const find = (path: string): number | undefined => {
    const parts = path.split('/');
    const stem = parts[parts.length - 1].replace(/(\.nii|\.npy|\.hdr|\.img)?(\.[^.]+)$/i, '');
    for (const part of [...parts, stem]) if (rows.has(part)) return rows.get(part);
    const beginning = [...rows.keys()].find(
      (patient) => stem.startsWith(`${patient}_`) || stem.startsWith(`${patient}-`),
    );
    return beginning === undefined ? undefined : rows.get(beginning);
  };
  const dicom = files.some(({ path }) => /\.dcm$|^[^.]*$/i.test(path));
  return dicom || files.some(({ path }) => find(path) !== undefined) ? find : undefined;
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
export function guessFileColumn(table: Table, find: FileFinder): number | undefined {
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
export function fileFinder(tableFolder: string, root: string, files: readonly FoundFile[]): FileFinder {
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
