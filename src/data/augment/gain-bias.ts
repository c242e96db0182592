/**
 * The knobs of every scanner: gain multiplies, bias adds.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped, type Range } from './augmentation.ts';

/** `gain · x + bias`: gain log-uniform (default 0.8 to 1.25), bias uniform (default -0.05 to 0.05). Draws both. */
export function randomGainBias(
  pixels: Pixels<Float32Array>,
  random: Random,
  { gain = [0.8, 1.25], bias = [-0.05, 0.05] }: { readonly gain?: Range; readonly bias?: Range } = {},
): Augmented {
  const drawn = { gain: random.logUniform(...gain), bias: random.uniform(...bias) };
  return { pixels: mapped(pixels, (value) => drawn.gain * value + drawn.bias), drawn };
}
