/**
 * Numbers in a file: their type, byte order and place, read range by range as pixels.
 * @module
 */
import { bytesPerElement, type DType } from '../../../tensor/host-array.ts';
import { decodeNpyData } from '../../../tensor/npy.ts';
import type { PixelData } from '../../media.ts';
import type { ByteSource } from './byte-source.ts';

export interface StoredArray {
  readonly source: ByteSource;
  readonly dtype: DType;
  readonly bigEndian: boolean;
  /** Bytes before the first element. */
  readonly offset: number;
  /** Value shown = stored × slope + intercept. */
  readonly slope?: number;
  readonly intercept?: number;
}

/**
 * `count` elements from number `start`, as the nearest type of pixels: 64-bit, 32-bit unsigned and half-precision numbers
 * become float32, and so does everything that is rescaled.
 */
export function readElements(array: StoredArray, start: number, count: number): PixelData {
  const width = bytesPerElement(array.dtype);
  const bytes = array.source.read(array.offset + start * width, count * width);
  const values = asPixels(array.dtype, decodeNpyData(array, bytes, count));
  const { slope = 1, intercept = 0 } = array;
  if (slope === 1 && intercept === 0) return values;
  const scaled = new Float32Array(count);
  for (let i = 0; i < count; i++) scaled[i] = values[i] * slope + intercept;
  return scaled;
}

function asPixels(dtype: DType, data: ReturnType<typeof decodeNpyData>): PixelData {
  switch (dtype) {
    case 'uint8':
    case 'bool':
      return data as Uint8Array;
    case 'int8':
    case 'uint16':
    case 'int16':
    case 'int32':
    case 'float32':
      return data as PixelData;
    case 'float16':
      return fromHalf(data as Uint16Array);
    default:
      return Float32Array.from(data as ArrayLike<number | bigint>, Number);
  }
}

/** IEEE 754 half precision from its bits. */
function fromHalf(bits: Uint16Array): Float32Array {
  const out = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = bits[i] & 0x8000 ? -1 : 1;
    const exponent = (bits[i] >> 10) & 31;
    const fraction = (bits[i] & 1023) / 1024;
    if (exponent === 31) out[i] = fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    else out[i] = sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
  }
  return out;
}
