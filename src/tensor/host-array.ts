/**
 * Arrays in the memory of the host: a dtype, a shape and a typed array in row-major order.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, type Shape, sizeOf } from '../base/shape.ts';

export interface TypedArrays {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  uint8: Uint8Array;
  int16: Int16Array;
  uint16: Uint16Array;
  int32: Int32Array;
  uint32: Uint32Array;
  int64: BigInt64Array;
  uint64: BigUint64Array;
  bool: Uint8Array;
  /** IEEE half precision, kept as raw bits. */
  float16: Uint16Array;
}
export type DType = keyof TypedArrays;
export type NumericData = TypedArrays[DType];

const constructors: { [K in DType]: new (buffer: ArrayBufferLike, offset: number, length: number) => TypedArrays[K] } =
  {
    float32: Float32Array,
    float64: Float64Array,
    int8: Int8Array,
    uint8: Uint8Array,
    int16: Int16Array,
    uint16: Uint16Array,
    int32: Int32Array,
    uint32: Uint32Array,
    int64: BigInt64Array,
    uint64: BigUint64Array,
    bool: Uint8Array,
    float16: Uint16Array,
  };

const bytes: Record<DType, number> = {
  float32: 4,
  float64: 8,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
  float16: 2,
};

export interface HostArray<K extends DType = DType> {
  readonly dtype: K;
  readonly shape: Shape;
  readonly data: TypedArrays[K];
}

export function bytesPerElement(dtype: DType): number {
  return bytes[dtype];
}

/** Wraps a typed array, checking that its length fits the shape. */
export function hostArray<K extends DType>(dtype: K, shape: Shape, data: TypedArrays[K]): HostArray<K> {
  if (data.length !== sizeOf(shape)) {
    throw new SondeError('shape/mismatch', `${data.length} elements do not fill shape ${formatShape(shape)}`);
  }
  return { dtype, shape, data };
}

/** A new array of zeros; `shared` puts it into a SharedArrayBuffer, so that worker threads can fill it. */
export function zeros<K extends DType>(dtype: K, shape: Shape, shared = false): HostArray<K> {
  const length = sizeOf(shape);
  const buffer = shared ? new SharedArrayBuffer(length * bytes[dtype]) : new ArrayBuffer(length * bytes[dtype]);
  return { dtype, shape, data: viewOf(dtype, buffer, 0, length) };
}

/** A typed view of part of a buffer. */
export function viewOf<K extends DType>(
  dtype: K,
  buffer: ArrayBufferLike,
  offset: number,
  length: number,
): TypedArrays[K] {
  return new constructors[dtype](buffer, offset, length);
}

export function float32(shape: Shape, data: ArrayLike<number> | number): HostArray<'float32'> {
  const array = zeros('float32', shape);
  if (typeof data === 'number') array.data.fill(data);
  else if (data.length === array.data.length) array.data.set(data);
  else throw new SondeError('shape/mismatch', `${data.length} elements do not fill shape ${formatShape(shape)}`);
  return array;
}

/** Indices as ONNX wants them. */
export function int64(shape: Shape, values: Iterable<number>): HostArray<'int64'> {
  return hostArray('int64', shape, BigInt64Array.from(values, BigInt));
}

/** The raw bytes, without a copy. */
export function bytesOf(array: HostArray): Uint8Array {
  return new Uint8Array(array.data.buffer, array.data.byteOffset, array.data.byteLength);
}
