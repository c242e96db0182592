/**
 * Grids of patches laid over a whole picture, every patch paired with its neighbours: Doersch, Gupta and Efros, ICCV 2015,
 * as their released code (deepcontext, train.py) samples them.
 * @module
 */
import type { Random } from '../base/random.ts';

/** Where B may lie, seen from A, row by row; 7 − i is where A lies, seen from B. */
export const neighbourPositions = [
  'up left',
  'up',
  'up right',
  'left',
  'right',
  'down left',
  'down',
  'down right',
] as const;

export const oppositePosition = (position: number): number => neighbourPositions.length - 1 - position;

export interface PatchGridOptions {
  readonly patch: number;
  readonly gap: number;
  /** Pixels by which a patch moves each way. */
  readonly jitter: number;
  /** How many patches are laid. */
  readonly patches: number;
}

export interface LaidPatch {
  readonly grid: number;
  readonly row: number;
  readonly column: number;
  /** Its first corner, moved by its jitter and kept in the picture. */
  readonly top: number;
  readonly left: number;
}

/** A question: where does `second` lie, seen from `first`? Both are places in the list of patches. */
export interface PatchQuestion {
  readonly first: number;
  readonly second: number;
  readonly position: number;
}

/** Pixels that two patches along one axis need, wherever their jitter takes them. */
export const leastSide = ({ patch, gap, jitter }: PatchGridOptions): number => 2 * patch + gap + jitter;

/**
 * Lays grids over a picture of `height` by `width` pixels until there are as many patches as wanted; the last grid is cut
 * short. Each grid begins at a random pixel of its first cell, as long as two patches fit along either axis.
 */
export function layPatches(height: number, width: number, wanted: PatchGridOptions, random: Random): LaidPatch[] {
  const { patch, gap, jitter, patches } = wanted;
  const pitch = patch + gap;
  const first = (side: number) => random.integer(Math.max(1, Math.min(pitch, side - leastSide(wanted) + 1)));
  const moved = (at: number, side: number) =>
    Math.min(side - patch, Math.max(0, at + random.integer(2 * jitter + 1) - jitter));
  const laid: LaidPatch[] = [];
  for (let grid = 0; laid.length < patches; grid++) {
    const [top, left] = [first(height), first(width)];
    const rows = Math.floor((height - patch - top) / pitch) + 1;
    const columns = Math.floor((width - patch - left) / pitch) + 1;
    const across = Math.min(rows, columns, Math.floor(patches / 2));
    // Along the shorter axis first, so that a grid that is cut short still has neighbours in every direction.
    for (let node = 0; node < across * Math.max(rows, columns) && laid.length < patches; node++) {
      const [long, short] = [Math.floor(node / across), node % across];
      const [row, column] = rows <= columns ? [short, long] : [long, short];
      const place = { top: moved(top + row * pitch, height), left: moved(left + column * pitch, width) };
      laid.push({ grid, row, column, ...place });
    }
  }
  return laid;
}

/** The four neighbours that lie before a patch in reading order: up left, up, up right, left. */
const earlier = [
  [-1, -1],
  [-1, 0],
  [-1, 1],
  [0, -1],
] as const;

/**
 * Every patch paired with its neighbours that were laid, up left, up, up right and left, the two patches of a pair each
 * time seen from either (`bothOrders`) or from one of them. Each of the four directions is asked equally often, so that
 * no answer is more likely than another: where it has fewer pairs than its share, some are asked again. With eight
 * questions a patch in both orders, or four in one, every pair is asked. Directions take turns.
 */
export function askNeighbours(
  laid: readonly LaidPatch[],
  questions: number,
  bothOrders: boolean,
  random: Random,
): PatchQuestion[] {
  const at = new Map(laid.map(({ grid, row, column }, i) => [`${grid},${row},${column}`, i]));
  const pairs = earlier.map(([down, across], position) =>
    laid.flatMap(({ grid, row, column }, first): PatchQuestion[] => {
      const second = at.get(`${grid},${row + down},${column + across}`);
      return second === undefined ? [] : [{ first, second, position }];
    }),
  );
  for (const ofDirection of pairs) random.shuffle(ofDirection);
  const perPair = bothOrders ? 2 : 1;
  return Array.from({ length: questions / perPair }, (_, i) => {
    const ofDirection = pairs[i % pairs.length];
    const asked = ofDirection[Math.floor(i / pairs.length) % ofDirection.length];
    const turned = { first: asked.second, second: asked.first, position: oppositePosition(asked.position) };
    if (bothOrders) return [asked, turned];
    // Halves, not chances: the two answers of a direction occur equally often.
    return [Math.floor(i / pairs.length) % 2 === 0 ? asked : turned];
  }).flat();
}
