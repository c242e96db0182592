/**
 * The slow change of brightness across an MR picture or volume (coil sensitivity): the exponential of a polynomial of
 * the third degree in rows, columns and slices.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type Augmented, mapped } from './augmentation.ts';

const degree = 3;

/**
 * Multiplies by a field whose logarithm lies within ±`strength` (default 0.3, a factor of about 0.74 to 1.35).
 * Draws `biasField`: the coefficients, in order of their powers of [slice, row, column].
 */
export function randomBiasField(
  pixels: Pixels<Float32Array>,
  random: Random,
  { strength = 0.3 }: { readonly strength?: number } = {},
): Augmented {
  const [frames, height, width, channels] = pixels.shape;
  const powers = powersUpTo(frames > 1);
  const coefficients = powers.map(() => random.uniform(-1, 1));
  const field = new Float32Array(frames * height * width);
  const at = (index: number, count: number) => (count > 1 ? (2 * index) / (count - 1) - 1 : 0);
  let largest = 1e-9;
  for (let z = 0, i = 0; z < frames; z++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) {
        let sum = 0;
        for (let term = 0; term < powers.length; term++) {
          const [a, b, c] = powers[term];
          sum += coefficients[term] * at(z, frames) ** a * at(y, height) ** b * at(x, width) ** c;
        }
        field[i] = sum;
        largest = Math.max(largest, Math.abs(sum));
      }
    }
  }
  const scale = strength / largest;
  return {
    pixels: mapped(pixels, (value, i) => value * Math.exp(scale * field[Math.floor(i / channels)])),
    drawn: { biasField: coefficients.map((coefficient) => coefficient * scale) },
  };
}

function powersUpTo(slices: boolean): [number, number, number][] {
  const powers: [number, number, number][] = [];
  for (let a = 0; a <= (slices ? degree : 0); a++) {
    for (let b = 0; a + b <= degree; b++) {
      for (let c = 0; a + b + c <= degree; c++) if (a + b + c > 0) powers.push([a, b, c]);
    }
  }
  return powers;
}
