/**
 * Division of vectors by their length.
 * @module
 */
import { normaliseAxis } from '../../base/shape.ts';
import {
  abs,
  add,
  cast,
  divide,
  greater,
  maximum,
  multiply,
  reduceSum,
  reduceSumSquare,
  sqrt,
  subtract,
} from '../primitives.ts';
import { defineOperator, emitAll, type Operator, type Tensor } from '../tensor.ts';

/**
 * x / max(‖x‖₂, ε) along an axis, as PyTorch's `normalize`; below ε no gradient passes through the length.
 */
export function l2Normalise(x: Tensor, axis = -1, epsilon = 1e-12): Tensor {
  return emitAll('L2Normalization', [x], { axis: normaliseAxis(axis, x.shape.length), epsilon })[0];
}

export const lpNormalisationOperators: readonly Operator[] = [
  defineOperator<{ axis: number; epsilon: number }>({
    type: 'L2Normalization',
    domain: 'sonde',
    infer: ([x], { axis }) => {
      const kept = x.shape.map((length, k) => (k === axis ? 1 : length));
      return [
        { dtype: x.dtype, shape: x.shape },
        { dtype: x.dtype, shape: kept },
      ];
    },
    // dx = (dy − y ⟨dy, y⟩) / ‖x‖; the length, the second output, moves by y.
    gradient: ({ outputs: [y, length], attributes: { axis, epsilon }, gradients: [dy, dLength] }) => {
      const free = cast(greater(length, epsilon), y.dtype);
      const throughLength = dLength === undefined ? undefined : multiply(y, multiply(dLength, free));
      if (dy === undefined) return [throughLength];
      const along = multiply(reduceSum(multiply(dy, y), { axes: [axis], keep: true }), free);
      const dx = divide(subtract(dy, multiply(y, along)), length);
      return [throughLength === undefined ? dx : add(dx, throughLength)];
    },
    expand: ([x], { axis, epsilon }) => {
      const length = maximum(sqrt(reduceSumSquare(x, { axes: [axis], keep: true })), epsilon);
      return [divide(x, length), length];
    },
  }),
  defineOperator<{ axis: number; p: number }>({
    type: 'LpNormalization',
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: 'expand',
    expand: ([x], { axis, p }) => {
      const at = [normaliseAxis(axis, x.shape.length)];
      if (p === 2) return [divide(x, sqrt(reduceSumSquare(x, { axes: at, keep: true })))];
      return [divide(x, reduceSum(abs(x), { axes: at, keep: true }))];
    },
  }),
];
