/**
 * Maximum and average pooling over 1, 2 or 3 spatial axes. Their gradients are composites of slices, so that no index
 * tensor is needed: pooling with indices is slow on the CPU and missing on WebGPU.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import { float32 } from '../../tensor/host-array.ts';
import { and, cast, divide, equal, literal, maximum, multiply, not, or, pad } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';
import { type AxisWindow, padAxis, spread, tap } from '../window-taps.ts';
import { type PoolOptions, poolAttributes, windowCounts } from '../windows.ts';

export type PoolAttributes = {
  kernelShape: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
};
type MaxAttributes = PoolAttributes & { dilations?: readonly number[] };
type AverageAttributes = PoolAttributes & { countIncludePad: number };

/** Below every entry that a network computes. */
const lowest = -3.4e38;

/** Maximum over windows; `x` is `[N, C, …spatial]`. Ties go to the first position. */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  const { overhang: _, ...attributes } = poolAttributes(x.shape, options);
  const { kernelShape, pads } = attributes;
  const rank = kernelShape.length;
  if (pads.every((length, i) => length < kernelShape[i % rank])) return emit('MaxPool', [x], attributes);
  // Runtimes refuse padding of a kernel's length or more, which dilated windows may have: the input is lengthened.
  const padded = pad(x, [0, 0, ...pads.slice(0, rank)], [0, 0, ...pads.slice(rank)], lowest);
  return emit('MaxPool', [padded], { ...attributes, pads: pads.map(() => 0) });
}

/** Mean over windows; `x` is `[N, C, …spatial]`. What a last window lacks of its size (`ceil`) never counts. */
export function averagePool(x: Tensor, options: Omit<PoolOptions, 'dilation'>): Tensor {
  const { kernelShape, strides, pads, overhang } = poolAttributes(x.shape, options);
  const countPadding = options.countPadding ?? true;
  const none = kernelShape.map(() => 0);
  if (countPadding && overhang.some((length) => length > 0)) {
    // Padding counts and the overhang does not: the zeros become part of the input.
    const [before, after] = [pads.slice(0, none.length), pads.slice(none.length)];
    const padded = pad(x, [0, 0, ...before], [0, 0, ...after.map((length, i) => length - overhang[i])]);
    return emit('AveragePool', [padded], { kernelShape, strides, pads: [...none, ...overhang], countIncludePad: 0 });
  }
  return emit('AveragePool', [x], { kernelShape, strides, pads, countIncludePad: countPadding ? 1 : 0 });
}

function axisWindows({ kernelShape, strides, pads, dilations }: MaxAttributes): AxisWindow[] {
  return kernelShape.map((kernel, i) => ({
    axis: i + 2,
    kernel,
    stride: strides[i],
    before: pads[i],
    after: pads[i + kernelShape.length],
    dilation: dilations?.[i] ?? 1,
  }));
}

/** Maximum along one axis and the gradient of it, first maximum taking all. */
function maxGradientAlong(x: Tensor, y: Tensor, dy: Tensor, window: AxisWindow): Tensor {
  const padded = padAxis(x, window, lowest);
  const count = y.shape[window.axis];
  let taken: Tensor | undefined;
  const taps: Tensor[] = [];
  for (let j = 0; j < window.kernel; j++) {
    const reached = equal(tap(padded, window, j, count), y);
    const first = taken === undefined ? reached : and(reached, not(taken));
    taps.push(multiply(dy, cast(first, dy.dtype)));
    taken = taken === undefined ? reached : or(taken, reached);
  }
  return spread(taps, window, x.shape[window.axis]);
}

function maxPoolAlong(x: Tensor, window: AxisWindow): Tensor {
  const spatial = x.shape.slice(2).map((_, i) => i + 2 === window.axis);
  const only = (value: number, other: number) => spatial.map((chosen) => (chosen ? value : other));
  return emit('MaxPool', [x], {
    kernelShape: only(window.kernel, 1),
    strides: only(window.stride, 1),
    ...(window.dilation === 1 ? {} : { dilations: only(window.dilation!, 1) }),
    pads: [...only(window.before, 0), ...only(window.after, 0)],
  });
}

/** How many real entries each window holds, as `[1, 1, …]`. */
function windowSizes(spatial: readonly number[], windows: readonly AxisWindow[]): Tensor {
  const counts = windowCounts(
    spatial,
    windows.map(({ kernel }) => kernel),
    {
      strides: windows.map(({ stride }) => stride),
      pads: [...windows.map(({ before }) => before), ...windows.map(({ after }) => after)],
    },
  );
  let sizes: Tensor | undefined;
  windows.forEach(({ kernel, stride, before }, i) => {
    const along = Array.from({ length: counts[i] }, (_, k) => {
      const start = k * stride - before;
      return Math.min(start + kernel, spatial[i]) - Math.max(start, 0);
    });
    const factor = literal(float32([1, 1, ...counts.map((n, k) => (k === i ? n : 1))], along));
    sizes = sizes === undefined ? factor : multiply(sizes, factor);
  });
  return sizes!;
}

export const poolingOperators: readonly Operator[] = [
  defineOperator<MaxAttributes>({
    type: 'MaxPool',
    domain: '',
    infer: ([x], { kernelShape, strides, pads, dilations }) => {
      const spatial = windowCounts(x.shape.slice(2), kernelShape, { strides, pads, dilations });
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...spatial] }];
    },
    gradient: ({ inputs: [x], outputs: [y], attributes, gradients: [dy] }) => [
      emit('MaxPoolGradient', [x, y, dy], attributes),
    ],
  }),
  defineOperator<MaxAttributes>({
    type: 'MaxPoolGradient',
    domain: 'sonde',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: 'expand',
    // A maximum over a box is maxima along its axes, one after the other, with the same order among ties.
    expand: ([x, y, dy], attributes) => {
      const windows = axisWindows(attributes).filter(({ kernel, stride }) => kernel > 1 || stride > 1);
      if (windows.length === 0) return [dy];
      const stages = [x];
      for (const window of [...windows].reverse().slice(0, -1)) {
        stages.push(maxPoolAlong(stages[stages.length - 1], window));
      }
      let gradient = dy;
      windows.forEach((window, i) => {
        const input = stages[windows.length - 1 - i];
        const output = i === 0 ? y : stages[windows.length - i];
        gradient = maxGradientAlong(input, output, gradient, window);
      });
      return [gradient];
    },
  }),
  defineOperator<AverageAttributes>({
    type: 'AveragePool',
    domain: '',
    infer: ([x], { kernelShape, strides, pads }) => {
      const spatial = windowCounts(x.shape.slice(2), kernelShape, {
        strides,
        pads,
      });
      return [{ dtype: x.dtype, shape: [...x.shape.slice(0, 2), ...spatial] }];
    },
    gradient: ({ inputs: [x], attributes, gradients: [dy] }) => [
      emit('AveragePoolGradient', [dy], { ...attributes, spatial: x.shape.slice(2) }),
    ],
  }),
  defineOperator<AverageAttributes & { spatial: readonly number[] }>({
    type: 'AveragePoolGradient',
    domain: 'sonde',
    infer: ([dy], { spatial }) => [{ dtype: dy.dtype, shape: [...dy.shape.slice(0, 2), ...spatial] }],
    gradient: ({ attributes: { spatial: _, ...attributes }, gradients: [g] }) => [emit('AveragePool', [g], attributes)],
    expand: ([dy], attributes) => {
      const windows = axisWindows(attributes);
      const share = attributes.countIncludePad
        ? multiply(dy, 1 / sizeOf(attributes.kernelShape))
        : divide(dy, maximum(windowSizes(attributes.spatial, windows), 1));
      let gradient = share;
      for (const window of windows) {
        if (window.kernel === 1 && window.stride === 1) continue;
        const taps = new Array<Tensor>(window.kernel).fill(gradient);
        gradient = spread(taps, window, attributes.spatial[window.axis - 2]);
      }
      return [gradient];
    },
  }),
];
