/**
 * Cutting one tile, with the channels of a colour picture moved against each other: a lens moves them too, by an amount
 * that tells how far a tile lies from the centre, and random shifts hide it.
 * @module
 */
import type { Random } from '../base/random.ts';
import { crop } from '../data/transform/crop.ts';
import type { Pixels } from '../data/transform/pixels.ts';

/**
 * A square tile of a single picture `[1, H, W, C]`.
 *
 * @param corner row and column of the first pixel
 * @param shifts rows and columns by which each channel is moved: `[y₀, x₀, y₁, x₁, …]`; never past the picture's edge
 */
export function cutTile(
  picture: Pixels<Float32Array>,
  [y, x]: readonly number[],
  shifts: readonly number[],
  side: number,
): Pixels<Float32Array> {
  const [, height, width, channels] = picture.shape;
  if (shifts.every((shift) => shift === 0)) return crop(picture, { y, x, height: side, width: side });
  const data = new Float32Array(side * side * channels);
  const within = (at: number, length: number) => Math.min(length - side, Math.max(0, at));
  for (let c = 0; c < channels; c++) {
    const top = within(y + shifts[2 * c], height);
    const left = within(x + shifts[2 * c + 1], width);
    for (let i = 0; i < side * side; i++) {
      const from = (top + Math.floor(i / side)) * width + left + (i % side);
      data[i * channels + c] = picture.data[from * channels + c];
    }
  }
  return { data, shape: [1, side, side, channels] };
}

/** Independent shifts within ±`most` pixels for the channels of a colour picture; none for a grey one. */
export function drawChannelShifts(random: Random, channels: number, most: number): number[] {
  return Array.from({ length: 2 * channels }, () => (channels === 1 ? 0 : random.integer(2 * most + 1) - most));
}
