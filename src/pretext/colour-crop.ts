/**
 * A random square part of a frame in colour, and its values on a coarser grid: what methods start from that predict
 * channels of a picture from others.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../base/random.ts';
import { randomSquareCrop } from '../data/augment/random-crop.ts';
import type { MediaItem } from '../data/media.ts';
import { withChannels } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { flipHorizontally } from '../data/transform/quarter-turn.ts';
import type { Factors, SampleView } from './method.ts';
import { cropFactors } from './source-panel.ts';

/** Values are predicted at a quarter of the input's side. */
export const coarser = 4;

/** Options of how a part is drawn. */
export const cropFields = {
  mirror: z.boolean().default(true).describe('mirror images at random (released: true)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.7).describe('shortest side of the part used, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of the part used, as a fraction'),
};

interface CropOptions {
  readonly size: number;
  readonly mirror: boolean;
  readonly smallestCrop: number;
  readonly largestCrop: number;
}

/** `[1, size, size, 3]`, values 0 to 1, and what was drawn. */
export function colourCrop(
  view: SampleView,
  random: Random,
  { size, mirror, smallestCrop, largestCrop }: CropOptions,
): { readonly pixels: Pixels<Float32Array>; readonly factors: Factors } {
  const frame = random.integer(view.frames);
  const picture = withChannels(view.read({ start: frame, count: 1 }), 3);
  const { pixels, box } = randomSquareCrop(picture, random.split('crop'), size, smallestCrop, largestCrop);
  const mirrored = mirror && random.bernoulli();
  return {
    pixels: mirrored ? flipHorizontally(pixels) : pixels,
    factors: { frame, ...cropFactors(box), mirrored: mirrored ? 1 : 0 },
  };
}

/** The named channels of the first pixel of every four by four, `[places, channels]`, as the released network takes them. */
export function coarseValues({ data, shape }: Pixels<Float32Array>, channels: readonly number[]): Float32Array {
  const [, height, width, all] = shape;
  const [rows, columns] = [Math.floor(height / coarser), Math.floor(width / coarser)];
  const out = new Float32Array(rows * columns * channels.length);
  for (let i = 0; i < rows * columns; i++) {
    const from = (Math.floor(i / columns) * width + (i % columns)) * coarser * all;
    channels.forEach((channel, k) => {
      out[i * channels.length + k] = data[from + channel];
    });
  }
  return out;
}

/** Coarse values of many parts, drawn over all items, one after another. */
export function valuesOfParts(
  views: readonly SampleView[],
  random: Random,
  valuesOf: (view: SampleView, random: Random) => Float32Array,
): Float32Array {
  const count = Math.max(1, Math.min(mostParts, 4 * views.length));
  const parts = Array.from({ length: count }, (_, draw) => {
    const own = random.split(draw);
    return valuesOf(own.choice(views), own);
  });
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const mostParts = 400;

/** Why an item cannot teach colours, or `undefined`. */
export function refusesColour(item: MediaItem, size: number, wanted: string): string | undefined {
  if (item.kind === 'signal') return 'it holds samples over time and no picture';
  if (Math.min(item.height, item.width) < size / 2) {
    return `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`;
  }
  return item.channels === 1 ? `it is grey, and there is no ${wanted} to predict` : undefined;
}
