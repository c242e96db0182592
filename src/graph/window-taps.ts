/**
 * Windows along one axis, read entry by entry, and the adjoint of that: what pooling gradients are made of.
 * @module
 */
import { float32 } from '../tensor/host-array.ts';
import { add, concat, literal, pad, reshape, slice } from './primitives.ts';
import type { Tensor } from './tensor.ts';

export interface AxisWindow {
  axis: number;
  kernel: number;
  stride: number;
  before: number;
  after: number;
  /** Distance between neighbouring entries of a window, default 1. */
  dilation?: number;
}

/** `x` with the window's padding on its axis. */
export function padAxis(x: Tensor, { axis, before, after }: AxisWindow, value: number): Tensor {
  if (before === 0 && after === 0) return x;
  const at = (length: number) => x.shape.map((_, i) => (i === axis ? length : 0));
  return pad(x, at(before), at(after), value);
}

/** Entry `k` of every window along an axis. */
export function tap(padded: Tensor, { axis, stride, dilation = 1 }: AxisWindow, k: number, count: number): Tensor {
  const offset = k * dilation;
  return slice(padded, axis, offset, offset + (count - 1) * stride + 1, stride);
}

/**
 * Adjoint of reading windows along an axis: adds what belongs to entry `k` of window `i` at position
 * `i·stride + k·dilation`. Positions of one residue modulo the stride are summed together, then the residues are
 * interleaved.
 */
export function spread(taps: readonly Tensor[], window: AxisWindow, length: number): Tensor {
  const { axis, stride, before, dilation = 1 } = window;
  const count = taps[0].shape[axis];
  const padded = length + window.before + window.after;
  const reach = (taps.length - 1) * dilation;
  const blocks = Math.max(Math.ceil(padded / stride), Math.floor(reach / stride) + count);
  const phases: Tensor[] = [];
  for (let phase = 0; phase < stride; phase++) {
    let sum: Tensor | undefined;
    for (let position = phase; position <= reach; position += stride) {
      if (position % dilation !== 0) continue;
      const k = position / dilation;
      const shift = (position - phase) / stride;
      const at = (n: number) => taps[0].shape.map((_, i) => (i === axis ? n : 0));
      const shifted = blocks === count ? taps[k] : pad(taps[k], at(shift), at(blocks - count - shift));
      sum = sum === undefined ? shifted : add(sum, shifted);
    }
    phases.push(sum ?? literal(float32(lengthen(taps[0].shape, axis, blocks), 0)));
  }
  const split = [...taps[0].shape.slice(0, axis), blocks, 1, ...taps[0].shape.slice(axis + 1)];
  const joined =
    stride === 1
      ? phases[0]
      : reshape(
          concat(
            phases.map((phase) => reshape(phase, split)),
            axis + 1,
          ),
          lengthen(taps[0].shape, axis, blocks * stride),
        );
  return before === 0 && joined.shape[axis] === length ? joined : slice(joined, axis, before, before + length);
}

const lengthen = (shape: readonly number[], axis: number, length: number): number[] =>
  shape.map((n, i) => (i === axis ? length : n));
