/**
 * Attributes of the file format.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { attributeTypes, bfloat16, dataTypeNumber } from './data-types.ts';
import type { AttributeProto, GraphProto, TensorProto } from './generated/onnx_pb.ts';
import type { AttributeValue, Integer, OnnxGraph } from './model.ts';
import { decodeType } from './value-types.ts';

type AttributeType = keyof typeof attributeTypes;

const typeOfNumber: ReadonlyMap<number, AttributeType> = new Map(
  Object.entries(attributeTypes).map(([type, number]) => [number, type as AttributeType]),
);

/** Integer attributes that hold an element type, which has to follow bfloat16's widening. */
const elementTypeAttributes = new Set([
  'Cast.to',
  'EyeLike.dtype',
  'RandomNormal.dtype',
  'RandomNormalLike.dtype',
  'RandomUniform.dtype',
  'RandomUniformLike.dtype',
  'Bernoulli.dtype',
  'SequenceEmpty.dtype',
]);

/** What an attribute can hold that only the reader of the whole file can decode. */
export interface PartDecoders {
  tensor(proto: TensorProto, where: string): HostArray;
  graph(proto: GraphProto): OnnxGraph;
}

/** `operator`: the ONNX operator the attribute belongs to, `''` for others. Throws `onnx/malformed`. */
export function decodeAttribute(
  proto: AttributeProto,
  operator: string,
  where: string,
  parts: PartDecoders,
): AttributeValue {
  const type = typeOfNumber.get(proto.type) ?? (proto.type === 0 ? typeOfFilledField(proto) : undefined);
  if (type === undefined) {
    throw new SondeError('onnx/malformed', `the attribute is of no known type (${proto.type})`, { where });
  }
  if (proto.refAttrName !== '') return { type: 'parameter', value: proto.refAttrName, of: type };
  switch (type) {
    case 'float':
      return { type, value: proto.f ?? 0 };
    case 'floats':
      return { type, value: proto.floats };
    case 'int': {
      const value = exact(proto.i ?? 0n);
      const widened = value === bfloat16 && elementTypeAttributes.has(`${operator}.${proto.name}`);
      return { type, value: widened ? dataTypeNumber('float32') : value };
    }
    case 'ints':
      return { type, value: proto.ints.map(exact) };
    case 'string':
      return { type, value: decodeText(proto.s ?? new Uint8Array(), where) };
    case 'strings':
      return { type, value: proto.strings.map((text) => decodeText(text, where)) };
    case 'tensor':
      return { type, value: parts.tensor(present(proto.t, type, where), where) };
    case 'tensors':
      return { type, value: proto.tensors.map((tensor) => parts.tensor(tensor, where)) };
    case 'graph':
      return { type, value: parts.graph(present(proto.g, type, where)) };
    case 'graphs':
      return { type, value: proto.graphs.map((graph) => parts.graph(graph)) };
    case 'type':
      return { type, value: decodeType(present(proto.tp, type, where), where) };
  }
}

/** The first IR version had no type field: the filled field tells. */
function typeOfFilledField(proto: AttributeProto): AttributeType | undefined {
  if (proto.f !== undefined) return 'float';
  if (proto.i !== undefined) return 'int';
  if (proto.s !== undefined) return 'string';
  if (proto.t !== undefined) return 'tensor';
  if (proto.g !== undefined) return 'graph';
  if (proto.floats.length > 0) return 'floats';
  if (proto.ints.length > 0) return 'ints';
  if (proto.strings.length > 0) return 'strings';
  return undefined;
}

function exact(value: bigint): Integer {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function decodeText(bytes: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SondeError('onnx/malformed', 'the attribute is not UTF-8 text', { where, cause });
  }
}

function present<T>(value: T | undefined, type: string, where: string): T {
  if (value === undefined) throw new SondeError('onnx/malformed', `the attribute lacks its ${type}`, { where });
  return value;
}
