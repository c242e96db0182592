/**
 * What is known when the file is read: constants, and shapes, which are static here.
 * @module
 */
import { sizeOf } from '../../../base/shape.ts';
import { float32, type HostArray, int64 } from '../../../tensor/host-array.ts';
import * as graph from '../../primitives.ts';
import { constant } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';
import { knownNumbers, type NodeReader, required, unsupported } from './reading.ts';

function constantOf(node: OnnxNode): HostArray {
  const tensor = readAttribute(node, 'value', 'tensor');
  if (tensor !== undefined) return tensor;
  const number = readAttribute(node, 'value_float', 'float');
  if (number !== undefined) return float32([], [number]);
  const numbers = readAttribute(node, 'value_floats', 'floats');
  if (numbers !== undefined) return float32([numbers.length], numbers);
  const integer = readAttribute(node, 'value_int', 'int');
  if (integer !== undefined) return int64([], [Number(integer)]);
  const integers = readAttribute(node, 'value_ints', 'ints');
  if (integers !== undefined) return int64([integers.length], integers.map(Number));
  throw unsupported(node, `a constant given by ${Object.keys(node.attributes).join(', ')} is not known`);
}

const shape: NodeReader = (reading) => {
  const lengths = required(reading, 0).shape;
  return graph.indices(
    lengths.slice(readInt(reading.node, 'start', 0), readInt(reading.node, 'end', undefined) ?? lengths.length),
  );
};

const constantOfShape: NodeReader = (reading) => {
  const value = readAttribute(reading.node, 'value', 'tensor') ?? float32([1], 0);
  return graph.expand(graph.reshape(constant(value), []), knownNumbers(reading, 0)!);
};

const range: NodeReader = (reading) => {
  const [start, limit, delta] = [0, 1, 2].map((position) => knownNumbers(reading, position)![0]);
  const count = Math.max(0, Math.ceil((limit - start) / delta));
  const values = Array.from({ length: count }, (_, i) => start + i * delta);
  const { dtype } = required(reading, 0);
  return dtype === 'float32' ? constant(float32([count], values)) : graph.cast(graph.indices(values), dtype);
};

export const constantReaders: Readonly<Record<string, NodeReader>> = {
  Constant: ({ node }) => constant(constantOf(node)),
  Shape: shape,
  Size: (reading) => graph.indices([sizeOf(required(reading, 0).shape)], []),
  ConstantOfShape: constantOfShape,
  Range: range,
};
