/**
 * Features on disk: `features/<tap>.parquet`, one row a sample with the columns `item`, `patient`, `part`, `start`
 * (first frame), `labels` (JSON) and `features` (a list of 32-bit floats). Any Parquet reader opens them.
 *
 * The list column is written and read page by page as the plain bytes of its floats, which is what an uncompressed,
 * dense list of numbers is in Parquet: going through JavaScript numbers one at a time takes thirty times as long.
 * Files are written beside their final name and renamed when complete.
 * @module
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type SchemaElement,
} from 'hyparquet';
import { fileWriter, ParquetWriter } from 'hyparquet-writer';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { SplitPart } from '../../data/media.ts';
import type { FeatureTable } from '../feature-table.ts';
import { appendFloatLists, readFloatLists } from './float-lists.ts';
import { labelsByName, labelsByRow, mapLabels, type RowLabels } from './row-labels.ts';

const schema: SchemaElement[] = [
  { name: 'root', num_children: 6 },
  { name: 'item', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'patient', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
  { name: 'part', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  { name: 'start', type: 'INT32', repetition_type: 'OPTIONAL' },
  { name: 'labels', type: 'BYTE_ARRAY', converted_type: 'JSON', repetition_type: 'OPTIONAL' },
  { name: 'features', converted_type: 'LIST', repetition_type: 'REQUIRED', num_children: 1 },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', type: 'FLOAT', repetition_type: 'REQUIRED' },
];

/** Rows to append; `features` is row-major `[items.length, columns]`. */
export type FeatureRows = Pick<FeatureTable, 'items' | 'patients' | 'parts' | 'frames' | 'labels' | 'features'>;

export interface FeatureFileOptions {
  readonly tap: string;
  readonly columns: number;
  /** Place of the tap from first layer to last. Default 0. */
  readonly position?: number;
  /** Whatever says where the features come from, e.g. hashes of the encoder and of the data. */
  readonly about?: Readonly<Record<string, string>>;
}

/** Path of a tap's file in a folder of features. Characters that a file name cannot hold everywhere are escaped. */
export function featureFilePath(folder: string, tap: string): string {
  return join(
    folder,
    `${tap.replace(/[^\w.-]/g, (character) => encodeURIComponent(character).replace('*', '%2A'))}.parquet`,
  );
}

/** Writes one tap's file row group by row group; nothing is visible under the final name before `finish`. */
export class FeatureFileWriter {
  readonly path: string;
  readonly #partial: string;
  readonly #columns: number;
  readonly #parquet: ParquetWriter;

  constructor(path: string, { tap, columns, position = 0, about = {} }: FeatureFileOptions) {
    this.path = path;
    this.#partial = `${path}.partial`;
    this.#columns = columns;
    mkdirSync(dirname(path), { recursive: true });
    const described = { tap, columns, position, about };
    this.#parquet = new ParquetWriter({
      writer: fileWriter(this.#partial),
      schema,
      codec: 'UNCOMPRESSED',
      createdBy: 'sonde',
      kvMetadata: [{ key: 'sonde', value: JSON.stringify(described) }],
    });
  }

  /** Appends rows as one row group. Some thousand rows at a time keep files quick to read. */
  append({ items, patients, parts, frames, labels, features }: FeatureRows): void {
    const rows = items.length;
    if (rows === 0) return;
    if (features.length !== rows * this.#columns) {
      throw new SondeError('shape/mismatch', `features of ${rows} rows cannot be appended to ${this.path}`, {
        expected: `${rows * this.#columns} numbers`,
        found: String(features.length),
      });
    }
    const optional = <T>(values: readonly T[] | undefined) =>
      values?.slice() ?? new Array<undefined>(rows).fill(undefined);
    this.#parquet.write({
      columnData: [
        { name: 'item', data: [...items] },
        { name: 'patient', data: [...patients] },
        { name: 'part', data: optional(parts) },
        { name: 'start', data: optional(frames) },
        { name: 'labels', data: labelsByRow(labels, rows) },
      ],
      rowGroupSize: rows,
    });
    appendFloatLists(this.#parquet, ['features', 'list', 'element'], features, this.#columns);
  }

  /** Completes the file, makes sure that it is on the disk and gives it its name. */
  finish(): void {
    this.#parquet.finish();
    const file = openSync(this.#partial, 'r+');
    try {
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(this.#partial, this.path);
  }

  /** Gives up; what was written so far is removed. */
  abort(): void {
    rmSync(this.#partial, { force: true });
  }
}

/** Rows a row group holds when a whole table is written: about 64 MB of features. */
const groupNumbers = 2 ** 24;

/** Writes a whole table to `folder/<tap>.parquet` and returns the path. */
export function writeFeatureTable(
  folder: string,
  table: FeatureTable,
  options: Pick<FeatureFileOptions, 'position' | 'about'> = {},
): string {
  const { tap, rows, columns, items, patients, parts, frames, labels, features } = table;
  const writer = new FeatureFileWriter(featureFilePath(folder, tap), { tap, columns, ...options });
  try {
    const step = Math.max(1, Math.floor(groupNumbers / Math.max(1, columns)));
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(rows, from + step);
      writer.append({
        items: items.slice(from, to),
        patients: patients.slice(from, to),
        parts: parts?.slice(from, to),
        frames: frames?.slice(from, to),
        labels: labels && mapLabels(labels, (values) => values.slice(from, to)),
        features: features.subarray(from * columns, to * columns),
      });
    }
    writer.finish();
  } catch (error) {
    writer.abort();
    throw error;
  }
  return writer.path;
}

export interface FeatureFileDescription {
  readonly tap: string;
  readonly columns: number;
  readonly rows: number;
  readonly position: number;
  readonly about: Readonly<Record<string, string>>;
}

/** What a feature file holds, from its footer alone. Throws `file/malformed`. */
export async function describeFeatureFile(path: string): Promise<FeatureFileDescription> {
  return (await openFeatureFile(path)).description;
}

/** Reads a whole feature file. Throws `file/malformed`. */
export async function readFeatureTable(path: string): Promise<FeatureTable> {
  const { file, metadata, description } = await openFeatureFile(path);
  const { tap, columns, rows } = description;
  try {
    const facts = await parquetReadObjects({ file, metadata, columns: ['item', 'patient', 'part', 'start', 'labels'] });
    const features = await readFloatLists(file, metadata, 'features', columns);
    const complete = (name: string) => rows > 0 && facts.every((row) => row[name] !== undefined && row[name] !== null);
    return {
      tap,
      rows,
      columns,
      features,
      items: facts.map((row) => String(row.item)),
      patients: facts.map((row) => String(row.patient)),
      ...(complete('part') ? { parts: facts.map((row) => row.part as SplitPart) } : {}),
      ...(complete('start') ? { frames: facts.map((row) => Number(row.start)) } : {}),
      ...(complete('labels') ? { labels: labelsByName(facts.map((row) => row.labels as RowLabels)) } : {}),
    };
  } catch (error) {
    throw malformed(path, error);
  }
}

/** Descriptions of every feature file of a folder, first layer to last. */
export async function listFeatureFiles(
  folder: string,
): Promise<(FeatureFileDescription & { readonly path: string })[]> {
  const paths = readdirSync(folder)
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => join(folder, name));
  const described = await Promise.all(paths.map(async (path) => ({ path, ...(await describeFeatureFile(path)) })));
  return described.sort((a, b) => a.position - b.position || (a.tap < b.tap ? -1 : 1));
}

/** The tables of a folder one after another, first layer to last: only one is in memory at a time. */
export async function* readFeatureTables(folder: string): AsyncGenerator<FeatureTable> {
  for (const { path } of await listFeatureFiles(folder)) yield await readFeatureTable(path);
}

async function openFeatureFile(path: string) {
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    return { file, metadata, description: descriptionOf(metadata) };
  } catch (error) {
    throw malformed(path, error);
  }
}

function descriptionOf(metadata: FileMetaData): FeatureFileDescription {
  const text = metadata.key_value_metadata?.find(({ key }) => key === 'sonde')?.value;
  if (text === undefined) throw new Error('it was not written by sonde');
  const { tap, columns, position, about } = JSON.parse(text) as Omit<FeatureFileDescription, 'rows'>;
  return { tap, columns, position, about, rows: Number(metadata.num_rows) };
}

function malformed(path: string, cause: unknown): SondeError {
  return new SondeError('file/malformed', `cannot be read as features: ${messageOf(cause)}`, {
    where: path,
    hint: 'remove the file and extract the features again',
    cause,
  });
}
