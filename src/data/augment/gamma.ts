/**
 * Another grey curve: mid-tones brighter or darker, black and white as they are.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped, type Range } from './augmentation.ts';

/** `x ^ gamma`, gamma log-uniform in `range` (default 0.7 to 1.5). Draws `gamma`. */
export function randomGamma(
  pixels: Pixels<Float32Array>,
  random: Random,
  { range = [0.7, 1.5] }: { readonly range?: Range } = {},
): Augmented {
  const gamma = random.logUniform(...range);
  return { pixels: mapped(pixels, (value) => Math.max(0, value) ** gamma), drawn: { gamma } };
}
