/**
 * Pooling over whole maps, by norms, and to a given output size.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { float32 } from '../../tensor/host-array.ts';
import {
  abs,
  add,
  cast,
  concat,
  divide,
  equal,
  literal,
  matmul,
  multiply,
  power,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  sign,
  slice,
  transpose,
} from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';
import { type PoolOptions, poolAttributes, windowCounts } from '../windows.ts';

type LpAttributes = { kernelShape: readonly number[]; strides: readonly number[]; pads: readonly number[]; p: number };

const spatialAxes = (x: Tensor): number[] => x.shape.slice(2).map((_, i) => i + 2);

/** (Σ |x|ᵖ)^(1/p) over windows; `x` is `[N, C, …]`, padding and what a last window lacks (`ceil`) count as zeros. */
export function lpPool(
  x: Tensor,
  { p = 2, ...options }: Omit<PoolOptions, 'countPadding' | 'dilation'> & { p?: number },
): Tensor {
  const { kernelShape, strides, pads } = poolAttributes(x.shape, options);
  return emit('LpPool', [x], { kernelShape, strides, pads, p });
}

/** Where the windows of adaptive pooling begin and end: they cover the axis and differ in length by one at most. */
function adaptiveWindows(length: number, count: number): [number, number][] {
  if (count < 1 || count > length) {
    throw new SondeError('shape/mismatch', `an axis of length ${length} cannot be pooled to ${count}`, {
      hint: 'the output is no longer than the input, and at least 1',
    });
  }
  return Array.from({ length: count }, (_, i) => [
    Math.floor((i * length) / count),
    Math.ceil(((i + 1) * length) / count),
  ]);
}

const outputSizes = (x: Tensor, size: number | readonly number[]): readonly number[] =>
  typeof size === 'number' ? spatialAxes(x).map(() => size) : size;

/**
 * Means over windows that divide every spatial axis into as many parts as the output is long (PyTorch's rule).
 * Even divisions are one reduction; uneven ones a product with a matrix for each axis.
 */
export function adaptiveAveragePool(x: Tensor, size: number | readonly number[]): Tensor {
  const sizes = outputSizes(x, size);
  const even = evenParts(x, sizes);
  if (even !== undefined) return reshape(reduceMean(even.view, { axes: even.inner }), even.shape);
  return sizes.reduce((map, count, i) => {
    const axis = i + 2;
    const length = map.shape[axis];
    if (count === length) return map;
    const matrix = new Float32Array(length * count);
    adaptiveWindows(length, count).forEach(([start, end], k) => {
      for (let j = start; j < end; j++) matrix[j * count + k] = 1 / (end - start);
    });
    const last = map.shape.length - 1;
    const order = map.shape.map((_, k) => (k === axis ? last : k === last ? axis : k));
    const product = matmul(transpose(map, order), literal(float32([length, count], matrix)));
    return transpose(product, order);
  }, x);
}

/** Maxima over the same windows. */
export function adaptiveMaxPool(x: Tensor, size: number | readonly number[]): Tensor {
  const sizes = outputSizes(x, size);
  const even = evenParts(x, sizes);
  if (even !== undefined) return reshape(reduceMax(even.view, { axes: even.inner }), even.shape);
  return sizes.reduce((map, count, i) => {
    const axis = i + 2;
    if (count === map.shape[axis]) return map;
    const parts = adaptiveWindows(map.shape[axis], count).map(([start, end]) =>
      reduceMax(slice(map, axis, start, end), { axes: [axis], keep: true }),
    );
    return concat(parts, axis);
  }, x);
}

/** Every axis cut into parts of one length, the places within a part on axes of their own. */
function evenParts(x: Tensor, sizes: readonly number[]) {
  const spatial = x.shape.slice(2);
  spatial.forEach((length, i) => {
    adaptiveWindows(length, sizes[i]);
  });
  if (spatial.some((length, i) => length % sizes[i] !== 0)) return undefined;
  const shape = [...x.shape.slice(0, 2), ...sizes];
  const view = reshape(x, [...x.shape.slice(0, 2), ...spatial.flatMap((length, i) => [sizes[i], length / sizes[i]])]);
  return { shape, view, inner: spatial.map((_, i) => 3 + 2 * i) };
}

/** A reduction of all positions that keeps their axes with length 1. */
function overall(type: string, reduce: (x: Tensor, attributes: { p: number }) => Tensor): Operator {
  return defineOperator<{ p: number }>({
    type,
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape.map((length, axis) => (axis < 2 ? length : 1)) }],
    gradient: 'expand',
    expand: ([x], attributes) => [reduce(x, attributes)],
  });
}

/** y + [y = 0]: what may be raised to a negative power, where the result is multiplied by zero anyway. */
const withoutZeros = (y: Tensor): Tensor => add(y, cast(equal(y, 0), y.dtype));

export const poolingVariantOperators: readonly Operator[] = [
  overall('GlobalAveragePool', (x) => reduceMean(x, { axes: spatialAxes(x), keep: true })),
  overall('GlobalMaxPool', (x) => reduceMax(x, { axes: spatialAxes(x), keep: true })),
  overall('GlobalLpPool', (x, { p }) => {
    const axes = spatialAxes(x);
    // The norms have gradients at zero; powers have none.
    if (p === 1 || p === 2) return emit(p === 1 ? 'ReduceL1' : 'ReduceL2', [x], { axes, keepdims: 1 });
    return power(reduceSum(power(abs(x), p), { axes, keep: true }), 1 / p);
  }),
  defineOperator<LpAttributes>({
    type: 'LpPool',
    domain: '',
    infer: ([x], { kernelShape, strides, pads }) => {
      const spatial = windowCounts(x.shape.slice(2), kernelShape, { strides, pads });
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...spatial] }];
    },
    // dx = sign(x) |x|^(p−1) Σ dy y^(1−p), the sum an average pooling's gradient without its division
    gradient: ({ inputs: [x], outputs: [y], attributes: { kernelShape, strides, pads, p }, gradients: [dy] }) => {
      const share = p === 1 ? dy! : divide(dy!, power(withoutZeros(y), p - 1));
      const spread = emit('AveragePoolGradient', [multiply(share, sizeOf(kernelShape))], {
        kernelShape,
        strides,
        pads,
        countIncludePad: 1,
        spatial: x.shape.slice(2),
      });
      const inner = p === 1 ? sign(x) : p === 2 ? x : multiply(sign(x), power(abs(x), p - 1));
      return [multiply(inner, spread)];
    },
  }),
];
