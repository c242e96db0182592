/**
 * Another window of a CT: centre and width moved a little, as two radiologists would.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped } from './augmentation.ts';

/**
 * The centre moves by up to `centre` of the width (default 0.1), the width changes by up to `width` either way as a
 * factor (default 0.2: 0.83 to 1.2). Draws `windowCentre` and `windowWidth`, in widths of the window before.
 */
export function randomWindowJitter(
  pixels: Pixels<Float32Array>,
  random: Random,
  { centre = 0.1, width = 0.2 }: { readonly centre?: number; readonly width?: number } = {},
): Augmented {
  const windowCentre = 0.5 + random.uniform(-centre, centre);
  const windowWidth = random.logUniform(1 / (1 + width), 1 + width);
  return {
    pixels: mapped(pixels, (value) => (value - windowCentre) / windowWidth + 0.5),
    drawn: { windowCentre, windowWidth },
  };
}
