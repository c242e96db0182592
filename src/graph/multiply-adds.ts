/**
 * How much arithmetic a graph asks for: multiplications with additions in its products and convolutions. What is done
 * once for each number (activations, normalisation) is left out, as is usual when networks are compared.
 * @module
 */
import { sizeOf } from '../base/shape.ts';
import { type Node, placeholder, type Tensor, topologicalOrder } from './tensor.ts';

/** Multiply-adds of everything that `outputs` need, from static shapes. */
export function multiplyAdds(outputs: Iterable<Tensor>): number {
  return topologicalOrder(outputs).reduce((sum, node) => sum + ofNode(node), 0);
}

function ofNode({ operator: { type, expand }, inputs, attributes, outputs }: Node): number {
  const shapeOf = (input: number) => inputs[input]!.shape;
  const [{ shape }] = outputs;
  switch (type) {
    // Each output reads one kernel over its group's input channels.
    case 'Conv':
      return sizeOf(shape) * sizeOf(shapeOf(1).slice(1));
    // Each input is spread over one kernel and its group's output channels.
    case 'ConvTranspose':
      return sizeOf(shapeOf(0)) * sizeOf(shapeOf(1).slice(1));
    // Each output position takes part in every weight of its group.
    case 'ConvWeightGradient':
      return sizeOf(shapeOf(1)) * sizeOf(shape.slice(1));
    case 'MatMul':
      return sizeOf(shape) * shapeOf(0)[shapeOf(0).length - (attributes.transposeA === true ? 2 : 1)];
    case 'Gemm':
      return sizeOf(shape) * shapeOf(0)[attributes.transA === 1 ? 0 : 1];
    default:
      return expand === undefined ? 0 : multiplyAdds(expand(asPlaceholders(inputs) as readonly Tensor[], attributes));
  }
}

/** Inputs cut off from what made them, so that only the operator's own arithmetic is counted. */
function asPlaceholders(inputs: Node['inputs']): Node['inputs'] {
  return inputs.map((input) => (input === undefined ? undefined : placeholder('input', input.dtype, input.shape)));
}
