/**
 * Turns by 90 degrees and mirror images: pixels are moved, never interpolated, so nothing betrays the turn.
 * @module
 */
import type { PixelData } from '../media.ts';
import { newPixels } from '../window.ts';
import { checkPixels, type Pixels } from './pixels.ts';

/** Rows and columns exchanged. */
export function transpose<D extends PixelData>(frames: Pixels<D>): Pixels<D> {
  const [count, height, width, channels] = frames.shape;
  return moved(frames, [count, width, height, channels], (y, x) => [x, y]);
}

/** Top and bottom exchanged. */
export function flipVertically<D extends PixelData>(frames: Pixels<D>): Pixels<D> {
  const [, height] = frames.shape;
  return moved(frames, frames.shape, (y, x) => [height - 1 - y, x]);
}

/** Left and right exchanged. */
export function flipHorizontally<D extends PixelData>(frames: Pixels<D>): Pixels<D> {
  const [, , width] = frames.shape;
  return moved(frames, frames.shape, (y, x) => [y, width - 1 - x]);
}

/**
 * Turns every frame counter-clockwise by `turns` × 90 degrees, as RotNet does: 90 is the transpose flipped upside down,
 * 180 both flips, 270 the transpose of the flipped picture (Gidaris et al., ICLR 2018, released data loader).
 */
export function quarterTurn<D extends PixelData>(frames: Pixels<D>, turns: 0 | 1 | 2 | 3): Pixels<D> {
  const [count, height, width, channels] = frames.shape;
  switch (turns) {
    case 0:
      return frames;
    case 1:
      // flipud(transpose): out[y, x] = in[x, W - 1 - y]
      return moved(frames, [count, width, height, channels], (y, x) => [x, width - 1 - y]);
    case 2:
      // fliplr(flipud): out[y, x] = in[H - 1 - y, W - 1 - x]
      return moved(frames, frames.shape, (y, x) => [height - 1 - y, width - 1 - x]);
    case 3:
      // transpose(flipud): out[y, x] = in[H - 1 - x, y]
      return moved(frames, [count, width, height, channels], (y, x) => [height - 1 - x, y]);
  }
}

/** The frames whose pixel (y, x) is the input's pixel `source(y, x)`. */
function moved<D extends PixelData>(
  frames: Pixels<D>,
  shape: Pixels['shape'],
  source: (y: number, x: number) => [number, number],
): Pixels<D> {
  checkPixels(frames);
  const [count, height, width, channels] = shape;
  const oldWidth = frames.shape[2];
  const from = frames.data;
  const area = height * width;
  const offsets = new Int32Array(area);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [oldY, oldX] = source(y, x);
      offsets[y * width + x] = (oldY * oldWidth + oldX) * channels;
    }
  }
  const data = newPixels(from, from.length);
  for (let frame = 0, out = 0; frame < count; frame++) {
    const base = frame * area * channels;
    for (let i = 0; i < area; i++) {
      const at = base + offsets[i];
      for (let c = 0; c < channels; c++) data[out++] = from[at + c];
    }
  }
  return { data, shape };
}
