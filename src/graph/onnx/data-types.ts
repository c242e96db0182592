/**
 * The numbers that ONNX gives to element types, attribute types and data locations.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { DType } from '../../tensor/host-array.ts';

const numberOfDType = {
  float32: 1,
  uint8: 2,
  int8: 3,
  uint16: 4,
  int16: 5,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  uint32: 12,
  uint64: 13,
} as const satisfies Record<DType, number>;

const dtypeOfNumber: ReadonlyMap<number, DType> = new Map(
  Object.entries(numberOfDType).map(([dtype, number]) => [number, dtype as DType]),
);

/** bfloat16 has no host array: its values are widened, without loss, to float32 wherever they appear in a model. */
export const bfloat16 = 16;

const unsupportedNames = new Map([
  [8, 'string'],
  [14, 'complex64'],
  [15, 'complex128'],
  [17, 'float8e4m3fn'],
  [18, 'float8e4m3fnuz'],
  [19, 'float8e5m2'],
  [20, 'float8e5m2fnuz'],
  [21, 'uint4'],
  [22, 'int4'],
  [23, 'float4e2m1'],
  [24, 'float8e8m0'],
]);

/** `TensorProto.DataType` of a dtype; also the value of `to` in Cast and of ONNX Runtime's element types. */
export function dataTypeNumber(dtype: DType): number {
  return numberOfDType[dtype];
}

/** The dtype with that number. Throws `graph/unsupported` for types without a host array, `onnx/malformed` for others. */
export function dtypeFromNumber(number: number, where: string): DType {
  if (number === bfloat16) return 'float32';
  const dtype = dtypeOfNumber.get(number);
  if (dtype !== undefined) return dtype;
  const name = unsupportedNames.get(number);
  if (name === undefined) throw new SondeError('onnx/malformed', `${number} is not an ONNX element type`, { where });
  throw new SondeError('graph/unsupported', `elements of type ${name} are not supported`, {
    where,
    hint: 'export the model in float32 or float16',
  });
}

/** `AttributeProto.AttributeType`. */
export const attributeTypes = {
  float: 1,
  int: 2,
  string: 3,
  tensor: 4,
  graph: 5,
  floats: 6,
  ints: 7,
  strings: 8,
  tensors: 9,
  graphs: 10,
  type: 13,
} as const;

/** `TensorProto.DataLocation`. */
export const dataLocations = { inside: 0, external: 1 } as const;
