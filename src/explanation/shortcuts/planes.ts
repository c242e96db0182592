/**
 * Questions as planes: one picture for each view and frame, `[height, width]`, all channels together or one by one.
 * @module
 */
import type { InputLayout } from '../attribution/target.ts';

/** Views times frames. */
export const planeCount = ({ views, frames }: InputLayout): number => views * frames;

export const planeArea = ({ height, width }: InputLayout): number => height * width;

/** Where a channel of a plane begins in a question. */
export function planeStart(layout: InputLayout, plane: number, channel: number): number {
  const { channels, frames } = layout;
  const [view, frame] = [Math.floor(plane / frames), plane % frames];
  return ((view * channels + channel) * frames + frame) * planeArea(layout);
}

/** A plane with its channels averaged. */
export function greyPlane(data: Float32Array, layout: InputLayout, plane: number): Float32Array {
  const area = planeArea(layout);
  const out = new Float32Array(area);
  for (let c = 0; c < layout.channels; c++) {
    const from = planeStart(layout, plane, c);
    for (let i = 0; i < area; i++) out[i] += data[from + i] / layout.channels;
  }
  return out;
}

/** All planes of a question, channels averaged. */
export function greyPlanes(data: Float32Array, layout: InputLayout): Float32Array[] {
  return Array.from({ length: planeCount(layout) }, (_, plane) => greyPlane(data, layout, plane));
}

export interface Spread {
  readonly mean: number;
  readonly deviation: number;
}

export function spreadOf(values: ArrayLike<number>): Spread {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < values.length; i++) sum += values[i];
  const mean = sum / values.length;
  for (let i = 0; i < values.length; i++) squares += (values[i] - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Smallest and largest value. */
export function endsOf(values: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) [low, high] = [Math.min(low, values[i]), Math.max(high, values[i])];
  return [low, high];
}

/** Replaces every value of each channel of one plane by `change(value, position)`. */
export function changePlane(
  data: Float32Array,
  layout: InputLayout,
  plane: number,
  change: (value: number, position: number, channel: number) => number,
): void {
  const area = planeArea(layout);
  for (let c = 0; c < layout.channels; c++) {
    const from = planeStart(layout, plane, c);
    for (let i = 0; i < area; i++) data[from + i] = change(data[from + i], i, c);
  }
}

/** Pairs of places whose comparison says something about their order: all of a few, neighbours of many. */
export function placePairs(count: number): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = [];
  const reach = count <= 9 ? count : 2;
  for (let i = 0; i < count; i++) for (let j = i + 1; j < Math.min(count, i + reach); j++) pairs.push([i, j]);
  return pairs;
}

/** Pearson's correlation; 0 where one of the two is constant. */
export function correlationOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [spreadOf(a), spreadOf(b)];
  if (x.deviation < 1e-9 || y.deviation < 1e-9) return 0;
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - x.mean) * (b[i] - y.mean);
  return sum / a.length / (x.deviation * y.deviation);
}
