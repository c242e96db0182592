/**
 * A patch seen in another way: moved, scaled, turned, with other contrast and colour. Dosovitskiy et al.,
 * "Discriminative unsupervised feature learning with exemplar convolutional neural networks", TPAMI 2016, section 3.
 * @module
 */
import type { Random } from '../base/random.ts';
import type { Pixels } from '../data/transform/pixels.ts';

/** How much may change; each draw is uniform, factors uniform in their logarithm. */
export interface ExemplarRanges {
  /** Fraction of the side by which a patch moves each way. */
  readonly translation: number;
  /** Largest factor of size; the smallest is its reciprocal. */
  readonly scale: number;
  readonly rotationDegrees: number;
  /** Largest factor of the deviation from the mean, channel by channel; the smallest is its reciprocal. */
  readonly contrast: number;
  /** Largest power of the values; the smallest is its reciprocal. */
  readonly power: number;
  /** Largest amount added to all values. */
  readonly brightness: number;
}

/** Where a patch lies in its picture: the middle, and its side, in pixels. */
export interface PatchPlace {
  readonly y: number;
  readonly x: number;
  readonly side: number;
}

/** Draws a change, and shows the place of the picture `[1, H, W, C]` with it, `[1, size, size, C]`, values 0 to 1. */
export function exemplarView(
  picture: Pixels<Float32Array>,
  place: PatchPlace,
  size: number,
  ranges: ExemplarRanges,
  random: Random,
) {
  const about = (most: number) => random.uniform(-most, most);
  const factor = (most: number) => Math.exp(about(Math.log(most)));
  const moved = {
    y: place.y + about(ranges.translation) * place.side,
    x: place.x + about(ranges.translation) * place.side,
  };
  const drawn = {
    ...moved,
    scale: factor(ranges.scale),
    degrees: about(ranges.rotationDegrees),
    contrast: factor(ranges.contrast),
    power: factor(ranges.power),
    brightness: about(ranges.brightness),
  };
  const warped = sampled(picture, moved, place.side / drawn.scale, drawn.degrees, size);
  return { pixels: toned(warped, drawn), drawn };
}

/** A turned square around a point, bilinear; beyond the picture its edge is repeated. */
function sampled(
  { data, shape }: Pixels<Float32Array>,
  { y, x }: { y: number; x: number },
  side: number,
  degrees: number,
  size: number,
): Pixels<Float32Array> {
  const [, height, width, channels] = shape;
  const cosine = (Math.cos((degrees * Math.PI) / 180) * side) / size;
  const sine = (Math.sin((degrees * Math.PI) / 180) * side) / size;
  const out = new Float32Array(size * size * channels);
  for (let row = 0, to = 0; row < size; row++) {
    const down = row + 0.5 - size / 2;
    for (let column = 0; column < size; column++) {
      const across = column + 0.5 - size / 2;
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

function toned(
  { data, shape }: Pixels<Float32Array>,
  { contrast, power, brightness }: { contrast: number; power: number; brightness: number },
): Pixels<Float32Array> {
  const channels = shape[3];
  const means = Array.from({ length: channels }, (_, c) => {
    let sum = 0;
    for (let i = c; i < data.length; i += channels) sum += data[i];
    return (sum * channels) / data.length;
  });
  const out = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const mean = means[i % channels];
    const stretched = Math.min(1, Math.max(0, mean + contrast * (data[i] - mean)));
    out[i] = Math.min(1, Math.max(0, stretched ** power + brightness));
  }
  return { data: out, shape };
}
