/**
 * Where the largest entries are, the k largest themselves, running sums.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { normaliseAxis } from '../../base/shape.ts';
import { expand, keptShape, scalar } from '../primitives.ts';
import { defineOperator, emit, emitAll, type Operator, type Tensor } from '../tensor.ts';

/** Position of the largest (smallest) entry along an axis, int64; the first of equals. */
export const argMax = (x: Tensor, axis = -1, keep = false): Tensor => argOf('ArgMax', x, axis, keep);
export const argMin = (x: Tensor, axis = -1, keep = false): Tensor => argOf('ArgMin', x, axis, keep);

function argOf(type: string, x: Tensor, axis: number, keep: boolean): Tensor {
  return emit(type, [x], { axis: normaliseAxis(axis, x.shape.length), keepdims: keep ? 1 : 0, selectLastIndex: 0 });
}

export interface Top {
  readonly values: Tensor;
  /** int64; no gradient passes through them. */
  readonly indices: Tensor;
}

/** The k largest entries along an axis, largest first (smallest with `largest: false`). */
export function topK(x: Tensor, k: number, { axis = -1, largest = true } = {}): Top {
  const attributes = { axis: normaliseAxis(axis, x.shape.length), largest: largest ? 1 : 0, sorted: 1, k: [k] };
  const [values, indices] = emitAll('TopK', [x], attributes);
  return { values, indices };
}

/** Sums up to each entry along an axis; `exclusive` leaves the entry itself out, `reverse` starts from behind. */
export function cumulativeSum(x: Tensor, axis: number, { exclusive = false, reverse = false } = {}): Tensor {
  return emit('CumSum', [x], {
    axis: normaliseAxis(axis, x.shape.length),
    exclusive: exclusive ? 1 : 0,
    reverse: reverse ? 1 : 0,
  });
}

type ArgAttributes = { axis: number; keepdims: number; selectLastIndex: number };

function argument(type: string): Operator {
  return defineOperator<ArgAttributes>({
    type,
    domain: '',
    infer: ([x], { axis, keepdims }) => {
      const kept = keptShape(x.shape, [axis]);
      return [{ dtype: 'int64', shape: keepdims ? kept : kept.filter((_, k) => k !== axis) }];
    },
    gradient: { none: 'a position has no derivative' },
  });
}

export const selectionOperators: readonly Operator[] = [
  argument('ArgMax'),
  argument('ArgMin'),
  defineOperator<{ axis: number; largest: number; sorted: number; k: readonly number[] }>({
    type: 'TopK',
    domain: '',
    infer: ([x], { axis, k: [k] }) => {
      if (!(k >= 0 && k <= x.shape[axis])) {
        throw new SondeError('shape/mismatch', `${k} entries cannot be chosen of ${x.shape[axis]} along axis ${axis}`, {
          hint: 'choose at most as many as the axis is long',
        });
      }
      const shape = x.shape.map((length, i) => (i === axis ? k : length));
      return [
        { dtype: x.dtype, shape },
        { dtype: 'int64', shape },
      ];
    },
    gradient: ({ inputs: [x], outputs: [, indices], attributes: { axis }, gradients: [dy] }) => [
      dy === undefined
        ? undefined
        : emit('ScatterElements', [expand(scalar(0, x.dtype), x.shape), indices, dy], { axis, reduction: 'none' }),
    ],
    onnx: { inputAttributes: { 1: { attribute: 'k', dtype: 'int64' } } },
  }),
  defineOperator<{ axis: number; exclusive: number; reverse: number }>({
    type: 'CumSum',
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: ({ attributes, gradients: [dy] }) => [
      emit('CumSum', [dy], { ...attributes, reverse: attributes.reverse ? 0 : 1 }),
    ],
    onnx: { inputAttributes: { 1: { attribute: 'axis', dtype: 'int64' } } },
  }),
];
