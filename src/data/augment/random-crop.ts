/**
 * A random square part of a picture or clip, brought to a fixed size; the same part of every frame.
 * @module
 */
import { usageError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Box } from '../transform/crop.ts';
import type { Pixels } from '../transform/pixels.ts';
import { type ResizeMethod, resizePart } from '../transform/resize.ts';

export interface RandomCrop {
  readonly pixels: Pixels<Float32Array>;
  /** Where it was taken, in pixels of the input. */
  readonly box: Box;
}

/**
 * @param size side of the result in pixels
 * @param smallest side of the smallest crop, as a fraction of the shorter side of the frame, in (0, 1]
 * @param largest side of the largest, likewise
 */
export function randomSquareCrop(
  frames: Pixels<Float32Array>,
  random: Random,
  size: number,
  smallest: number,
  largest = 1,
): RandomCrop {
  const [, height, width] = frames.shape;
  const { box, method } = randomSquare(height, width, random, size, smallest, largest);
  return { pixels: resizePart(frames, box, size, size, method), box };
}

/** The part that `randomSquareCrop` takes of frames of this size, and how it is brought to `size`. */
export function randomSquare(
  height: number,
  width: number,
  random: Random,
  size: number,
  smallest: number,
  largest = 1,
): { readonly box: Box; readonly method: ResizeMethod } {
  if (!(smallest > 0 && smallest <= largest && largest <= 1))
    throw usageError('crops are fractions in (0, 1], the smallest not above the largest', { found: `${smallest}` });
  const short = Math.min(height, width);
  const side = Math.max(1, Math.round(short * random.uniform(smallest, largest)));
  const box = {
    y: random.integer(height - side + 1),
    x: random.integer(width - side + 1),
    height: side,
    width: side,
  };
  return { box, method: side >= size ? 'area' : 'bilinear' };
}

/** A random part of the same proportions, enlarged to the size of the whole. `smallest` is a fraction of each side. */
export function randomPart(frames: Pixels<Float32Array>, random: Random, smallest: number): RandomCrop {
  const [, height, width] = frames.shape;
  const share = random.uniform(smallest, 1);
  const [rows, columns] = [Math.max(1, Math.round(share * height)), Math.max(1, Math.round(share * width))];
  const box = {
    y: random.integer(height - rows + 1),
    x: random.integer(width - columns + 1),
    height: rows,
    width: columns,
  };
  return { pixels: resizePart(frames, box, height, width, 'bilinear'), box };
}
