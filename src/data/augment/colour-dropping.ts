/**
 * Hiding what a lens does to colours: chromatic aberration moves red and blue outwards, so that the colour fringes of a
 * patch tell where in the picture it lies. Doersch, Gupta and Efros, ICCV 2015, section 3.1.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Pixels } from '../transform/pixels.ts';

/**
 * One channel drawn at random is kept, its mean taken away; noise uniform in ±0.5 takes the place of the other two.
 * Grey pictures are returned as they are, with channel 0.
 */
export function dropColours(pixels: Pixels<Float32Array>, random: Random) {
  const { data, shape } = pixels;
  const channels = shape[3];
  if (channels === 1) return { pixels, kept: 0 };
  const kept = random.integer(channels);
  let sum = 0;
  for (let i = kept; i < data.length; i += channels) sum += data[i];
  const mean = (sum * channels) / data.length;
  const out = data.map((value, i) => (i % channels === kept ? value - mean : random.uniform(-0.5, 0.5)));
  return { pixels: { data: out, shape }, kept };
}

/**
 * Takes away what lies along a = [−1, 2, −1], the axis from magenta to green on which fringes show:
 * x ← x − (x·a) a / (a·a). Grey pictures have nothing there.
 */
export function projectColours({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  if (shape[3] === 1) return { data, shape };
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const along = (-data[i] + 2 * data[i + 1] - data[i + 2]) / 6;
    out[i] = data[i] + along;
    out[i + 1] = data[i + 1] - 2 * along;
    out[i + 2] = data[i + 2] + along;
  }
  return { data: out, shape };
}
