/**
 * A softer picture: convolution with a Gaussian, in the plane.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';
import type { Augmented, Range } from './augmentation.ts';

/** Standard deviation in pixels, uniform in `range` (default 0.1 to 1.5). Draws `sigma`. */
export function randomBlur(
  pixels: Pixels<Float32Array>,
  random: Random,
  { range = [0.1, 1.5] }: { readonly range?: Range } = {},
): Augmented {
  const sigma = random.uniform(...range);
  return { pixels: blurred(pixels, sigma), drawn: { sigma } };
}

/** Separable, to three standard deviations; pixels at the edge are repeated. */
export function blurred({ data, shape }: Pixels<Float32Array>, sigma: number): Pixels<Float32Array> {
  const [frames, height, width, channels] = shape;
  const radius = Math.max(1, Math.ceil(3 * sigma));
  const weights = Float64Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma * sigma)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const across = new Float32Array(data.length);
  const out = new Float32Array(data.length);
  for (let line = 0; line < frames * height; line++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        let sum = 0;
        for (let tap = -radius; tap <= radius; tap++) {
          const from = Math.min(width - 1, Math.max(0, x + tap));
          sum += weights[tap + radius] * data[(line * width + from) * channels + c];
        }
        across[(line * width + x) * channels + c] = sum / total;
      }
    }
  }
  const row = width * channels;
  for (let frame = 0; frame < frames; frame++) {
    for (let y = 0; y < height; y++) {
      const to = (frame * height + y) * row;
      for (let tap = -radius; tap <= radius; tap++) {
        const weight = weights[tap + radius] / total;
        const from = (frame * height + Math.min(height - 1, Math.max(0, y + tap))) * row;
        for (let i = 0; i < row; i++) out[to + i] += weight * across[from + i];
      }
    }
  }
  return { data: out, shape };
}
