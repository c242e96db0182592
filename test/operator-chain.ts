/**
 * Small ONNX models for tests of the runtime.
 * @module
 */
import { encodeModel } from '../src/graph/onnx/encode.ts';
import type { AttributeValue, Dimension, OnnxNode } from '../src/graph/onnx/model.ts';
import type { DType } from '../src/tensor/host-array.ts';

export interface OperatorChain {
  operator: string;
  inputs: Record<string, readonly Dimension[]>;
  outputs: Record<string, readonly Dimension[]>;
  attributes?: Record<string, AttributeValue>;
  dtype?: DType;
  /** How many times the operator is applied, each time to its own first output. */
  times?: number;
}

/** The bytes of a model that applies one operator, once or in a chain. */
export function operatorChain({
  operator,
  inputs,
  outputs,
  attributes = {},
  dtype = 'float32',
  times = 1,
}: OperatorChain) {
  const values = (shapes: Record<string, readonly Dimension[]>) =>
    Object.entries(shapes).map(([name, shape]) => ({ name, dtype, shape }));
  const nodes: OnnxNode[] = [];
  const [first, ...others] = Object.keys(inputs);
  for (let i = 0; i < times; i++) {
    nodes.push({
      name: `step ${i}`,
      operator,
      domain: '',
      inputs: [i === 0 ? first : `between ${i}`, ...others],
      outputs: i === times - 1 ? Object.keys(outputs) : [`between ${i + 1}`],
      attributes,
    });
  }
  const graph = { name: operator, inputs: values(inputs), outputs: values(outputs), initialisers: new Map(), nodes };
  return encodeModel({ irVersion: 8, opsets: { '': 17 }, graph });
}
