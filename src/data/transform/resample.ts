/**
 * Volumes brought to one spacing, so that a voxel means the same in every patient.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { Pixels } from './pixels.ts';
import { resizeVolume } from './resize-volume.ts';

export interface Resampled {
  readonly pixels: Pixels<Float32Array>;
  /** What was reached: the extent divided by whole numbers of voxels. */
  readonly spacingMm: readonly [slices: number, rows: number, columns: number];
}

/**
 * Area averaging where voxels become larger, linear interpolation where they become smaller, along each axis. The
 * extent is kept, so the spacing reached differs from `to` by less than one part in the number of voxels.
 * Throws `usage` where a spacing is unknown (0) or not positive.
 */
export function resample(
  volume: Pixels,
  from: readonly [slices: number, rows: number, columns: number],
  to: readonly [slices: number, rows: number, columns: number],
): Resampled {
  if (![...from, ...to].every((value) => Number.isFinite(value) && value > 0)) {
    throw usageError('resampling needs a known spacing above zero along slices, rows and columns', {
      found: `from ${from.join(' x ')} mm to ${to.join(' x ')} mm`,
    });
  }
  const [slices, height, width] = volume.shape;
  const count = (length: number, axis: number) => Math.max(1, Math.round((length * from[axis]) / to[axis]));
  const [newSlices, newHeight, newWidth] = [count(slices, 0), count(height, 1), count(width, 2)];
  return {
    pixels: resizeVolume(volume, newSlices, newHeight, newWidth),
    spacingMm: [(slices * from[0]) / newSlices, (height * from[1]) / newHeight, (width * from[2]) / newWidth],
  };
}
