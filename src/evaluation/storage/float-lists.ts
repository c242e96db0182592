/**
 * A Parquet column of equally long lists of 32-bit floats, as plain uncompressed pages (data page version 2).
 * The levels of such a page are two run lengths a row, its values the floats' own little-endian bytes.
 * @module
 */
import type { AsyncBuffer, FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { parquetReadColumn } from 'hyparquet/src/read.js';
import type { ParquetWriter } from 'hyparquet-writer';
import { writePageHeader } from 'hyparquet-writer/src/datapage.js';

/** Numbers a page holds, unless one row is longer. */
const pageNumbers = 2 ** 20;

/**
 * Adds the column chunk `path` to the row group written last. `values` is row-major `[rows, columns]`; the schema must
 * hold `path` as a required list of required floats.
 */
export function appendFloatLists(parquet: ParquetWriter, path: string[], values: Float32Array, columns: number): void {
  const { writer } = parquet;
  const group = parquet.row_groups.at(-1);
  if (group === undefined) throw new Error('a list column follows the other columns of its row group');
  const start = writer.offset;
  const rows = Number(group.num_rows);
  const step = Math.max(1, Math.floor(pageNumbers / columns));
  for (let from = 0; from < rows; from += step) {
    const to = Math.min(rows, from + step);
    const numbers = (to - from) * columns;
    const repetition = levelsOfRows(to - from, columns);
    const definition = runLength(numbers, 1);
    const size = repetition.length + definition.length + numbers * 4;
    writePageHeader(writer, {
      type: 'DATA_PAGE_V2',
      uncompressed_page_size: size,
      compressed_page_size: size,
      data_page_header_v2: {
        num_values: numbers,
        num_nulls: 0,
        num_rows: to - from,
        encoding: 'PLAIN',
        definition_levels_byte_length: definition.length,
        repetition_levels_byte_length: repetition.length,
        is_compressed: false,
      },
    });
    writer.appendBytes(Uint8Array.from(repetition));
    writer.appendBytes(Uint8Array.from(definition));
    writer.appendBytes(new Uint8Array(values.buffer, values.byteOffset + from * columns * 4, numbers * 4));
  }
  const size = BigInt(writer.offset - start);
  group.columns.push({
    file_offset: BigInt(start),
    meta_data: {
      type: 'FLOAT',
      encodings: ['PLAIN', 'RLE'],
      path_in_schema: path,
      codec: 'UNCOMPRESSED',
      num_values: BigInt(rows * columns),
      total_uncompressed_size: size,
      total_compressed_size: size,
      data_page_offset: BigInt(start),
    },
  });
  group.total_byte_size += size;
  if (group.total_compressed_size !== undefined) group.total_compressed_size += size;
}

/** Repetition levels: 0 where a row begins, 1 for the rest of it. */
function levelsOfRows(rows: number, columns: number): number[] {
  if (columns === 1) return runLength(rows, 0);
  const row = [...runLength(1, 0), ...runLength(columns - 1, 1)];
  return new Array<number[]>(rows).fill(row).flat();
}

/** One run of the RLE hybrid at bit width 1: its length as a variable-length integer, shifted by one, then the value. */
function runLength(count: number, value: number): number[] {
  const bytes: number[] = [];
  let rest = count * 2;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest, value);
  return bytes;
}

/**
 * Reads a column of lists, each `columns` long, as row-major `[rows, columns]`. Pages as written above are copied; a
 * file rewritten by another tool (compressed, in another encoding) is read through hyparquet.
 */
export async function readFloatLists(
  file: AsyncBuffer,
  metadata: FileMetaData,
  name: string,
  columns: number,
): Promise<Float32Array> {
  const values = new Float32Array(Number(metadata.num_rows) * columns);
  let row = 0;
  for (const group of metadata.row_groups) {
    const rows = Number(group.num_rows);
    const chunk = group.columns.find((column) => column.meta_data?.path_in_schema[0] === name)?.meta_data;
    if (chunk === undefined) throw new Error(`the column '${name}' is missing`);
    const target = values.subarray(row * columns, (row + rows) * columns);
    const start = Number(chunk.data_page_offset);
    const plain =
      chunk.codec === 'UNCOMPRESSED' &&
      chunk.dictionary_page_offset === undefined &&
      copyPages(await file.slice(start, start + Number(chunk.total_compressed_size)), target, columns);
    if (!plain) {
      const lists = await parquetReadColumn({ file, metadata, columns: [name], rowStart: row, rowEnd: row + rows });
      for (let i = 0; i < rows; i++) {
        if (lists[i]?.length !== columns) throw new Error(`row ${row + i} does not hold ${columns} numbers`);
        target.set(lists[i], i * columns);
      }
    }
    row += rows;
  }
  return values;
}

/** False where the pages are of another kind than expected. */
function copyPages(chunk: ArrayBuffer, target: Float32Array, columns: number): boolean {
  const reader = { view: new DataView(chunk), offset: 0 };
  const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
  let written = 0;
  while (reader.offset < chunk.byteLength) {
    const header = parquetHeader(reader);
    const page = header.data_page_header_v2;
    if (page === undefined || page.encoding !== 'PLAIN' || page.is_compressed || page.num_nulls !== 0) return false;
    if (page.num_values !== page.num_rows * columns) return false;
    const size = page.num_values * 4;
    const from = reader.offset + page.repetition_levels_byte_length + page.definition_levels_byte_length;
    if (from + size > chunk.byteLength || written + size > bytes.length) return false;
    bytes.set(new Uint8Array(chunk, from, size), written);
    written += size;
    reader.offset += header.compressed_page_size;
  }
  return written === bytes.length;
}
