/**
 * Operators that only move values: reshape, transpose, broadcast, join, cut, pad, gather.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sizeOf } from '../../base/shape.ts';
import {
  cast,
  equal,
  expand,
  flip,
  indices,
  matmul,
  or,
  pad,
  reshape,
  scalar,
  sliceAxes,
  transpose,
  unbroadcast,
} from '../primitives.ts';
import { checkSameType, defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

type SliceAttributes = {
  starts: readonly number[];
  ends: readonly number[];
  axes: readonly number[];
  steps: readonly number[];
};

/** First position, step and count along an axis, after ONNX's clamping of starts and ends. */
export function sliceExtent(length: number, start: number, end: number, step: number) {
  const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
  const wrap = (value: number) => (value < 0 ? value + length : value);
  const first = step > 0 ? clamp(wrap(start), 0, length) : clamp(wrap(start), 0, length - 1);
  const last = step > 0 ? clamp(wrap(end), 0, length) : clamp(wrap(end), -1, length - 1);
  return { first, step, count: Math.max(0, Math.ceil((last - first) / step)) };
}

/** Puts `step − 1` zeros behind every entry along an axis. */
function stuffZeros(x: Tensor, axis: number, step: number): Tensor {
  const split = [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)];
  const none = split.map(() => 0);
  const behind = split.map((_, i) => (i === axis + 1 ? step - 1 : 0));
  const shape = x.shape.map((length, i) => (i === axis ? length * step : length));
  return reshape(pad(reshape(x, split), none, behind), shape);
}

/** Adjoint of a slice: every entry back to where it was read, zeros elsewhere. */
function sliceAdjoint(dy: Tensor, x: Tensor, { starts, ends, axes, steps }: SliceAttributes): Tensor {
  if (sizeOf(dy.shape) === 0) return expand(scalar(0, x.dtype), x.shape);
  let result = dy;
  axes.forEach((axis, i) => {
    const { first, step, count } = sliceExtent(x.shape[axis], starts[i], ends[i], steps[i]);
    let low = first;
    if (step < 0) {
      result = flip(result, [axis]);
      low = first + (count - 1) * step;
    }
    const stride = Math.abs(step);
    if (stride > 1) {
      const length = (count - 1) * stride + 1;
      result = sliceAxes(stuffZeros(result, axis, stride), [axis], [0], [length]);
    }
    const before = x.shape.map((_, k) => (k === axis ? low : 0));
    const after = x.shape.map((length, k) => (k === axis ? length - low - result.shape[axis] : 0));
    if (before[axis] > 0 || after[axis] > 0) result = pad(result, before, after);
  });
  return result;
}

function checkRank(permutation: readonly number[], x: Tensor): void {
  const seen = new Set(permutation);
  const fits = permutation.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < x.shape.length);
  if (!fits || permutation.length !== x.shape.length || seen.size !== x.shape.length) {
    throw new SondeError(
      'shape/mismatch',
      `permutation ${formatShape(permutation)} does not fit rank ${x.shape.length}`,
      { hint: 'name every axis once, from 0' },
    );
  }
}

const int64Input = (attribute: string) => ({ attribute, dtype: 'int64' as const });

export const movementOperators: readonly Operator[] = [
  defineOperator<{ shape: readonly number[] }>({
    type: 'Reshape',
    domain: '',
    infer: ([x], { shape }) => {
      const lengths = shape.every((length) => Number.isInteger(length) && length >= 0);
      if (!lengths || sizeOf(shape) !== sizeOf(x.shape)) {
        throw new SondeError('shape/mismatch', `${formatShape(x.shape)} cannot be reshaped to ${formatShape(shape)}`, {
          hint: 'the number of entries stays the same; one length may be -1',
        });
      }
      return [{ dtype: x.dtype, shape }];
    },
    gradient: ({ inputs: [x], gradients: [dy] }) => [reshape(dy!, x.shape)],
    onnx: { inputAttributes: { 1: int64Input('shape') } },
  }),
  defineOperator<{ perm: readonly number[] }>({
    type: 'Transpose',
    domain: '',
    infer: ([x], { perm }) => {
      checkRank(perm, x);
      return [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }];
    },
    gradient: ({ attributes: { perm }, gradients: [dy] }) => [
      transpose(
        dy!,
        perm.map((_, axis) => perm.indexOf(axis)),
      ),
    ],
  }),
  defineOperator<{ shape: readonly number[] }>({
    type: 'Expand',
    domain: '',
    infer: ([x], { shape }) => {
      const fits = x.shape.length <= shape.length;
      const offset = shape.length - x.shape.length;
      if (!fits || x.shape.some((length, axis) => length !== 1 && length !== shape[axis + offset])) {
        throw new SondeError('shape/mismatch', `${formatShape(x.shape)} does not expand to ${formatShape(shape)}`, {
          hint: 'only axes of length 1 are repeated; tile repeats others',
        });
      }
      return [{ dtype: x.dtype, shape }];
    },
    gradient: ({ inputs: [x], gradients: [dy] }) => [unbroadcast(dy!, x.shape)],
    onnx: { inputAttributes: { 1: int64Input('shape') } },
  }),
  defineOperator<{ axis: number }>({
    type: 'Concat',
    domain: '',
    infer: (inputs, { axis }) => {
      const [first] = inputs;
      const agree = inputs.every(
        ({ shape }) => shape.length === first.shape.length && shape.every((n, k) => k === axis || n === first.shape[k]),
      );
      if (!agree)
        throw new SondeError('shape/mismatch', `tensors to join differ outside axis ${axis}`, {
          hint: 'all other axes have equal lengths; pad or slice what is different',
        });
      checkSameType(inputs);
      const joined = inputs.reduce((sum, input) => sum + input.shape[axis], 0);
      return [{ dtype: first.dtype, shape: first.shape.map((length, k) => (k === axis ? joined : length)) }];
    },
    gradient: ({ inputs, attributes: { axis }, gradients: [dy], wanted }) => {
      let start = 0;
      return inputs.map((input, i) => {
        const end = start + input.shape[axis];
        const part = wanted[i] ? sliceAxes(dy!, [axis], [start], [end]) : undefined;
        start = end;
        return part;
      });
    },
  }),
  defineOperator<SliceAttributes>({
    type: 'Slice',
    domain: '',
    infer: ([x], { starts, ends, axes, steps }) => {
      const shape = [...x.shape];
      axes.forEach((axis, i) => {
        shape[axis] = sliceExtent(x.shape[axis], starts[i], ends[i], steps[i]).count;
      });
      return [{ dtype: x.dtype, shape }];
    },
    gradient: ({ inputs: [x], attributes, gradients: [dy] }) => [sliceAdjoint(dy!, x, attributes)],
    onnx: {
      inputAttributes: {
        1: int64Input('starts'),
        2: int64Input('ends'),
        3: int64Input('axes'),
        4: int64Input('steps'),
      },
    },
  }),
  defineOperator<{ pads: readonly number[]; value: number; mode: string }>({
    type: 'Pad',
    domain: '',
    infer: ([x], { pads, mode }) => {
      const rank = x.shape.length;
      if (mode !== 'constant')
        throw new SondeError('graph/unsupported', `padding of mode ${mode} is not known`, {
          hint: 'padBorder lengthens by edges, mirror images or the other end',
        });
      const shape = x.shape.map((length, axis) => length + pads[axis] + pads[axis + rank]);
      if (pads.length !== 2 * rank || !shape.every((length) => length >= 0)) {
        throw new SondeError('shape/mismatch', `pads ${formatShape(pads)} do not fit`, {
          hint: 'give one length before every axis, then one after; negative ones cut',
        });
      }
      return [{ dtype: x.dtype, shape }];
    },
    gradient: ({ inputs: [x], attributes: { pads }, gradients: [dy] }) => {
      const axes = x.shape.map((_, axis) => axis);
      const starts = axes.map((axis) => Math.max(0, pads[axis]));
      const kept = sliceAxes(
        dy!,
        axes,
        starts,
        axes.map(
          (axis) => starts[axis] + x.shape[axis] + Math.min(0, pads[axis]) + Math.min(0, pads[axis + axes.length]),
        ),
      );
      const cut = pads.map((length) => Math.max(0, -length));
      return [cut.some((length) => length > 0) ? pad(kept, cut.slice(0, axes.length), cut.slice(axes.length)) : kept];
    },
    onnx: { inputAttributes: { 1: int64Input('pads'), 2: { attribute: 'value', dtype: 'float32' } } },
  }),
  defineOperator<{ axis: number }>({
    type: 'Gather',
    domain: '',
    infer: ([x, index], { axis }) => {
      if (index.dtype !== 'int64') {
        throw new SondeError('shape/mismatch', `indices are int64, not ${index.dtype}`, { hint: 'cast them' });
      }
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)] }];
    },
    gradient: ({ inputs: [x, index], attributes: { axis }, gradients: [dy] }) => [
      emit('GatherGradient', [dy, index], { axis, shape: x.shape }),
      undefined,
    ],
  }),
  defineOperator<{ axis: number; shape: readonly number[] }>({
    type: 'GatherGradient',
    domain: 'sonde',
    infer: ([dy], { shape }) => [{ dtype: dy.dtype, shape }],
    gradient: 'expand',
    // dx[k] = Σ_i [index_i = k] dy_i, as a product with the one-hot matrix of the indices; those below 0 count from behind
    expand: ([dy, index], { axis, shape }) => {
      const length = shape[axis];
      const count = sizeOf(index.shape);
      const before = sizeOf(shape.slice(0, axis));
      const after = sizeOf(shape.slice(axis + 1));
      const positions = Array.from({ length }, (_, k) => k);
      const flat = reshape(index, [1, count]);
      const chosen = or(
        equal(flat, indices(positions, [length, 1])),
        equal(
          flat,
          indices(
            positions.map((k) => k - length),
            [length, 1],
          ),
        ),
      );
      const oneHot = cast(chosen, dy.dtype);
      return [reshape(matmul(oneHot, reshape(dy, [before, count, after])), shape)];
    },
  }),
];
