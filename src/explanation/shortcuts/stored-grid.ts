/**
 * The grid of blocks that compression by JPEG or MPEG leaves: every eighth row and column differs from the next by more
 * than its neighbours do. Found in the stored frames by many items having it in the same place.
 * Wang, Bovik and Evans, "Blind measurement of blocking artifacts in images", ICIP 2000, for the measure of one line.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { someFrames } from './stored-frames.ts';

/** Row and column, 0 to 7, at which blocks begin. */
export interface Grid {
  readonly row: number;
  readonly column: number;
}

export const blockSide = 8;
/** Items that are looked at. */
const mostItems = 64;
/** Of 64 places an item without a grid has each as likely; so rarely do so many items share one by chance. */
const chance = 1e-4;
/** A grid that fewer of the items have is no grid of the data. */
const leastShare = 0.1;

const known = new WeakMap<FrameStore, (item: number) => Grid | undefined>();

/** The grid of an item: where its frames show it best, if that is a place that many items share. */
export function storedGrid(store: FrameStore, item: number): Grid | undefined {
  let gridOf = known.get(store);
  if (gridOf === undefined) {
    gridOf = gridsOf(store);
    known.set(store, gridOf);
  }
  return gridOf(item);
}

function gridsOf(store: FrameStore): (item: number) => Grid | undefined {
  const own = new Map<number, Grid | undefined>();
  const likeliest = (item: number) => {
    if (!own.has(item)) own.set(item, likeliestGrid(someFrames(store, item, 6), store.sizeOf(item)[2]));
    return own.get(item);
  };
  const count = store.index.items.length;
  const step = Math.max(1, count / mostItems);
  const votes = new Map<string, number>();
  let voters = 0;
  for (let i = 0; i < Math.min(count, mostItems); i++) {
    const grid = likeliest(Math.floor(i * step));
    if (grid === undefined) continue;
    voters++;
    votes.set(keyOf(grid), (votes.get(keyOf(grid)) ?? 0) + 1);
  }
  const shared = new Set(
    [...votes].flatMap(([key, n]) =>
      n >= leastShare * voters && atLeast(n, voters, blockSide ** -2) * blockSide ** 2 < chance ? [key] : [],
    ),
  );
  return (item) => {
    const grid = shared.size === 0 ? undefined : likeliest(item);
    return grid !== undefined && shared.has(keyOf(grid)) ? grid : undefined;
  };
}

const keyOf = ({ row, column }: Grid) => `${row} ${column}`;

/** Probability of `hits` or more of `trials`, each with `share`. */
function atLeast(hits: number, trials: number, share: number): number {
  let [term, sum] = [(1 - share) ** trials, 0];
  for (let k = 0; k <= trials; k++) {
    if (k >= hits) sum += term;
    term *= ((trials - k) / (k + 1)) * (share / (1 - share));
  }
  return sum;
}

/** The place of the grid that frames `[H, W]` show best; `undefined` for frames of fewer than three blocks a side. */
export function likeliestGrid(frames: readonly Float32Array[], width: number): Grid | undefined {
  const height = frames[0].length / width;
  if (height < 3 * blockSide || width < 3 * blockSide) return undefined;
  const rows = strongestOffset(frames, height, width, width, 1);
  const columns = strongestOffset(frames, width, height, 1, width);
  return rows === undefined || columns === undefined ? undefined : { row: rows, column: columns };
}

/** Lines follow each other by `along` values, and their pixels by `across`. */
function strongestOffset(
  frames: readonly Float32Array[],
  lines: number,
  pixels: number,
  along: number,
  across: number,
): number | undefined {
  const found: number[][] = Array.from({ length: blockSide }, () => []);
  for (let line = 2; line < lines - 1; line++) {
    let sum = 0;
    for (const frame of frames) {
      for (let p = 0; p < pixels; p++) {
        const at = line * along + p * across;
        const step = Math.abs(frame[at] - frame[at - along]);
        const before = Math.abs(frame[at - along] - frame[at - 2 * along]);
        const after = Math.abs(frame[at + along] - frame[at]);
        sum += step - (before + after) / 2;
      }
    }
    found[line % blockSide].push(sum);
  }
  // The median: a line of the picture is one of several with that place.
  const middles = found.map((sums) => median(sums));
  const best = Math.max(...middles);
  return best > 0 ? middles.indexOf(best) : undefined;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
