/**
 * NumPy's `.npy` format, versions 1 to 3 (numpy.lib.format): reading and writing one array.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, sizeOf, stridesOf } from '../base/shape.ts';
import {
  bytesOf,
  bytesPerElement,
  type DType,
  type HostArray,
  hostArray,
  type NumericData,
  viewOf,
} from './host-array.ts';

/** What a header says. */
export interface NpyHeader {
  readonly dtype: DType;
  readonly bigEndian: boolean;
  /** True when the first axis varies fastest in the file. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Bytes before the data. */
  readonly dataOffset: number;
}

const codes: Record<DType, string> = {
  float32: 'f4',
  float64: 'f8',
  float16: 'f2',
  int8: 'i1',
  uint8: 'u1',
  int16: 'i2',
  uint16: 'u2',
  int32: 'i4',
  uint32: 'u4',
  int64: 'i8',
  uint64: 'u8',
  bool: 'b1',
};
const dtypes = new Map(Object.entries(codes).map(([dtype, code]) => [code, dtype as DType]));

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** True when the bytes begin like an `.npy` file. */
export function isNpy(head: Uint8Array): boolean {
  return magic.every((byte, i) => head[i] === byte);
}

/** Reads the header; `bytes` may be the beginning of the file only. Throws `file/malformed`. */
export function readNpyHeader(bytes: Uint8Array): NpyHeader {
  if (!isNpy(bytes) || bytes.length < 12) throw malformed('this is no npy file');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  const length = bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (bytes[6] > 3 || start + length > bytes.length) throw malformed('the header of this npy file is cut off');
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const descr = /['"]descr['"]\s*:\s*['"]([<>|=]?)(\w\d+)['"]/.exec(text);
  const order = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text);
  const shape = /['"]shape['"]\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (descr === null || order === null || shape === null) {
    throw malformed(
      'this npy file holds no plain array of numbers',
      'save it with numpy.save from an array of numbers',
    );
  }
  const dtype = dtypes.get(descr[2]);
  if (dtype === undefined) throw malformed(`arrays of type '${descr[2]}' are not supported`, 'convert it to float32');
  return {
    dtype,
    bigEndian: descr[1] === '>',
    fortranOrder: order[1] === 'True',
    shape: shape[1].split(',').flatMap((part) => (part.trim() === '' ? [] : [Number.parseInt(part, 10)])),
    dataOffset: start + length,
  };
}

/** The array, in row-major order whatever the file's order. Throws `file/malformed`. */
export function parseNpy(bytes: Uint8Array): HostArray {
  const header = readNpyHeader(bytes);
  const { dtype, shape, dataOffset } = header;
  const size = sizeOf(shape);
  const length = size * bytesPerElement(dtype);
  if (!Number.isSafeInteger(length) || dataOffset + length > bytes.length) {
    throw malformed(`this npy file ends before its array of shape ${formatShape(shape)} does`);
  }
  const data = decodeNpyData(header, bytes.subarray(dataOffset, dataOffset + length), size);
  return hostArray(dtype, shape, header.fortranOrder ? fromFortranOrder(data, shape) : data);
}

/** Elements in the order of the file, native byte order. The bytes are copied. */
export function decodeNpyData(
  header: Pick<NpyHeader, 'dtype' | 'bigEndian'>,
  bytes: Uint8Array,
  count: number,
): NumericData {
  const width = bytesPerElement(header.dtype);
  const copy = new Uint8Array(bytes.subarray(0, count * width));
  if (width > 1 && header.bigEndian === littleEndianHost) swapBytes(copy, width);
  return viewOf(header.dtype, copy.buffer, copy.byteOffset, count);
}

function swapBytes(bytes: Uint8Array, width: number): void {
  for (let i = 0; i + width <= bytes.length; i += width) bytes.subarray(i, i + width).reverse();
}

function fromFortranOrder(data: NumericData, shape: readonly number[]): NumericData {
  const out = data.slice();
  const strides = stridesOf([...shape].reverse()).reverse();
  const index = new Array<number>(shape.length).fill(0);
  let from = 0;
  for (let to = 0; to < out.length; to++) {
    out[to] = data[from];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis];
      if (++index[axis] < shape[axis]) break;
      from -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

/** The bytes of an `.npy` file of version 1, little-endian, row-major. */
export function writeNpy(array: HostArray): Uint8Array {
  const code = codes[array.dtype];
  const order = bytesPerElement(array.dtype) === 1 ? '|' : '<';
  const shape = `(${array.shape.map((length) => `${length},`).join(' ')})`.replace(/(\d, .*),\)$/, '$1)');
  const text = `{'descr': '${order}${code}', 'fortran_order': False, 'shape': ${shape}, }`;
  // The data begin at a multiple of 64 bytes, as NumPy has it.
  const length = Math.ceil((10 + text.length + 1) / 64) * 64 - 10;
  const data = bytesOf(array);
  const bytes = new Uint8Array(10 + length + data.length);
  bytes.set([...magic, 1, 0, length & 255, length >> 8]);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), 10);
  bytes.set(data, 10 + length);
  const width = bytesPerElement(array.dtype);
  if (!littleEndianHost && width > 1) swapBytes(bytes.subarray(10 + length), width);
  return bytes;
}

function malformed(problem: string, hint?: string): SondeError {
  return new SondeError('file/malformed', problem, { hint });
}
