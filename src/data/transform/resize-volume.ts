/**
 * Resampling of volumes along all three axes, each by the rule that fits it: area averaging where it shrinks, linear
 * interpolation where it grows.
 * @module
 */
import type { Pixels } from './pixels.ts';
import { resize, resizeToFloat } from './resize.ts';

/** `[D, H, W, C]` to `[depth, height, width, C]`. */
export function resizeVolume(volume: Pixels, depth: number, height: number, width: number): Pixels<Float32Array> {
  const [slices, rows, columns, channels] = volume.shape;
  const higher = resizeToFloat(volume, height, columns, height <= rows ? 'area' : 'bilinear');
  const wider = resize(higher, height, width, width <= columns ? 'area' : 'bilinear');
  // Seen from the side, slices are the rows of one picture whose columns are the places of a slice.
  const places = height * width * channels;
  const side = { data: wider.data, shape: [1, slices, places, 1] as const };
  const { data } = resize(side, depth, places, depth <= slices ? 'area' : 'bilinear');
  return { data, shape: [depth, height, width, channels] };
}
