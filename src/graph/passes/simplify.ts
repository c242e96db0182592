/**
 * Local simplifications: nodes that do nothing, and broadcasts that the consumer does by itself.
 * @module
 */
import { sameShape, sizeOf } from '../../base/shape.ts';
import { constantValue, emit, type Node, type Tensor } from '../tensor.ts';

const broadcasting = new Set(['Add', 'Sub', 'Mul', 'Div', 'Pow', 'Max', 'Min', 'Equal', 'Greater', 'Less']);

/** The simpler tensors, or `undefined` when the node stays. */
export function simplify(node: Node, inputs: readonly Tensor[]): readonly Tensor[] | undefined {
  const { type } = node.operator;
  const [output] = node.outputs;
  if (type === 'Reshape') return simplifyReshape(inputs[0], output);
  if (type === 'Expand' || type === 'Identity' || type === 'Cast') {
    return sameShape(inputs[0].shape, output.shape) && inputs[0].dtype === output.dtype ? [inputs[0]] : undefined;
  }
  if (broadcasting.has(type)) return simplifyArithmetic(type, node, inputs);
  return undefined;
}

function simplifyReshape(x: Tensor, output: Tensor): readonly Tensor[] | undefined {
  if (sameShape(x.shape, output.shape)) return [x];
  if (x.node.operator.type !== 'Reshape') return undefined;
  return [emit('Reshape', [x.node.inputs[0]], { shape: output.shape })];
}

function simplifyArithmetic(type: string, node: Node, inputs: readonly Tensor[]): readonly Tensor[] | undefined {
  const [a, b] = inputs;
  const shape = node.outputs[0].shape;
  if ((type === 'Mul' || type === 'Div') && isEverywhere(b, 1) && sameShape(a.shape, shape)) return [a];
  if (type === 'Mul' && isEverywhere(a, 1) && sameShape(b.shape, shape)) return [b];
  if ((type === 'Add' || type === 'Sub') && isEverywhere(b, 0) && sameShape(a.shape, shape)) return [a];
  if (type === 'Add' && isEverywhere(a, 0) && sameShape(b.shape, shape)) return [b];
  // The consumer broadcasts anyway: the expanded copy need not exist.
  if (inputs.length !== 2) return undefined;
  const shortA = unexpanded(a);
  const shortB = unexpanded(b);
  if (shortA !== a && sameShape(b.shape, shape)) return [emit(type, [shortA, b], node.attributes)];
  if (shortB !== b && sameShape(a.shape, shape)) return [emit(type, [a, shortB], node.attributes)];
  return undefined;
}

function unexpanded(tensor: Tensor): Tensor {
  if (tensor.node.operator.type === 'Expand') return tensor.node.inputs[0]!;
  return tensor;
}

function isEverywhere(tensor: Tensor, wanted: number): boolean {
  const value = constantValue(tensor);
  if (value === undefined || !(value.data instanceof Float32Array) || sizeOf(value.shape) > 65536) return false;
  return value.data.every((x) => x === wanted);
}
