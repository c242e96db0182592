/**
 * Grids of tiles that are cut from a picture, clip or volume with space between them, each moved a little by itself, so
 * that neither a line that continues nor a fixed distance tells which tile belongs where.
 * @module
 */
import type { Random } from '../base/random.ts';

/** The grid along one axis, in pixels (or frames, or slices). */
export interface AxisGrid {
  readonly count: number;
  /** Length of a tile. */
  readonly tile: number;
  /** Smallest space between neighbouring tiles. */
  readonly gap: number;
  /** Each tile moves within this many positions more. */
  readonly jitter: number;
}

/** Length of a cell: a tile, the gap, and the room it moves in. */
export const cellLength = ({ tile, gap, jitter }: AxisGrid): number => tile + gap + jitter;

/** Length of the whole grid. */
export const gridLength = (axis: AxisGrid): number => axis.count * cellLength(axis);

/**
 * The first corner of every tile, one coordinate an axis, tiles in row-major order. Every tile is moved on every axis
 * independently and uniformly.
 */
export function drawCorners(axes: readonly AxisGrid[], random: Random): number[][] {
  const total = axes.reduce((product, { count }) => product * count, 1);
  return Array.from({ length: total }, (_, tile) => {
    let rest = tile;
    const cell = axes.map(() => 0);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      cell[axis] = rest % axes[axis].count;
      rest = Math.floor(rest / axes[axis].count);
    }
    return axes.map(
      (axis, i) => cell[i] * cellLength(axis) + Math.floor(axis.gap / 2) + random.integer(axis.jitter + 1),
    );
  });
}
