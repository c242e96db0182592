/**
 * Seeds of surrogate classes: patches of the data with their surroundings, drawn where there is something to see.
 * Dosovitskiy et al., "Discriminative unsupervised feature learning with exemplar convolutional neural networks", TPAMI
 * 2016, section 3.1.
 * @module
 */
import type { Random } from '../base/random.ts';
import { crop } from '../data/transform/crop.ts';
import { withChannels } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { resize } from '../data/transform/resize.ts';
import { type ColourAxes, colourAxesOf } from './colour-changes.ts';
import type { SampleView } from './method.ts';

export interface SeedOptions {
  /** Side of a patch; as much again is kept around it. */
  readonly patch: number;
  readonly seeds: number;
  readonly selection: 'gradient' | 'uniform';
  /** Pictures are shrunk by up to this factor before a seed is cut. */
  readonly seedScale: number;
}

export interface Seeds {
  /** Side of what is kept around a seed: the patch and as much again. */
  readonly side: number;
  readonly channels: 1 | 3;
  /** `[seeds, side, side, channels]`, 8 bits each: kept in memory by every worker. */
  readonly pixels: Uint8Array;
  /** By how much the picture of each was shrunk; below 1 it was enlarged. */
  readonly scales: readonly number[];
  /** Mean of each channel over all seeds, 0 to 1. */
  readonly mean: readonly number[];
  /** Of colour data: the directions in which their colours vary. */
  readonly colours?: ColourAxes;
}

/** How many places are looked at for every seed that is drawn by its gradients. */
const candidates = 8;

interface Place {
  readonly pixels: Uint8Array;
  readonly scale: number;
  readonly key: number;
}

/**
 * Places at random positions and scales of random frames; with `gradient`, seeds are drawn from eight times as many,
 * without replacement, with probability in proportion to their mean squared gradient.
 */
export function chooseSeeds(items: readonly SampleView[], chosen: SeedOptions, random: Random): Seeds {
  const side = 2 * chosen.patch;
  const channels = items.some((item) => item.channels === 3) ? 3 : 1;
  const byGradient = chosen.selection === 'gradient';
  let best: Place[] = [];
  const keepBest = () => {
    best = best.sort((a, b) => b.key - a.key).slice(0, chosen.seeds);
  };
  for (let frame = 0; frame < chosen.seeds; frame++) {
    const own = random.split('seed', frame);
    const places = somePlaces(own.choice(items), own, [side, channels], chosen.seedScale, byGradient ? candidates : 1);
    for (const { data, shape, scale } of places) {
      // The largest of log(u) / weight are a weighted draw without replacement: Efraimidis and Spirakis, 2006.
      const weight = byGradient ? squaredGradient({ data, shape }) + 1e-12 : 1;
      const key = Math.log(1 - own.uniform()) / weight;
      best.push({ pixels: Uint8Array.from(data, (value) => Math.round(255 * value)), scale, key });
    }
    if (best.length > 2 * chosen.seeds) keepBest();
  }
  keepBest();
  const length = side * side * channels;
  const pixels = new Uint8Array(chosen.seeds * length);
  best.forEach((place, seed) => {
    pixels.set(place.pixels, seed * length);
  });
  const mean = Array.from({ length: channels }, (_, c) => meanOf(pixels, channels, c));
  const scales = best.map(({ scale }) => scale);
  const known = { side, channels, pixels, scales, mean } as const;
  return channels === 3 ? { ...known, colours: colourAxesOf(pixels, 255) } : known;
}

/** The patch of seed number `seed` with its surroundings, values 0 to 1. */
export function seedPixels({ side, channels, pixels }: Seeds, seed: number): Pixels<Float32Array> {
  const length = side * side * channels;
  const data = new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = pixels[seed * length + i] / 255;
  return { data, shape: [1, side, side, channels] };
}

/**
 * Up to `count` different places of a random frame, as large as the patch with its surroundings; small frames are
 * enlarged, and have one place.
 */
function somePlaces(
  view: SampleView,
  random: Random,
  [side, channels]: readonly [number, number],
  seedScale: number,
  count: number,
) {
  const picture = withChannels(view.read({ start: random.integer(view.frames), count: 1 }), channels);
  const [, height, width] = picture.shape;
  const room = Math.min(height, width) / side;
  const scale = room <= 1 ? room : random.logUniform(1, Math.min(room, seedScale));
  const sides = [height, width].map((length) => Math.max(side, Math.round(length / scale)));
  const shown = resize(picture, sides[0], sides[1], scale < 1 ? 'bilinear' : 'area');
  const across = shown.shape[2] - side + 1;
  const drawn = Array.from({ length: count }, () => random.integer((shown.shape[1] - side + 1) * across));
  return [...new Set(drawn)].map((place) => {
    const box = { y: Math.floor(place / across), x: place % across, height: side, width: side };
    return { ...crop(shown, box), scale };
  });
}

/** Mean squared difference of neighbours within the middle half, where the patch itself lies. */
function squaredGradient({ data, shape }: Pixels<Float32Array>): number {
  const [, side, , channels] = shape;
  const [first, last] = [Math.ceil(side / 4), Math.floor((3 * side) / 4)];
  let sum = 0;
  for (let y = first; y < last; y++) {
    for (let i = (y * side + first) * channels; i < (y * side + last) * channels; i++) {
      sum += (data[i] - data[i - channels]) ** 2 + (data[i] - data[i - side * channels]) ** 2;
    }
  }
  return sum / ((last - first) ** 2 * channels);
}

function meanOf(pixels: Uint8Array, channels: number, channel: number): number {
  let sum = 0;
  for (let i = channel; i < pixels.length; i += channels) sum += pixels[i];
  return (sum * channels) / pixels.length / 255;
}
