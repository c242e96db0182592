/**
 * A small turn in the plane, the same for every frame.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { rotate } from '../transform/rotate.ts';
import type { Augmented } from './augmentation.ts';

/** Turns by up to `degrees` either way; what comes from outside is black. Draws `degrees`. */
export function randomRotation(
  pixels: Pixels<Float32Array>,
  random: Random,
  { degrees }: { readonly degrees: number },
): Augmented {
  const drawn = random.uniform(-degrees, degrees);
  return { pixels: rotate(pixels, drawn), drawn: { degrees: drawn } };
}
