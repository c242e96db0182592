/**
 * Attributes of nodes: short makers for those who write graphs, checked readers for those who read them.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import type { AttributeValue, Integer, OnnxNode } from './model.ts';

export const float = (value: number): AttributeValue => ({ type: 'float', value });
export const floats = (value: readonly number[]): AttributeValue => ({ type: 'floats', value });
export const int = (value: Integer): AttributeValue => ({ type: 'int', value });
export const ints = (value: readonly Integer[]): AttributeValue => ({ type: 'ints', value });
export const string = (value: string): AttributeValue => ({ type: 'string', value });
export const strings = (value: readonly string[]): AttributeValue => ({ type: 'strings', value });
export const tensor = (value: HostArray): AttributeValue => ({ type: 'tensor', value });

/** The value each type of attribute carries. */
type Values = { [A in AttributeValue as A['type']]: A['value'] };

/**
 * The value of an attribute, `undefined` when the node has none of that name.
 * Throws `onnx/malformed` when it is of another type.
 */
export function readAttribute<K extends AttributeValue['type']>(
  node: OnnxNode,
  name: string,
  type: K,
): Values[K] | undefined {
  const attribute = Object.hasOwn(node.attributes, name) ? node.attributes[name] : undefined;
  if (attribute === undefined) return undefined;
  if (attribute.type === type) return attribute.value as Values[K];
  throw new SondeError('onnx/malformed', `attribute ${name} of ${node.operator} has the wrong type`, {
    where: node.name || node.outputs[0],
    expected: type,
    found: attribute.type,
  });
}

/** An integer attribute as a number; beyond 2^53 it is rounded, which serves for lengths and ends of ranges. */
export function readInt<F extends number | undefined>(node: OnnxNode, name: string, fallback: F): number | F {
  const value = readAttribute(node, name, 'int');
  return value === undefined ? fallback : Number(value);
}

export function readInts<F extends readonly number[] | undefined>(
  node: OnnxNode,
  name: string,
  fallback: F,
): number[] | F {
  return readAttribute(node, name, 'ints')?.map(Number) ?? fallback;
}
