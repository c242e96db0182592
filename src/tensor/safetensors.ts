/**
 * The safetensors format: a JSON header with dtypes, shapes and offsets, then raw little-endian bytes.
 * https://github.com/huggingface/safetensors#format
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { sizeOf } from '../base/shape.ts';
import { bytesOf, bytesPerElement, type DType, type HostArray, hostArray, viewOf } from './host-array.ts';

const codes: Record<DType, string> = {
  float64: 'F64',
  float32: 'F32',
  float16: 'F16',
  int64: 'I64',
  int32: 'I32',
  int16: 'I16',
  int8: 'I8',
  uint64: 'U64',
  uint32: 'U32',
  uint16: 'U16',
  uint8: 'U8',
  bool: 'BOOL',
};
const dtypes = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]));

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** Tensors in the order given, each aligned to 8 bytes; `metadata` is a flat table of strings. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, HostArray>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, HeaderEntry | Readonly<Record<string, string>>> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  // The format allows no holes between tensors: wide elements first keeps every one aligned.
  const ordered = [...tensors].sort((a, b) => bytesPerElement(b[1].dtype) - bytesPerElement(a[1].dtype));
  let offset = 0;
  for (const [name, array] of ordered) {
    const end = offset + array.data.byteLength;
    header[name] = { dtype: codes[array.dtype], shape: [...array.shape], data_offsets: [offset, end] };
    offset = end;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(text, 8);
  let position = 8 + padded;
  for (const [, array] of ordered) {
    bytes.set(bytesOf(array), position);
    position += array.data.byteLength;
  }
  return bytes;
}

export interface Safetensors {
  readonly tensors: Map<string, HostArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Where a tensor lies, in bytes from where the tensors begin. */
export interface SafetensorsPlace {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  readonly places: Map<string, SafetensorsPlace>;
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the tensors begin in the file. */
  readonly body: number;
}

/**
 * What a file of `size` bytes holds, from the bytes of its header. Throws `file/malformed`, also where a tensor does not
 * fit the file.
 */
export function decodeSafetensorsHeader(bytes: Uint8Array, size: number, where = 'safetensors'): SafetensorsHeader {
  const malformed = (problem: string) => new SondeError('file/malformed', problem, { where });
  if (bytes.length < 8) throw malformed('the file is shorter than its header');
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (headerLength > bytes.length - 8) throw malformed(`the header claims ${headerLength} bytes, the file is shorter`);
  let header: Record<string, HeaderEntry>;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength)));
  } catch {
    throw malformed('the header is not JSON');
  }
  if (typeof header !== 'object' || header === null) throw malformed('the header is not a table');
  const body = 8 + headerLength;
  const places = new Map<string, SafetensorsPlace>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const dtype = dtypes.get(entry?.dtype);
    if (dtype === undefined) throw malformed(`tensor ${name} has the unknown dtype ${entry?.dtype}`);
    const [start, end] = entry.data_offsets ?? [];
    const length = sizeOf(entry.shape ?? []);
    const fits = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end <= size - body;
    if (!fits || end - start !== length * bytesPerElement(dtype))
      throw malformed(`tensor ${name} does not fit the file`);
    places.set(name, { dtype, shape: entry.shape, start, end });
  }
  const metadata = (header as unknown as { __metadata__?: Record<string, string> }).__metadata__ ?? {};
  return { places, metadata, body };
}

/** Reads a whole file's bytes. Throws `file/malformed`. */
export function decodeSafetensors(bytes: Uint8Array, where = 'safetensors'): Safetensors {
  const { places, metadata, body } = decodeSafetensorsHeader(bytes, bytes.length, where);
  const tensors = new Map<string, HostArray>();
  for (const [name, { dtype, shape, start, end }] of places) {
    // A copy of its own, aligned; Node's Buffer would give a view under the same name.
    const copy = Uint8Array.prototype.slice.call(bytes, body + start, body + end);
    tensors.set(name, hostArray(dtype, shape, viewOf(dtype, copy.buffer, 0, sizeOf(shape))));
  }
  return { tensors, metadata };
}
