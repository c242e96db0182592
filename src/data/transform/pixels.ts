/**
 * What every transform takes and gives: frames in host memory, `[T, H, W, C]`, row-major, one element type.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import type { Frames, PixelData } from '../media.ts';

export interface Pixels<D extends PixelData = PixelData> {
  readonly data: D;
  readonly shape: Frames['shape'];
}

/** Throws `shape/mismatch` when the data do not fill the shape. */
export function checkPixels({ data, shape }: Pixels): void {
  if (data.length !== shape[0] * shape[1] * shape[2] * shape[3]) {
    throw new SondeError('shape/mismatch', `${data.length} values do not fill frames of ${formatShape(shape)}`);
  }
}

/** Writes a resampled value: rounded for whole-number types (their own conversion would cut it off), as is for floats. */
export function roundsValues(data: PixelData): boolean {
  return !(data instanceof Float32Array);
}
