/**
 * The noise of magnitude MR: Gaussian in both parts of a complex signal (Gudbjartsson and Patz 1995), independent from
 * slice to slice as it is in a scanner; its strength is one for all.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped, type Range } from './augmentation.ts';

/** `√((x + n₁)² + n₂²)`, deviation uniform in `range` (default 0 to 0.05). Draws `noise`: the deviation. */
export function randomRicianNoise(
  pixels: Pixels<Float32Array>,
  random: Random,
  { range = [0, 0.05] }: { readonly range?: Range } = {},
): Augmented {
  const deviation = random.uniform(...range);
  const noise = random.split('rician');
  return {
    pixels: mapped(pixels, (value) => Math.hypot(value + noise.normal(0, deviation), noise.normal(0, deviation))),
    drawn: { noise: deviation },
  };
}
