/**
 * Between colour and grey.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { PixelData } from '../media.ts';
import { newPixels } from '../window.ts';
import { checkPixels, type Pixels, roundsValues } from './pixels.ts';

/** Luma of RGB frames after Rec. 601 (0.299 R + 0.587 G + 0.114 B); grey frames are returned as they are. `[T, H, W, 1]`. */
export function toGrey<D extends PixelData>(frames: Pixels<D>): Pixels<D> {
  checkPixels(frames);
  const [count, height, width, channels] = frames.shape;
  if (channels === 1) return frames;
  if (channels !== 3) throw usageError('only RGB frames become grey', { found: `${channels} channels` });
  const { data: from } = frames;
  const data = newPixels(from, count * height * width);
  const round = roundsValues(data);
  for (let i = 0, j = 0; i < data.length; i++, j += 3) {
    const luma = 0.299 * from[j] + 0.587 * from[j + 1] + 0.114 * from[j + 2];
    data[i] = round ? Math.round(luma) : luma;
  }
  return { data, shape: [count, height, width, 1] };
}

/** Grey repeated into red, green and blue; colour frames are returned as they are. `[T, H, W, 3]`. */
export function toColour<D extends PixelData>(frames: Pixels<D>): Pixels<D> {
  checkPixels(frames);
  const [count, height, width, channels] = frames.shape;
  if (channels === 3) return frames;
  if (channels !== 1) throw usageError('only grey frames become RGB', { found: `${channels} channels` });
  const data = newPixels(frames.data, frames.data.length * 3);
  for (let i = 0, j = 0; i < frames.data.length; i++, j += 3) {
    data[j] = data[j + 1] = data[j + 2] = frames.data[i];
  }
  return { data, shape: [count, height, width, 3] };
}

/**
 * True when RGB data hold no colour worth the name: at most one pixel in a thousand has channels further apart than
 * 5 % of `white` (compression alone makes small differences; a Doppler overlay or a coloured caption makes large ones).
 */
export function looksGrey(data: PixelData, white: number): boolean {
  const limit = 0.05 * white;
  let coloured = 0;
  for (let i = 0; i + 2 < data.length; i += 3) {
    const low = Math.min(data[i], data[i + 1], data[i + 2]);
    const high = Math.max(data[i], data[i + 1], data[i + 2]);
    if (high - low > limit) coloured++;
  }
  return coloured * 3 <= data.length / 1000;
}
