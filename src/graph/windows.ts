/**
 * Windows sliding over padded axes: the arithmetic convolution and pooling share.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, type Shape } from '../base/shape.ts';

export interface WindowGeometry {
  readonly strides: readonly number[];
  /** Before each axis, then after each. */
  readonly pads: readonly number[];
  readonly dilations?: readonly number[];
}

/** Throws `shape/mismatch` unless there is one kernel length, stride, dilation and two pads for each spatial axis. */
export function checkGeometry(
  rank: number,
  kernel: readonly number[],
  { strides, pads, dilations = kernel.map(() => 1) }: WindowGeometry,
): void {
  const lists: [string, readonly number[], number, number][] = [
    ['kernel length', kernel, rank, 1],
    ['stride', strides, rank, 1],
    ['dilation', dilations, rank, 1],
    ['padding', pads, 2 * rank, Number.NEGATIVE_INFINITY],
  ];
  for (const [name, values, count, least] of lists) {
    if (values.length !== count) {
      throw new SondeError('shape/mismatch', `${rank} spatial axes need one ${name} each`, {
        found: `${values.length}: ${formatShape(values)}`,
        hint: 'give one number for all axes, or one for each',
      });
    }
    if (!values.every((value) => Number.isInteger(value) && value >= least)) {
      throw new SondeError('shape/mismatch', `a ${name} is a whole number${least === 1 ? ' of at least 1' : ''}`, {
        found: formatShape(values),
        hint: 'give one number for all axes, or one for each',
      });
    }
  }
}

/** How many positions a window takes along each axis. */
export function windowCounts(
  lengths: readonly number[],
  kernel: readonly number[],
  { strides, pads, dilations = kernel.map(() => 1) }: WindowGeometry,
): number[] {
  const rank = lengths.length;
  checkGeometry(rank, kernel, { strides, pads, dilations });
  return lengths.map((length, i) => {
    const room = length + pads[i] + pads[i + rank] - dilations[i] * (kernel[i] - 1) - 1;
    if (room < 0) {
      throw new SondeError('shape/mismatch', `a kernel of ${formatShape(kernel)} is larger than its padded input`, {
        hint: 'use a larger input, a smaller kernel or more padding',
      });
    }
    return Math.floor(room / strides[i]) + 1;
  });
}

/**
 * How far the last window reaches beyond the padded input when a window that only partly fits is kept (ONNX's ceiling
 * mode, Caffe's rule). A window must start inside the input or its leading padding.
 */
export function ceilingOverhang(length: number, kernel: number, stride: number, before: number, after: number): number {
  const room = length + before + after - kernel;
  let count = Math.ceil(room / stride) + 1;
  if ((count - 1) * stride >= length + before) count--;
  return Math.max(0, (count - 1) * stride - room);
}

export interface PoolOptions {
  kernel: number | readonly number[];
  /** Default: the kernel. */
  stride?: number | readonly number[];
  /** One number for all spatial axes, one each, or those before every axis followed by those after. */
  padding?: number | readonly number[];
  /** Keep a last window that only partly fits (Caffe's rule), instead of dropping it. */
  ceil?: boolean;
  /** Average pooling: whether padded zeros count in the mean (PyTorch's default: true). */
  countPadding?: boolean;
  /** Distance between neighbouring entries of a window, default 1; maximum pooling only. */
  dilation?: number | readonly number[];
}

/**
 * Options of pooling over an input `[N, C, …]` as attributes of ONNX; ceiling mode becomes padding behind, and `overhang`
 * says how much of it.
 */
export function poolAttributes(
  shape: Shape,
  { kernel, stride = kernel, padding = 0, ceil = false, dilation = 1 }: PoolOptions,
) {
  const rank = shape.length - 2;
  const axes = (value: number | readonly number[]) =>
    typeof value === 'number' ? new Array<number>(rank).fill(value) : value;
  const kernelShape = axes(kernel);
  const strides = axes(stride);
  const dilations = axes(dilation);
  const given = axes(padding);
  const [before, after] = given.length === 2 * rank ? [given.slice(0, rank), given.slice(rank)] : [given, given];
  const overhang = before.map((low, i) =>
    ceil ? ceilingOverhang(shape[i + 2], dilations[i] * (kernelShape[i] - 1) + 1, strides[i], low, after[i]) : 0,
  );
  const pads = [...before, ...after.map((high, i) => high + overhang[i])];
  const spaced = dilations.some((value) => value !== 1) ? { dilations } : {};
  return { kernelShape, strides, pads, overhang, ...spaced };
}
