/**
 * The scanned part of an ultrasound picture alone: cut out, and black outside its outline.
 * @module
 */

import type { PixelData } from '../media.ts';
import { insidePolygon, type Place } from '../quality/convex-hull.ts';
import { newPixels } from '../window.ts';
import { type Box, crop } from './crop.ts';
import type { Pixels } from './pixels.ts';

/** The smallest box of whole pixels around an outline, within frames of `height` x `width`. */
export function boxOfOutline(outline: readonly Place[], height: number, width: number): Box {
  const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));
  const left = clamp(Math.floor(Math.min(...outline.map(([x]) => x))), width - 1);
  const top = clamp(Math.floor(Math.min(...outline.map(([, y]) => y))), height - 1);
  const right = clamp(Math.ceil(Math.max(...outline.map(([x]) => x))), width);
  const bottom = clamp(Math.ceil(Math.max(...outline.map(([, y]) => y))), height);
  return { x: left, y: top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}

/** Sets pixels whose centre lies outside the outline to `value` (default 0), and everything inside `boxes` too. */
export function maskOutline<D extends PixelData>(
  frames: Pixels<D>,
  outline: readonly Place[] | undefined,
  boxes: readonly Box[] = [],
  value = 0,
): Pixels<D> {
  const [count, height, width, channels] = frames.shape;
  const hidden = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const out = outline !== undefined && !insidePolygon(outline, x + 0.5, y + 0.5);
      const text = boxes.some((box) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height);
      if (out || text) hidden[y * width + x] = 1;
    }
  }
  const data = newPixels(frames.data, frames.data.length);
  data.set(frames.data);
  for (let i = 0; i < count * height * width; i++) {
    if (hidden[i % hidden.length] === 1) data.fill(value, i * channels, (i + 1) * channels);
  }
  return { data, shape: frames.shape };
}

/** Masked and cut to the box around the outline. */
export function sectorCrop<D extends PixelData>(frames: Pixels<D>, outline: readonly Place[]): Pixels<D> {
  const [, height, width] = frames.shape;
  return crop(maskOutline(frames, outline), boxOfOutline(outline, height, width));
}
