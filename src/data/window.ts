/**
 * Frame windows: which frames of an item are meant, checked against how many there are.
 * @module
 */
import { usageError } from '../base/errors.ts';
import type { Frames, FrameWindow, PixelData } from './media.ts';

export interface ResolvedWindow {
  readonly start: number;
  readonly count: number;
  readonly stride: number;
  /** True when the window is every frame in order. */
  readonly whole: boolean;
}

/** Fills in what a window leaves out. Throws `usage` when it reaches outside `frames`. */
export function resolveWindow(window: FrameWindow | undefined, frames: number): ResolvedWindow {
  const start = window?.start ?? 0;
  const stride = window?.stride ?? 1;
  const count = window?.count ?? Math.max(0, Math.ceil((frames - start) / stride));
  const valid = Number.isInteger(start) && Number.isInteger(stride) && Number.isInteger(count);
  const last = start + (count - 1) * stride;
  if (!valid || start < 0 || stride < 1 || count < 1 || last >= frames) {
    throw usageError('this window reaches outside the item', {
      found: `start ${start}, count ${count}, stride ${stride}`,
      expected: `whole numbers, frames 0 to ${frames - 1}`,
    });
  }
  return { start, count, stride, whole: start === 0 && stride === 1 && count === frames };
}

/** The frames of a window, out of a whole item already in memory. Returns views, not copies, where it can. */
export function windowOf(frames: Frames, window: FrameWindow | undefined): Frames {
  const [total, height, width, channels] = frames.shape;
  const { start, count, stride, whole } = resolveWindow(window, total);
  if (whole) return frames;
  const size = height * width * channels;
  const shape = [count, height, width, channels] as const;
  if (stride === 1) return { data: frames.data.subarray(start * size, (start + count) * size), shape };
  const data = newPixels(frames.data, count * size);
  for (let i = 0; i < count; i++) {
    const from = (start + i * stride) * size;
    data.set(frames.data.subarray(from, from + size), i * size);
  }
  return { data, shape };
}

/** An array of zeros of the same element type (a Node Buffer counts as Uint8Array). */
export function newPixels<D extends PixelData>(like: D, length: number): D {
  const make = like instanceof Uint8Array ? Uint8Array : like.constructor;
  return new (make as new (length: number) => D)(length);
}
