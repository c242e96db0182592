/**
 * How a training picture is shown this time: moved a little, mirrored or not. Whole pixels, so that masks move with it.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { Recipe } from './recipe.ts';

export interface Placement {
  /** Pixels that the picture moves down and to the right. */
  readonly down: number;
  readonly right: number;
  readonly mirrored: boolean;
}

export const inPlace: Placement = { down: 0, right: 0, mirrored: false };

export function drawPlacement(
  { shift, flip }: Pick<Recipe, 'shift' | 'flip'>,
  size: number,
  random: Random,
): Placement {
  const most = Math.floor(shift * size);
  const offset = () => random.integer(2 * most + 1) - most;
  return { down: offset(), right: offset(), mirrored: flip && random.bernoulli() };
}

/** Writes planes `[N, S, S]` into `out` from `start` on, as placed; beyond the edge the edge goes on. */
export function place(
  planes: ArrayLike<number>,
  size: number,
  { down, right, mirrored }: Placement,
  out: { [index: number]: number },
  start: number,
): void {
  const held = (position: number) => Math.min(size - 1, Math.max(0, position));
  const columns = Int32Array.from({ length: size }, (_, x) => held(mirrored ? size - 1 - x + right : x - right));
  for (let plane = 0; plane < planes.length / (size * size); plane++) {
    for (let y = 0; y < size; y++) {
      const from = plane * size * size + held(y - down) * size;
      const to = start + plane * size * size + y * size;
      for (let x = 0; x < size; x++) out[to + x] = planes[from + columns[x]];
    }
  }
}
