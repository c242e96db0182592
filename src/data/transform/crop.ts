/**
 * Parts of frames: crops, borders, a round window.
 * @module
 */
import { SondeError, usageError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import type { PixelData } from '../media.ts';
import { newPixels } from '../window.ts';
import { checkPixels, type Pixels } from './pixels.ts';

/** A rectangle of pixels: the corner with the smallest coordinates, and its size. */
export interface Box {
  readonly y: number;
  readonly x: number;
  readonly height: number;
  readonly width: number;
}

/** The same rectangle of every frame. Throws `shape/mismatch` when it leaves the frame. */
export function crop<D extends PixelData>(frames: Pixels<D>, box: Box): Pixels<D> {
  checkPixels(frames);
  checkInside(frames.shape, box);
  const [count, height, width, channels] = frames.shape;
  const data = newPixels(frames.data, count * box.height * box.width * channels);
  const length = box.width * channels;
  for (let frame = 0, out = 0; frame < count; frame++) {
    for (let y = 0; y < box.height; y++, out += length) {
      const from = ((frame * height + box.y + y) * width + box.x) * channels;
      data.set(frames.data.subarray(from, from + length), out);
    }
  }
  return { data, shape: [count, box.height, box.width, channels] };
}

/** Throws `shape/mismatch` where a box leaves frames of this shape. */
export function checkInside(shape: Pixels['shape'], box: Box): void {
  const [, height, width] = shape;
  const whole = [box.y, box.x, box.height, box.width].every(Number.isInteger);
  const inside = box.y >= 0 && box.x >= 0 && box.y + box.height <= height && box.x + box.width <= width;
  if (!whole || !inside || box.height < 1 || box.width < 1) {
    throw new SondeError(
      'shape/mismatch',
      `a crop of ${box.height} x ${box.width} at (${box.y}, ${box.x}) leaves frames of ${formatShape(shape)}`,
    );
  }
}

/** The box of the given size in the middle of frames of `height` x `width`, half a pixel up and left where it is uneven. */
export function centreBox(height: number, width: number, boxHeight: number, boxWidth: number): Box {
  return {
    y: Math.floor((height - boxHeight) / 2),
    x: Math.floor((width - boxWidth) / 2),
    height: boxHeight,
    width: boxWidth,
  };
}

/** Adds a border of `value` (default 0) on each side. */
export function pad<D extends PixelData>(
  frames: Pixels<D>,
  border: { readonly top?: number; readonly bottom?: number; readonly left?: number; readonly right?: number },
  value = 0,
): Pixels<D> {
  checkPixels(frames);
  const { top = 0, bottom = 0, left = 0, right = 0 } = border;
  if (![top, bottom, left, right].every((pixels) => Number.isInteger(pixels) && pixels >= 0)) {
    throw usageError('a border is a whole number of pixels, at least 0', {
      found: `top ${top}, bottom ${bottom}, left ${left}, right ${right}`,
    });
  }
  const [count, height, width, channels] = frames.shape;
  const newHeight = height + top + bottom;
  const newWidth = width + left + right;
  const data = newPixels(frames.data, count * newHeight * newWidth * channels);
  if (value !== 0) data.fill(value);
  const length = width * channels;
  for (let frame = 0; frame < count; frame++) {
    for (let y = 0; y < height; y++) {
      const from = (frame * height + y) * length;
      const to = ((frame * newHeight + top + y) * newWidth + left) * channels;
      data.set(frames.data.subarray(from, from + length), to);
    }
  }
  return { data, shape: [count, newHeight, newWidth, channels] };
}

/**
 * Keeps the disc inscribed in the frame (diameter: the shorter side) and sets the rest to `value` (default 0).
 * The disc of a square frame is the same after every quarter turn, so corners and borders no longer betray one.
 */
export function maskCircle<D extends PixelData>(frames: Pixels<D>, value = 0): Pixels<D> {
  checkPixels(frames);
  const [count, height, width, channels] = frames.shape;
  const radius = Math.min(height, width) / 2;
  const data = newPixels(frames.data, frames.data.length);
  data.set(frames.data);
  for (let y = 0; y < height; y++) {
    const dy = y + 0.5 - height / 2;
    const half = Math.sqrt(Math.max(0, radius * radius - dy * dy));
    // Pixels whose centre lies inside the disc.
    const left = Math.max(0, Math.ceil(width / 2 - half - 0.5));
    const right = width - left;
    for (let frame = 0; frame < count; frame++) {
      const row = (frame * height + y) * width;
      data.fill(value, row * channels, (row + Math.min(left, width)) * channels);
      data.fill(value, (row + Math.max(right, left)) * channels, (row + width) * channels);
    }
  }
  return { data, shape: frames.shape };
}
