/**
 * Reductions beyond `reduction.ts`: products, norms, logarithms of sums.
 * @module
 */
import { normaliseAxis } from '../../base/shape.ts';
import { add, cast, divide, equal, exp, expand, maximum, multiply, reduceSum, sign, subtract } from '../primitives.ts';
import { type Derivative, reduction } from '../reductions.ts';
import { emit, type Operator, type Tensor } from '../tensor.ts';

export interface ReductionOptions {
  /** Default all. */
  readonly axes?: readonly number[];
  /** Keep the reduced axes with length 1 (default: drop them). */
  readonly keep?: boolean;
}

function reduce(type: string) {
  return (x: Tensor, { axes = x.shape.map((_, axis) => axis), keep = false }: ReductionOptions = {}): Tensor =>
    emit(type, [x], { axes: axes.map((axis) => normaliseAxis(axis, x.shape.length)), keepdims: keep ? 1 : 0 });
}

export const reduceProduct = reduce('ReduceProd');
/** ln Σ eˣ, without overflow. */
export const logSumExp = reduce('ReduceLogSumExp');
export const reduceLogSum = reduce('ReduceLogSum');
/** Σ |x|. */
export const reduceL1 = reduce('ReduceL1');
/** √Σ x². Its gradient at zero is zero. */
export const reduceL2 = reduce('ReduceL2');

/** Smallest normal number of float32: divides a zero without making it anything else. */
const tiny = 1.1754944e-38;

/** Product of the others: y / x without zeros; where there is one zero only it has a gradient, where there are more none. */
const productOfOthers: Derivative = (dy, x, _, axes) => {
  const zero = cast(equal(x, 0), x.dtype);
  const count = reduceSum(zero, { axes, keep: true });
  const filled = add(x, zero);
  const product = reduceProduct(filled, { axes, keep: true });
  const counts = add(cast(equal(count, 0), x.dtype), multiply(zero, cast(equal(count, 1), x.dtype)));
  return multiply(dy, multiply(divide(product, filled), counts));
};

export const normOperators: readonly Operator[] = [
  reduction('ReduceProd', productOfOthers),
  reduction('ReduceLogSumExp', (dy, x, y) => multiply(dy, exp(subtract(x, y)))),
  reduction('ReduceLogSum', (dy, x, y) => expand(divide(dy, exp(y)), x.shape)),
  reduction('ReduceL1', (dy, x) => multiply(dy, sign(x))),
  reduction('ReduceL2', (dy, x, y) => multiply(divide(dy, maximum(y, tiny)), x)),
];
