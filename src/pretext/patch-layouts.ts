/**
 * Where patches are cut from a picture, and which pairs of them are asked: one grid of three by three around a centre, or
 * grids over the whole picture. Doersch, Gupta and Efros, ICCV 2015.
 * @module
 */
import type { Random } from '../base/random.ts';
import { randomSquareCrop } from '../data/augment/random-crop.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { resize } from '../data/transform/resize.ts';
import type { Factors } from './method.ts';
import { askNeighbours, layPatches, leastSide, oppositePosition, type PatchQuestion } from './patch-grids.ts';
import { type AxisGrid, drawCorners, gridLength } from './tile-grid.ts';

export interface LayoutOptions {
  readonly layout: 'centre' | 'whole';
  readonly patch: number;
  readonly gap: number;
  readonly jitter: number;
  readonly bothOrders: boolean;
  readonly patches: number;
  readonly smallestArea: number;
  readonly largestArea: number;
  readonly smallestCrop: number;
  readonly largestCrop: number;
}

export interface PatchLayout {
  /** The picture, or the part of it, at the size that patches are cut at. */
  readonly picture: Pixels<Float32Array>;
  /** First corners, row and column. */
  readonly corners: readonly (readonly number[])[];
  readonly questions: readonly PatchQuestion[];
  /** What was drawn; `scale` is how many pixels of the frame make one of the picture. */
  readonly factors: Factors;
}

/** Place of the patch in the middle of three by three, and those around it in reading order. */
export const centrePlace = 4;
export const placesAround: readonly number[] = [0, 1, 2, 3, 5, 6, 7, 8];

/** Patches never move by more than half the gap, so that they do not overlap. */
const movesOf = ({ gap, jitter }: LayoutOptions): number => Math.min(jitter, Math.floor(gap / 2));

function centreGrid(chosen: LayoutOptions): AxisGrid {
  const moves = movesOf(chosen);
  return { count: 3, tile: chosen.patch, gap: chosen.gap - 2 * moves, jitter: 2 * moves };
}

const wholeGrids = (chosen: LayoutOptions) => ({ ...chosen, jitter: movesOf(chosen) });

/** Side of a picture that holds three patches by three. */
export const centreSide = (chosen: LayoutOptions): number => gridLength(centreGrid(chosen));

/** Pairs with the centre, and where the second lies seen from the first. */
export function centreQuestions({ bothOrders }: LayoutOptions): PatchQuestion[] {
  const from = placesAround.map((second, position) => ({ first: centrePlace, second, position }));
  if (!bothOrders) return from;
  const back = from.map(({ first, second, position }) => ({
    first: second,
    second: first,
    position: oppositePosition(position),
  }));
  return [...from, ...back];
}

export const patchesOf = ({ layout, patches }: LayoutOptions): number => (layout === 'centre' ? 9 : patches);

/** Enough to ask every pair, whichever way they lie. */
export function questionsOf(chosen: LayoutOptions): number {
  if (chosen.layout === 'centre') return centreQuestions(chosen).length;
  return (chosen.bothOrders ? 8 : 4) * chosen.patches;
}

/** Area at which the shorter side of a picture holds two patches. */
const leastArea = (height: number, width: number, chosen: LayoutOptions): number =>
  (leastSide(wholeGrids(chosen)) ** 2 * Math.max(height, width)) / Math.min(height, width);

/** Why pictures of a size cannot be used, or `undefined`. */
export function refusesSize(height: number, width: number, chosen: LayoutOptions): string | undefined {
  const short = Math.min(height, width);
  const side = chosen.layout === 'centre' ? centreSide(chosen) : leastSide(wholeGrids(chosen));
  if (short * (chosen.layout === 'centre' ? chosen.smallestCrop : 1) < side / 4) {
    return `${width}×${height} pixels are too few for patches on ${side}×${side}`;
  }
  return chosen.layout === 'whole' && leastArea(height, width, chosen) > chosen.largestArea
    ? `${width}×${height} pixels, brought to ${chosen.largestArea} in all, leave no room for two patches side by side`
    : undefined;
}

/** Cuts nothing yet: draws where. */
export function layOut(picture: Pixels<Float32Array>, random: Random, chosen: LayoutOptions): PatchLayout {
  return chosen.layout === 'centre' ? aroundCentre(picture, random, chosen) : overWhole(picture, random, chosen);
}

function aroundCentre(picture: Pixels<Float32Array>, random: Random, chosen: LayoutOptions): PatchLayout {
  const grid = centreGrid(chosen);
  const side = gridLength(grid);
  const { smallestCrop, largestCrop } = chosen;
  const { pixels, box } = randomSquareCrop(picture, random.split('crop'), side, smallestCrop, largestCrop);
  return {
    picture: pixels,
    corners: drawCorners([grid, grid], random.split('patches')),
    questions: centreQuestions(chosen),
    factors: { cropTop: box.y, cropLeft: box.x, cropSide: box.height, scale: box.height / side },
  };
}

/** The picture is brought to a random area, its proportions kept. */
function overWhole(picture: Pixels<Float32Array>, random: Random, chosen: LayoutOptions): PatchLayout {
  const [, height, width] = picture.shape;
  const smallest = Math.max(chosen.smallestArea, leastArea(height, width, chosen));
  const area = random.split('area').uniform(smallest, Math.max(smallest, chosen.largestArea));
  const scale = Math.sqrt((height * width) / area);
  const least = leastSide(wholeGrids(chosen));
  const sides = [height, width].map((length) => Math.max(least, Math.round(length / scale)));
  const laid = layPatches(sides[0], sides[1], wholeGrids(chosen), random.split('patches'));
  return {
    picture: resize(picture, sides[0], sides[1], scale < 1 ? 'bilinear' : 'area'),
    corners: laid.map(({ top, left }) => [top, left]),
    questions: askNeighbours(laid, questionsOf(chosen), chosen.bothOrders, random.split('questions')),
    factors: {
      ...{ cropTop: 0, cropLeft: 0, scale, resizedHeight: sides[0], resizedWidth: sides[1] },
      grids: laid.map(({ grid }) => grid),
      gridRows: laid.map(({ row }) => row),
      gridColumns: laid.map(({ column }) => column),
    },
  };
}
