/**
 * More of the grain of ultrasound: multiplicative noise with the grain size of a beam. One pattern for all frames, so
 * that it does not flicker.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped, type Range } from './augmentation.ts';
import { blurred } from './blur.ts';

/**
 * `x · (1 + strength · n)` with n of unit deviation; strength uniform in `range` (default 0 to 0.3), grain of `grain`
 * pixels (default 0.7). Draws `speckle`: the strength.
 */
export function randomSpeckle(
  pixels: Pixels<Float32Array>,
  random: Random,
  { range = [0, 0.3], grain = 0.7 }: { readonly range?: Range; readonly grain?: number } = {},
): Augmented {
  const [, height, width, channels] = pixels.shape;
  const strength = random.uniform(...range);
  const white = random.split('speckle').fillNormal(new Float32Array(height * width));
  const { data: noise } = blurred({ data: white, shape: [1, height, width, 1] }, grain);
  const deviation = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length) || 1;
  const scale = strength / deviation;
  const pixelOf = (i: number) => Math.floor(i / channels) % (height * width);
  return {
    pixels: mapped(pixels, (value, i) => value * (1 + scale * noise[pixelOf(i)])),
    drawn: { speckle: strength },
  };
}
