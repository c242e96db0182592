/**
 * Columns of numbers of a Parquet file.
 * @module
 */
import { readFileSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';

/** Columns all of whose values are numbers. Throws `data/unreadable`. */
export async function parquetColumns(path: string): Promise<{ name: string; values: Float64Array }[]> {
  const { parquetReadObjects } = await import('hyparquet');
  const bytes = readFileSync(path);
  let rows: Record<string, unknown>[];
  try {
    rows = await parquetReadObjects({ file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) });
  } catch (error) {
    throw new SondeError('data/unreadable', 'this Parquet table is damaged or packed in an unknown way', {
      cause: error,
    });
  }
  const names = Object.keys(rows[0] ?? {}).filter((name) =>
    rows.every((row) => typeof row[name] === 'number' || typeof row[name] === 'bigint'),
  );
  return names.map((name) => ({ name, values: Float64Array.from(rows, (row) => Number(row[name])) }));
}
