/**
 * Pictures put together from lightness and colour, each at a resolution of its own, for drawings.
 * @module
 */
import { labToRgb } from '../data/transform/lab.ts';
import { channelsLast } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { resize } from '../data/transform/resize.ts';
import type { HostArray } from '../tensor/host-array.ts';

/**
 * @param lightness L, 0 to 100, `[1, h, w]`
 * @param colours a and b, `[2, h, w]`
 * @returns `[1, side, side, 3]`, values 0 to 1
 */
export function labPicture(lightness: HostArray, colours: HostArray, side: number): Pixels<Float32Array> {
  const light = enlarged(lightness, side);
  const colour = enlarged(colours, side);
  const lab = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) lab.set([light[i], colour[2 * i], colour[2 * i + 1]], 3 * i);
  return labToRgb({ data: lab, shape: [1, side, side, 3] });
}

/** L alone as a grey picture `[1, side, side, 1]`, 0 to 1. */
export function lightnessPicture(lightness: HostArray, side: number): Pixels<Float32Array> {
  const data = Float32Array.from(enlarged(lightness, side), (value) => Math.min(1, Math.max(0, value / 100)));
  return { data, shape: [1, side, side, 1] };
}

/** `[C, h, w]` as `[side, side, C]`. */
function enlarged({ data, shape }: HostArray, side: number): Float32Array {
  const [channels, height, width] = shape;
  const last = channelsLast((data as Float32Array).slice(), [1, height, width, channels]);
  return resize(last, side, side, 'bilinear').data;
}
