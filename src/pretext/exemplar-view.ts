/**
 * A patch seen in another way: moved, scaled, turned, with other contrast and colour. Dosovitskiy et al.,
 * "Discriminative unsupervised feature learning with exemplar convolutional neural networks", TPAMI 2016, section 3.
 * @module
 */
import type { Random } from '../base/random.ts';
import { blurred } from '../data/augment/blur.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { type ColourAxes, changeColours, drawColourChange } from './colour-changes.ts';

/** How much may change; shifts and angles are uniform, factors and powers uniform in their logarithm. */
export interface ExemplarRanges {
  /** Fraction of the side by which a patch moves each way. */
  readonly translation: number;
  /** Factors of size. */
  readonly smallestScale: number;
  readonly largestScale: number;
  readonly rotationDegrees: number;
  /** Largest factor of the deviation from the mean; the smallest is its reciprocal. */
  readonly contrast: number;
  /** Largest power of the values; the smallest is its reciprocal. */
  readonly power: number;
  /** Factors of the values. */
  readonly smallestGain: number;
  readonly largestGain: number;
  /** Largest amount added to all values. */
  readonly brightness: number;
  /** Largest turn of the hue, in turns; where colours change. */
  readonly hue: number;
  /** Largest standard deviation of a Gaussian blur, in pixels of the result. */
  readonly blur: number;
}

/** Where a patch lies in its picture: the middle, and its sides, in pixels. */
export interface PatchPlace {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/**
 * Draws a change, and shows the place of the picture `[1, H, W, C]` with it, `[1, size, size, C]`, values 0 to 1. Contrast,
 * power and gain act on every channel alike, or, where `axes` are given, on the main colours of the data, on saturation
 * and on value. What was drawn is returned by name.
 */
export function exemplarView(
  picture: Pixels<Float32Array>,
  place: PatchPlace,
  size: number,
  ranges: ExemplarRanges,
  random: Random,
  axes?: ColourAxes,
): { readonly pixels: Pixels<Float32Array>; readonly drawn: Readonly<Record<string, number>> } {
  const about = (most: number) => random.uniform(-most, most);
  const moved = {
    y: place.y + about(ranges.translation) * place.height,
    x: place.x + about(ranges.translation) * place.width,
    scale: random.logUniform(ranges.smallestScale, ranges.largestScale),
    degrees: about(ranges.rotationDegrees),
  };
  const sides = { height: place.height / moved.scale, width: place.width / moved.scale };
  const warped = sampled(picture, { ...moved, ...sides }, size);
  const [toned, tone] =
    axes === undefined ? changeTones(warped, ranges, random) : inColour(warped, ranges, random, axes);
  const sigma = random.uniform(0, ranges.blur);
  return {
    pixels: sigma > 0 ? blurred(toned, sigma) : toned,
    drawn: { ...moved, ...tone, ...(ranges.blur > 0 ? { blur: sigma } : {}) },
  };
}

/** One row of numbers for every name, in the order of the views. */
export function factorsOfViews(drawn: readonly Readonly<Record<string, number>>[]): Record<string, number[]> {
  return Object.fromEntries(Object.keys(drawn[0]).map((name) => [name, drawn.map((view) => view[name])]));
}

function inColour(warped: Pixels<Float32Array>, ranges: ExemplarRanges, random: Random, axes: ColourAxes) {
  const change = drawColourChange(ranges, random);
  return [changeColours(warped, change, axes), { ...change }] as const;
}

/** A turned rectangle around a point, bilinear; beyond the picture its edge is repeated. */
function sampled(
  { data, shape }: Pixels<Float32Array>,
  { y, x, height: tall, width: wide, degrees }: PatchPlace & { readonly degrees: number },
  size: number,
): Pixels<Float32Array> {
  const [, height, width, channels] = shape;
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const out = new Float32Array(size * size * channels);
  for (let row = 0, to = 0; row < size; row++) {
    const down = ((row + 0.5 - size / 2) * tall) / size;
    for (let column = 0; column < size; column++) {
      const across = ((column + 0.5 - size / 2) * wide) / size;
      const fromY = Math.min(height - 1, Math.max(0, y + down * cosine + across * sine - 0.5));
      const fromX = Math.min(width - 1, Math.max(0, x - down * sine + across * cosine - 0.5));
      const top = Math.floor(fromY);
      const left = Math.floor(fromX);
      const shareY = fromY - top;
      const shareX = fromX - left;
      const upper = (top * width + left) * channels;
      const lower = top + 1 < height ? upper + width * channels : upper;
      const right = left + 1 < width ? channels : 0;
      for (let c = 0; c < channels; c++) {
        const above = data[upper + c] + shareX * (data[upper + right + c] - data[upper + c]);
        const below = data[lower + c] + shareX * (data[lower + right + c] - data[lower + c]);
        out[to++] = above + shareY * (below - above);
      }
    }
  }
  return { data: out, shape: [1, size, size, channels] };
}

function changeTones({ data, shape }: Pixels<Float32Array>, ranges: ExemplarRanges, random: Random) {
  const drawn = {
    contrast: random.logUniform(1 / ranges.contrast, ranges.contrast),
    power: random.logUniform(1 / ranges.power, ranges.power),
    gain: random.logUniform(ranges.smallestGain, ranges.largestGain),
    brightness: random.uniform(-ranges.brightness, ranges.brightness),
  };
  const channels = shape[3];
  const means = Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = c; i < data.length; i += channels) sum += data[i];
    return (sum * channels) / data.length;
  });
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const mean = means[i % channels];
    const stretched = Math.min(1, Math.max(0, mean + drawn.contrast * (data[i] - mean)));
    out[i] = Math.min(1, Math.max(0, drawn.gain * stretched ** drawn.power + drawn.brightness));
  }
  return [{ data: out, shape }, drawn] as const;
}
