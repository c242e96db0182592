/**
 * A clip cut into a grid of 2×2 places at 4 times, and the tuples of four cells that puzzles are made of.
 * Kim, Cho and Kweon, "Self-supervised video representation learning with space-time cubic puzzles", AAAI 2019.
 * @module
 */
import type { Random } from '../base/random.ts';
import { type Box, crop } from '../data/transform/crop.ts';
import { standardise } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { quarterTurn } from '../data/transform/quarter-turn.ts';
import { windowOf } from '../data/window.ts';
import { allOrders } from './orders.ts';
import { type AxisGrid, drawCorners } from './tile-grid.ts';

export type TupleKind = 'spatial' | 'temporal';

/** Cells in a tuple. */
export const tupleLength = 4;
const places = 4;

/** All 24 orders of four cells: `cellOrders[k][place]` is the cell that lies at `place` when the answer is k. */
export const cellOrders: readonly (readonly number[])[] = allOrders(tupleLength);

export interface CellRules {
  readonly tile: number;
  readonly gap: number;
  readonly jitter: number;
  readonly tileFrames: number;
  readonly frameGap: number;
  readonly frameJitter: number;
}

export function timeAxis({ tileFrames, frameGap, frameJitter }: CellRules): AxisGrid {
  return { count: tupleLength, tile: tileFrames, gap: frameGap, jitter: frameJitter };
}

export function sideAxis({ tile, gap, jitter }: CellRules): AxisGrid {
  return { count: 2, tile, gap, jitter };
}

export interface Tuple {
  readonly kind: TupleKind;
  /** Which time a spatial tuple is of, or which place a temporal one. */
  readonly where: number;
  readonly answer: number;
  /** First [frame, row, column] of each cell in its right order. */
  readonly corners: readonly (readonly number[])[];
  /** In the order shown: 1 where the cell is turned by 180°. */
  readonly turned: readonly number[];
}

export function drawTuple(kind: TupleKind, rules: CellRules, rotation: boolean, random: Random): Tuple {
  const side = sideAxis(rules);
  const all = drawCorners([timeAxis(rules), side, side], random);
  const where = random.integer(tupleLength);
  const cell = (i: number) => (kind === 'spatial' ? where * places + i : i * places + where);
  return {
    kind,
    where,
    answer: random.integer(cellOrders.length),
    corners: Array.from({ length: tupleLength }, (_, i) => all[cell(i)]),
    turned: Array.from({ length: tupleLength }, () => (rotation && random.bernoulli() ? 1 : 0)),
  };
}

/** The cells in the order shown, each `[tileFrames, tile, tile, C]`. */
export function cutTuple(
  clip: Pixels<Float32Array>,
  { answer, corners, turned }: Tuple,
  { tile, tileFrames }: CellRules,
  each: boolean,
): Pixels<Float32Array>[] {
  return cellOrders[answer].map((cell, place) => {
    const [start, y, x] = corners[cell];
    const frames = windowOf(clip, { start, count: tileFrames }) as Pixels<Float32Array>;
    const box: Box = { y, x, height: tile, width: tile };
    const upright = crop(frames, box);
    const shown = turned[place] === 1 ? quarterTurn(upright, 2) : upright;
    return each ? standardise(shown) : shown;
  });
}
