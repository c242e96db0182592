/**
 * Tables in files: CSV and TSV, JSON, Parquet.
 * @module
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { parseTable, type Table } from '../label-table.ts';

export const tableEndings = ['.csv', '.tsv', '.json', '.parquet'] as const;

/** Tables are read whole. */
const largestTable = 2 ** 29;

/** Reads a table by its ending. Throws `data/unreadable`. */
export async function readTableFile(path: string): Promise<Table> {
  if (statSync(path).size > largestTable) throw new SondeError('data/unreadable', 'this table is larger than 512 MiB');
  if (path.endsWith('.parquet')) return parquetTable(path);
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.json') ? jsonTable(text) : parseTable(text);
}

/**
 * A table from JSON: a list of records, records by file (`{"a.png": {…}}`), one value by file (`{"a.png": "cat"}`) or
 * lists by column. What is no text, number or truth value is left out.
 */
export function jsonTable(text: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SondeError('data/unreadable', 'this table is not JSON', { cause: error });
  }
  if (Array.isArray(value)) return fromRecords(value.filter(isRecord));
  if (!isRecord(value)) throw new SondeError('data/unreadable', 'this JSON is no table');
  const entries = Object.entries(value);
  if (entries.length > 0 && entries.every(([, column]) => Array.isArray(column) && column.every(isScalar))) {
    const lists = entries as [string, unknown[]][];
    const length = Math.max(...lists.map(([, list]) => list.length));
    return {
      columns: lists.map(([name]) => name),
      rows: Array.from({ length }, (_, row) => lists.map(([, list]) => asText(list[row]))),
    };
  }
  const records = entries.map(([file, entry]) => ({ file, ...(isRecord(entry) ? entry : { label: entry }) }));
  return fromRecords(records.filter((record) => Object.values(record).filter(isScalar).length > 1));
}

async function parquetTable(path: string): Promise<Table> {
  const { parquetReadObjects } = await import('hyparquet');
  const file = openSync(path, 'r');
  try {
    const slice = (start: number, end = fstatSync(file).size) => {
      const bytes = new Uint8Array(Math.max(0, end - start));
      readSync(file, bytes, 0, bytes.length, start);
      return bytes.buffer;
    };
    return fromRecords(await parquetReadObjects({ file: { byteLength: fstatSync(file).size, slice } }));
  } catch (error) {
    throw new SondeError(
      'data/unreadable',
      'this Parquet table cannot be read: it is damaged or packed in an unknown way',
      {
        cause: error,
      },
    );
  } finally {
    closeSync(file);
  }
}

function fromRecords(records: readonly Readonly<Record<string, unknown>>[]): Table {
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))].filter((column) =>
    records.some((record) => isScalar(record[column])),
  );
  return { columns, rows: records.map((record) => columns.map((column) => asText(record[column]))) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean', 'bigint'].includes(typeof value);
}

function asText(value: unknown): string {
  return isScalar(value) && value !== null && value !== undefined ? String(value) : '';
}
