/**
 * Types of values in the file format.
 * @module
 */
import type { MessageInitShape } from '@bufbuild/protobuf';
import { SondeError } from '../../base/errors.ts';
import { dataTypeNumber, dtypeFromNumber } from './data-types.ts';
import type { TensorShapeProto, TypeProto, TypeProtoSchema } from './generated/onnx_pb.ts';
import type { Dimension, ValueType } from './model.ts';

/** Throws `graph/unsupported` for maps, sparse tensors and element types without a host array. */
export function decodeType(proto: TypeProto | undefined, where: string): ValueType {
  const containers: ('sequence' | 'optional')[] = [];
  let type = proto;
  while (type?.value.case === 'sequenceType' || type?.value.case === 'optionalType') {
    containers.push(type.value.case === 'sequenceType' ? 'sequence' : 'optional');
    type = type.value.value.elemType;
  }
  const wrapping = containers.length > 0 ? { containers } : {};
  if (type === undefined || type.value.case === undefined) return wrapping;
  if (type.value.case !== 'tensorType') {
    const kind = type.value.case === 'mapType' ? 'maps' : 'sparse tensors';
    throw new SondeError('graph/unsupported', `${kind} are not supported as values`, { where });
  }
  const { elemType, shape } = type.value.value;
  return {
    ...(elemType !== 0 && { dtype: dtypeFromNumber(elemType, where) }),
    ...(shape !== undefined && { shape: decodeDimensions(shape, where) }),
    ...wrapping,
  };
}

export function encodeType(type: ValueType): MessageInitShape<typeof TypeProtoSchema> | undefined {
  const { dtype, shape, containers = [] } = type;
  let proto: MessageInitShape<typeof TypeProtoSchema> | undefined;
  if (dtype !== undefined || shape !== undefined) {
    const elemType = dtype === undefined ? 0 : dataTypeNumber(dtype);
    const dimensions = shape && { dim: shape.map(encodeDimension) };
    proto = { value: { case: 'tensorType', value: { elemType, shape: dimensions } } };
  }
  for (const container of containers.toReversed()) {
    proto = { value: { case: container === 'sequence' ? 'sequenceType' : 'optionalType', value: { elemType: proto } } };
  }
  return proto;
}

function decodeDimensions(shape: TensorShapeProto, where: string): Dimension[] {
  return shape.dim.map(({ value }) => {
    if (value.case === undefined) return '';
    if (value.case === 'dimParam') return value.value;
    const length = Number(value.value);
    if (Number.isSafeInteger(length) && length >= 0) return length;
    // Some exporters write -1 for a length they do not know.
    if (length === -1) return '';
    throw new SondeError('onnx/malformed', `${length} is not a length`, { where });
  });
}

function encodeDimension(dimension: Dimension) {
  if (typeof dimension === 'number') return { value: { case: 'dimValue' as const, value: BigInt(dimension) } };
  return dimension === '' ? {} : { value: { case: 'dimParam' as const, value: dimension } };
}
