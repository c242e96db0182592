/**
 * Reading and writing at positions known when the graph runs. Indices are int64; negative ones count from behind.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, normaliseAxis, sameShape, sizeOf } from '../../base/shape.ts';
import { int64 } from '../../tensor/host-array.ts';
import {
  add,
  cast,
  equal,
  expand,
  gather,
  indices,
  literal,
  matmul,
  multiply,
  reshape,
  scalar,
} from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

export type ScatterReduction = 'none' | 'add';

/** `y[i][j] = x[index[i][j]][j]` for axis 0; `index` has the rank of x. */
export function gatherElements(x: Tensor, index: Tensor, axis = 0): Tensor {
  return emit('GatherElements', [x, index], { axis: normaliseAxis(axis, x.shape.length) });
}

/** Slices of x at the tuples of the index's last axis; the first `batchAxes` axes of both go together. */
export function gatherND(x: Tensor, index: Tensor, batchAxes = 0): Tensor {
  return emit('GatherND', [x, index], { batchDims: batchAxes });
}

/** x with `updates` written, or added, where `gatherElements` would read. */
export function scatterElements(
  x: Tensor,
  index: Tensor,
  updates: Tensor,
  { axis = 0, reduction = 'none' }: { axis?: number; reduction?: ScatterReduction } = {},
): Tensor {
  return emit('ScatterElements', [x, index, updates], { axis: normaliseAxis(axis, x.shape.length), reduction });
}

/** x with `updates` written, or added, where `gatherND` would read. */
export function scatterND(x: Tensor, index: Tensor, updates: Tensor, reduction: ScatterReduction = 'none'): Tensor {
  return emit('ScatterND', [x, index, updates], { reduction });
}

/** `[B, N, W]` and positions `[B, K]` (int64, from 0) to `[B, K, W]`: of each sample its own tokens. */
export function takeTokens(x: Tensor, index: Tensor): Tensor {
  return emit('TakeTokens', [x, index]);
}

/** Ones at the classes and zeros elsewhere, on a new last axis. */
export function oneHot(classes: Tensor, count: number): Tensor {
  const range = indices(Array.from({ length: count }, (_, k) => k));
  return cast(equal(reshape(classes, [...classes.shape, 1]), range), 'float32');
}

const zerosLike = ({ dtype, shape }: Tensor): Tensor => expand(scalar(0, dtype), shape);

function checkIndex(index: Tensor): void {
  if (index.dtype !== 'int64') {
    throw new SondeError('shape/mismatch', `indices are int64, not ${index.dtype}`, { hint: 'cast them' });
  }
}

/** Shape of what `gatherND` reads. */
function gatheredShape(x: Tensor, index: Tensor, batchDims: number): number[] {
  const depth = index.shape[index.shape.length - 1];
  const batch = index.shape.slice(0, batchDims);
  if (batchDims + depth > x.shape.length || !sameShape(batch, x.shape.slice(0, batchDims))) {
    throw new SondeError('shape/mismatch', `indices ${formatShape(index.shape)} do not fit ${formatShape(x.shape)}`, {
      hint: 'the last axis of the indices is no longer than the axes they walk',
    });
  }
  return [...index.shape.slice(0, -1), ...x.shape.slice(batchDims + depth)];
}

type ScatterAttributes = { axis: number; reduction: ScatterReduction };

export const indexingOperators: readonly Operator[] = [
  defineOperator<{ axis: number }>({
    type: 'GatherElements',
    domain: '',
    infer: ([x, index], { axis }) => {
      checkIndex(index);
      const fits = index.shape.every((length, k) => k === axis || length <= x.shape[k]);
      if (!fits || index.shape.length !== x.shape.length) {
        throw new SondeError('shape/mismatch', 'indices have the rank of the input and do not reach beyond it', {
          hint: 'use gather for whole slices',
        });
      }
      return [{ dtype: x.dtype, shape: index.shape }];
    },
    gradient: ({ inputs: [x, index], attributes: { axis }, gradients: [dy] }) => [
      scatterElements(zerosLike(x), index, dy!, { axis, reduction: 'add' }),
      undefined,
    ],
  }),
  defineOperator<{ batchDims: number }>({
    type: 'GatherND',
    domain: '',
    infer: ([x, index], { batchDims }) => {
      checkIndex(index);
      return [{ dtype: x.dtype, shape: gatheredShape(x, index, batchDims) }];
    },
    gradient: ({ inputs: [x, index], attributes: { batchDims }, gradients: [dy] }) => [
      emit('GatherNDGradient', [index, dy], { batchDims, shape: x.shape }),
      undefined,
    ],
  }),
  defineOperator<{ batchDims: number; shape: readonly number[] }>({
    type: 'GatherNDGradient',
    domain: 'sonde',
    infer: ([, dy], { shape }) => [{ dtype: dy.dtype, shape }],
    gradient: 'expand',
    // Batches are laid one behind another, so that the positions name them too.
    expand: ([index, dy], { batchDims, shape }) => {
      const batch = shape.slice(0, batchDims);
      const inner = shape.slice(batchDims);
      const depth = index.shape[index.shape.length - 1];
      const numbers = Array.from({ length: sizeOf(batch) }, (_, b) => b);
      const tuples = sizeOf(index.shape.slice(batchDims, -1));
      const flat = reshape(index, [numbers.length, tuples, depth]);
      const offset = new Array<number>(depth).fill(0).map((_, k) => (k === 0 ? inner[0] : 0));
      const offsets = literal(
        int64(
          [numbers.length, 1, depth],
          numbers.flatMap((b) => offset.map((n) => n * b)),
        ),
      );
      const joined = [numbers.length * inner[0], ...inner.slice(1)];
      const positions = batchDims === 0 ? flat : add(nonNegative(flat, inner.slice(0, depth)), offsets);
      const zeros = expand(scalar(0, dy.dtype), joined);
      const updates = reshape(dy, [numbers.length * tuples, ...inner.slice(depth)]);
      return [reshape(scatterND(zeros, reshape(positions, [numbers.length * tuples, depth]), updates, 'add'), shape)];
    },
  }),
  defineOperator<ScatterAttributes>({
    type: 'ScatterElements',
    domain: '',
    infer: ([x, index, updates]) => {
      checkIndex(index);
      if (!sameShape(index.shape, updates.shape)) {
        throw new SondeError('shape/mismatch', 'every index needs one update', {
          expected: formatShape(index.shape),
          hint: 'indices and updates have one shape',
        });
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ({ inputs: [, index, updates], attributes: { axis, reduction }, gradients: [dy] }) => [
      reduction === 'add' ? dy : scatterElements(dy!, index, zerosLike(updates), { axis }),
      undefined,
      gatherElements(dy!, index, axis),
    ],
  }),
  defineOperator<{ reduction: ScatterReduction }>({
    type: 'ScatterND',
    domain: '',
    infer: ([x, index, updates]) => {
      checkIndex(index);
      if (!sameShape(gatheredShape(x, index, 0), updates.shape)) {
        throw new SondeError('shape/mismatch', 'the updates have the shape of what the indices name', {
          expected: formatShape(gatheredShape(x, index, 0)),
          hint: "that is the indices' shape without its last axis, then the axes that they do not walk",
        });
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ({ inputs: [, index, updates], attributes: { reduction }, gradients: [dy] }) => [
      reduction === 'add' ? dy : scatterND(dy!, index, zerosLike(updates)),
      undefined,
      gatherND(dy!, index),
    ],
  }),
  defineOperator({
    type: 'TakeTokens',
    domain: 'sonde',
    infer: ([x, index]) => {
      checkIndex(index);
      if (x.shape.length !== 3 || index.shape.length !== 2 || x.shape[0] !== index.shape[0]) {
        throw new SondeError('shape/mismatch', 'tokens are [B, N, W] and their positions [B, K]', {
          hint: 'reshape pictures to tokens first',
        });
      }
      return [{ dtype: x.dtype, shape: [index.shape[0], index.shape[1], x.shape[2]] }];
    },
    gradient: ({ inputs: [x, index], gradients: [dy] }) => [
      emit('TakeTokensGradient', [index, dy], { count: x.shape[1] }),
      undefined,
    ],
    expand: ([x, index]) => {
      const [batch, count, width] = x.shape;
      const starts = indices(
        Array.from({ length: batch }, (_, b) => b * count),
        [batch, 1],
      );
      return [gather(reshape(x, [batch * count, width]), add(index, starts), 0)];
    },
  }),
  defineOperator<{ count: number }>({
    type: 'TakeTokensGradient',
    domain: 'sonde',
    infer: ([index, dy], { count }) => [{ dtype: dy.dtype, shape: [index.shape[0], count, dy.shape[2]] }],
    gradient: 'expand',
    // dx[b, n] = Σ_k [index[b, k] = n] dy[b, k]: a small product for each sample instead of a scatter.
    expand: ([index, dy], { count }) => {
      const [batch, taken] = index.shape;
      const places = indices(
        Array.from({ length: count }, (_, n) => n),
        [count, 1],
      );
      return [matmul(cast(equal(reshape(index, [batch, 1, taken]), places), dy.dtype), dy)];
    },
  }),
];

/** Tuples of positions with those below 0 counted from behind. */
function nonNegative(index: Tensor, lengths: readonly number[]): Tensor {
  const below = cast(emit('Less', [index, scalar(0, 'int64')]), 'int64');
  return add(index, multiply(below, indices(lengths)));
}
