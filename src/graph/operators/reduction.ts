/**
 * Reductions over axes, softmax and its logarithm.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import { cast, divide, equal, exp, expand, multiply, reduceSum, subtract } from '../primitives.ts';
import { type Derivative, reduction } from '../reductions.ts';
import { defineOperator, type OnnxForm, type Operator } from '../tensor.ts';

/** Of a maximum's gradient, each of several equal maxima gets an equal share. */
const extremum: Derivative = (dy, x, y, axes) => {
  const winners = cast(equal(x, y), dy.dtype);
  return multiply(winners, divide(dy, reduceSum(winners, { axes, keep: true })));
};

const axesAsInput: OnnxForm = { inputAttributes: { 1: { attribute: 'axes', dtype: 'int64' } } };

export const reductionOperators: readonly Operator[] = [
  reduction('ReduceSum', (dy, x) => expand(dy, x.shape), axesAsInput),
  reduction('ReduceMean', (dy, x, _, axes) => {
    const count = sizeOf(axes.map((axis) => x.shape[axis]));
    return expand(multiply(dy, 1 / count), x.shape);
  }),
  reduction('ReduceMax', extremum),
  reduction('ReduceMin', extremum),
  reduction('ReduceSumSquare', (dy, x) => multiply(multiply(dy, 2), x)),
  defineOperator<{ axis: number }>({
    type: 'Softmax',
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    // dx = y (dy − Σ dy y)
    gradient: ({ outputs: [y], attributes: { axis }, gradients: [dy] }) => [
      multiply(y, subtract(dy!, reduceSum(multiply(dy!, y), { axes: [axis], keep: true }))),
    ],
  }),
  defineOperator<{ axis: number }>({
    type: 'LogSoftmax',
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    // dx = dy − softmax(x) Σ dy
    gradient: ({ outputs: [y], attributes: { axis }, gradients: [dy] }) => [
      subtract(dy!, multiply(exp(y), reduceSum(dy!, { axes: [axis], keep: true }))),
    ],
  }),
];
