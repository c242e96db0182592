/**
 * Tensors of the file format and host arrays. Raw data is little-endian, as is every machine ONNX Runtime runs on, so
 * it becomes a view of the file's bytes where they are aligned and a copy where they are not.
 * @module
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { messageOf, SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import { bytesOf, bytesPerElement, type DType, type HostArray, viewOf, zeros } from '../../tensor/host-array.ts';
import { bfloat16, dataLocations, dataTypeNumber, dtypeFromNumber } from './data-types.ts';
import type { TensorProto, TensorProtoSchema } from './generated/onnx_pb.ts';

/** Where the bytes of a tensor lie when they are not in the model file. */
export interface ExternalReference {
  /** Path of the data file, relative to the folder of the model. */
  readonly location: string;
  /** Position of the first byte. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Fetches the bytes of a reference. */
export type ReadExternal = (reference: ExternalReference) => Uint8Array;

/** Takes the bytes of a named tensor and says where they are now, or `undefined` to leave them in the model file. */
export type WriteExternal = (bytes: Uint8Array, name: string) => ExternalReference | undefined;

/** Throws `onnx/malformed` when data and shape do not fit, `graph/unsupported` for types without a host array. */
export function decodeTensor(proto: TensorProto, where: string, readExternal?: ReadExternal): HostArray {
  const dtype = dtypeFromNumber(proto.dataType, where);
  if (proto.segment !== undefined) {
    throw new SondeError('graph/unsupported', 'tensors stored in segments are not supported', { where });
  }
  const { shape, length } = decodeShape(proto.dims, where);
  const width = proto.dataType === bfloat16 ? 2 : bytesPerElement(dtype);
  const raw = rawBytes(proto, length * width, where, readExternal);
  if (raw !== undefined) {
    if (raw.byteLength !== length * width) throw wrongSize(raw.byteLength, length * width, 'bytes', shape, where);
    if (proto.dataType === bfloat16) return { dtype, shape, data: widened(view('uint16', raw)) };
    return { dtype, shape, data: view(dtype, raw) };
  }
  const values = typedValues(proto, dtype);
  if (values.length !== length) throw wrongSize(values.length, length, 'elements', shape, where);
  if (proto.dataType === bfloat16) return { dtype, shape, data: widened(Uint16Array.from(values as number[])) };
  const array = zeros(dtype, shape);
  (array.data as { set(values: readonly (number | bigint)[]): void }).set(values);
  return array;
}

export function encodeTensor(
  array: HostArray,
  name: string,
  writeExternal?: WriteExternal,
): MessageInitShape<typeof TensorProtoSchema> {
  const bytes = bytesOf(array);
  const tensor = { name, dataType: dataTypeNumber(array.dtype), dims: array.shape.map(BigInt) };
  const external = writeExternal?.(bytes, name);
  if (external === undefined) return { ...tensor, rawData: bytes as Uint8Array<ArrayBuffer> };
  return {
    ...tensor,
    dataLocation: dataLocations.external,
    externalData: [
      { key: 'location', value: external.location },
      { key: 'offset', value: String(external.offset) },
      { key: 'length', value: String(external.length) },
    ],
  };
}

function decodeShape(dims: readonly bigint[], where: string): { shape: number[]; length: number } {
  const shape = dims.map(Number);
  const length = shape.reduce((product, dim) => product * dim, 1);
  if (shape.some((dim) => dim < 0) || !Number.isSafeInteger(length)) {
    throw new SondeError('onnx/malformed', `no tensor has the shape ${formatShape(shape)}`, { where });
  }
  return { shape, length };
}

function rawBytes(proto: TensorProto, length: number, where: string, read?: ReadExternal): Uint8Array | undefined {
  if (proto.dataLocation === dataLocations.inside) return proto.rawData;
  const entries = new Map(proto.externalData.map(({ key, value }) => [key, value]));
  const location = entries.get('location');
  const offset = decimal(entries.get('offset') ?? '0');
  const stated = decimal(entries.get('length') ?? String(length));
  if (proto.dataLocation !== dataLocations.external || !location || offset === undefined || stated !== length) {
    throw new SondeError('onnx/malformed', 'the reference to external data cannot be read', {
      where,
      expected: `a location and ${length} bytes`,
      found: JSON.stringify(Object.fromEntries(entries)),
    });
  }
  if (read === undefined) {
    throw new SondeError('onnx/malformed', `its data lies in ${location}, which was not given`, {
      where,
      hint: 'load the model from its path, with the data file beside it',
    });
  }
  try {
    return read({ location, offset, length });
  } catch (error) {
    if (error instanceof SondeError) throw error;
    throw new SondeError('onnx/malformed', `${location} cannot be read: ${messageOf(error)}`, { where, cause: error });
  }
}

function decimal(text: string): number | undefined {
  const number = /^\d+$/.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Values from the field that the format prescribes for the dtype. */
function typedValues(proto: TensorProto, dtype: DType): readonly (number | bigint)[] {
  if (proto.dataType === bfloat16) return proto.int32Data;
  switch (dtype) {
    case 'float32':
      return proto.floatData;
    case 'float64':
      return proto.doubleData;
    case 'int64':
      return proto.int64Data;
    case 'uint64':
      return proto.uint64Data;
    case 'uint32':
      return proto.uint64Data.map(Number);
    default:
      return proto.int32Data;
  }
}

function view<K extends DType>(dtype: K, bytes: Uint8Array) {
  const width = bytesPerElement(dtype);
  const aligned = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  return viewOf(dtype, aligned.buffer, aligned.byteOffset, aligned.byteLength / width);
}

/** bfloat16 is the upper half of a float32. */
function widened(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

function wrongSize(found: number, expected: number, unit: string, shape: readonly number[], where: string) {
  return new SondeError('onnx/malformed', `its data does not fill shape ${formatShape(shape)}`, {
    where,
    expected: `${expected} ${unit}`,
    found: `${found} ${unit}`,
  });
}
