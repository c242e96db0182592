/**
 * What every augmentation takes and gives. Frames are `[T, H, W, C]`, values 0 to 1; the same draw holds for all frames
 * of a clip and all slices of a volume, and what was drawn is given back, so that it can be studied as a factor.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';

/** What was drawn, by name. */
export type Drawn = Readonly<Record<string, number | string | readonly number[]>>;

export interface Augmented {
  readonly pixels: Pixels<Float32Array>;
  readonly drawn: Drawn;
}

/** One step of a stack: its options are already chosen. */
export type Augmentation = (pixels: Pixels<Float32Array>, random: Random) => Augmented;

/** New values in the same shape, kept between 0 and 1. */
export function mapped({ data, shape }: Pixels<Float32Array>, change: (value: number, i: number) => number) {
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = change(data[i], i);
    out[i] = value > 0 ? Math.min(1, value) : 0;
  }
  return { data: out, shape };
}

/** A range of factors: `[0.8, 1.25]`. */
export type Range = readonly [low: number, high: number];
