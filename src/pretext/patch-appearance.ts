/**
 * What is done to a patch before a network sees it, so that its place in the picture cannot be read off its sharpness, its
 * colour fringes or its brightness. Doersch, Gupta and Efros, ICCV 2015, and their released code (deepcontext, train.py).
 * @module
 */
import type { Random } from '../base/random.ts';
import { dropColours, projectColours } from '../data/augment/colour-dropping.ts';
import { standardise } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { resize } from '../data/transform/resize.ts';

export interface AppearanceOptions {
  /** Share of patches that are shrunk and enlarged again. */
  readonly coarse: number;
  /** Each patch gets a power exp(±this) at most. */
  readonly gamma: number;
  readonly colour: 'drop' | 'project' | 'keep';
  readonly normalise: 'patch' | 'rms' | 'picture';
  /** What everything is multiplied by in the end. */
  readonly gain: number;
}

/** The patch `[1, side, side, C]` as the network sees it, and what was drawn. */
export function patchAppearance(patch: Pixels<Float32Array>, random: Random, chosen: AppearanceOptions) {
  const gamma = Math.exp(random.uniform(-chosen.gamma, chosen.gamma));
  const coarse = random.bernoulli(chosen.coarse);
  const curved = chosen.normalise === 'picture' || chosen.gamma === 0 ? patch : raised(patch, gamma);
  const sharp = coarse ? coarsened(curved, random.split('coarse')) : curved;
  const dropped = dropColours(sharp, random.split('colour'));
  const coloured =
    chosen.colour === 'drop' ? dropped.pixels : chosen.colour === 'project' ? projectColours(sharp) : sharp;
  const { data, shape } = scaled(coloured, chosen);
  return { pixels: { data: data.map((value) => chosen.gain * value), shape }, gamma, coarse, kept: dropped.kept };
}

function scaled(patch: Pixels<Float32Array>, { normalise, colour }: AppearanceOptions): Pixels<Float32Array> {
  if (normalise === 'patch') return standardise(patch);
  if (normalise === 'picture') return patch;
  // The kept channel has lost its mean already, and noise keeps what mean it has.
  return overRms(colour === 'drop' && patch.shape[3] === 3 ? patch : withoutMeans(patch));
}

function withoutMeans({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  const channels = shape[3];
  const sums = new Float64Array(channels);
  data.forEach((value, i) => {
    sums[i % channels] += value;
  });
  return { data: data.map((value, i) => value - (sums[i % channels] * channels) / data.length), shape };
}

/** Divided by the root of the mean of the squares; a constant patch is all zeros. */
function overRms({ data, shape }: Pixels<Float32Array>): Pixels<Float32Array> {
  const rms = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
  return { data: data.map((value) => value / Math.max(rms, 1e-4)), shape };
}

/** Shrunk to a random number of pixels between (side / 9.6)² and (side − 1)², uniform in the number, and enlarged. */
function coarsened(patch: Pixels<Float32Array>, random: Random): Pixels<Float32Array> {
  const side = patch.shape[1];
  const small = Math.max(2, Math.round(Math.sqrt(random.uniform((side / 9.6) ** 2, (side - 1) ** 2))));
  return resize(resize(patch, small, small), side, side, 'bilinear');
}

const raised = ({ data, shape }: Pixels<Float32Array>, gamma: number): Pixels<Float32Array> => ({
  data: data.map((value) => Math.max(0, value) ** gamma),
  shape,
});
