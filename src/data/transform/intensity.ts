/**
 * Which raw intensities become black and white: a window, percentiles, or a number of standard deviations.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { PixelData } from '../media.ts';
import type { Pixels } from './pixels.ts';

export type IntensityScale =
  /** Centre and width in raw values, as radiologists name them (CT lung: -600, 1500). */
  | { readonly by: 'window'; readonly centre: number; readonly width: number }
  /** Per cent of the values, e.g. 0.5 and 99.5: for MR, whose values have no unit. */
  | { readonly by: 'percentile'; readonly low: number; readonly high: number }
  /** The mean becomes middle grey; `deviations` either side become black and white. */
  | { readonly by: 'z-score'; readonly deviations: number };

/**
 * Black and white for these values. With `foreground`, only values above it count (air around a head says nothing about
 * the brain). Throws `usage` for an empty range.
 */
export function intensityRange(
  values: PixelData,
  scale: IntensityScale,
  foreground = Number.NEGATIVE_INFINITY,
): readonly [black: number, white: number] {
  if (scale.by === 'window') {
    if (!(scale.width > 0)) throw usageError('a window has a width above zero', { found: `${scale.width}` });
    return [scale.centre - scale.width / 2, scale.centre + scale.width / 2];
  }
  const counted = Float32Array.from(values).filter((value) => value > foreground);
  const used = counted.length === 0 ? Float32Array.from(values) : counted;
  if (scale.by === 'percentile') {
    const { low, high } = scale;
    if (!(low >= 0 && high <= 100 && low < high)) {
      throw usageError('percentiles lie between 0 and 100, the low one first', { found: `${low} and ${high}` });
    }
    used.sort();
    return widened(percentile(used, low), percentile(used, high));
  }
  if (!(scale.deviations > 0)) throw usageError('deviations are above zero', { found: `${scale.deviations}` });
  const mean = used.reduce((sum, value) => sum + value, 0) / used.length;
  const variance = used.reduce((sum, value) => sum + (value - mean) ** 2, 0) / used.length;
  const reach = scale.deviations * Math.sqrt(variance);
  return widened(mean - reach, mean + reach);
}

/** Linear interpolation between the sorted values, as NumPy's default. */
function percentile(sorted: Float32Array, percent: number): number {
  const place = ((sorted.length - 1) * percent) / 100;
  const below = Math.floor(place);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** A flat picture has no range of its own. */
function widened(black: number, white: number): readonly [number, number] {
  return white > black ? [black, white] : [black, black + 1];
}

/** Values 0 (black) to 1 (white), cut off beyond. */
export function scaleIntensity(
  { data, shape }: Pixels,
  [black, white]: readonly [number, number],
): Pixels<Float32Array> {
  const scale = 1 / (white - black);
  return { data: Float32Array.from(data, (value) => Math.min(1, Math.max(0, (value - black) * scale))), shape };
}
