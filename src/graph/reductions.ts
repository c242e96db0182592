/**
 * What a reduction over axes is, whatever it takes of the values: its shapes and the frame of its gradient.
 * @module
 */
import { keptShape, reshape } from './primitives.ts';
import { defineOperator, type OnnxForm, type Operator, type Tensor } from './tensor.ts';

type ReductionAttributes = { axes: readonly number[]; keepdims: number };
/** Gets gradient and output with the reduced axes kept, broadcastable to the input. */
export type Derivative = (dy: Tensor, x: Tensor, y: Tensor, axes: readonly number[]) => Tensor;

export function reduction(type: string, derivative: Derivative, onnx: OnnxForm = {}): Operator {
  return defineOperator<ReductionAttributes>({
    type,
    domain: '',
    infer: ([x], { axes, keepdims }) => {
      const kept = keptShape(x.shape, axes);
      return [{ dtype: x.dtype, shape: keepdims ? kept : kept.filter((_, axis) => !axes.includes(axis)) }];
    },
    gradient: ({ inputs: [x], outputs: [y], attributes: { axes }, gradients: [dy] }) => {
      const kept = keptShape(x.shape, axes);
      return [derivative(reshape(dy!, kept), x, reshape(y, kept), axes)];
    },
    onnx,
  });
}
