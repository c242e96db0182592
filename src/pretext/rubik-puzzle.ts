/**
 * What the two Rubik's cube tasks have in common: eight cubes of a volume, put into another order, some of them turned by
 * 180 degrees, some of them perhaps masked.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../base/random.ts';
import { channelsFirst, withChannels } from '../data/transform/layout.ts';
import type { Pixels } from '../data/transform/pixels.ts';
import { flipHorizontally, flipVertically } from '../data/transform/quarter-turn.ts';
import { float32, hostArray, int64 } from '../tensor/host-array.ts';
import { cubeAxes, cubeFields, cubePart } from './cube-choice.ts';
import {
  centreIntensities,
  cubeFactors,
  cutCube,
  drawPart,
  flipDepth,
  normaliseCube,
  type PartChoice,
  partFactors,
} from './cube-grid.ts';
import type { InputSpec, MethodContext, Sample, SampleView } from './method.ts';
import type { PermutationSet } from './permutation-set.ts';
import { drawCorners } from './tile-grid.ts';

export const cubeCount = 8;
export const turnNames = ['not turned', 'turned about the horizontal axis', 'turned about the vertical axis'] as const;
export type Turn = 0 | 1 | 2;

export const rubikFields = {
  permutations: z.int().min(2).max(40_320).default(50).describe('number of orders told apart (released: 100)'),
  rule: z
    .enum(['max_min', 'max_avg', 'random'])
    .default('max_min')
    .describe('orders far from each other by their nearest neighbour, by the mean distance, or any'),
  ...cubeFields,
  side: cubeFields.side.describe('rows and columns of a cube in voxels (paper: 64)'),
  depth: cubeFields.depth.describe('slices of a cube (paper: 64)'),
  gap: cubeFields.gap.describe('smallest space between neighbouring cubes in voxels (paper: about 10)'),
  normalise: z
    .enum(['cube', 'volume'])
    .default('cube')
    .describe('each cube stretched to −1 … 1 by itself (paper), or black to white as they are'),
  rotation: z
    .enum(['binary', 'softmax', 'none'])
    .default('binary')
    .describe('two yes-or-no answers a cube, one of three, or cubes are not turned'),
  cubeFeatures: z.int().min(1).default(64).describe('numbers that describe one cube'),
  hidden: z.int().min(1).default(128).describe('numbers that describe all eight'),
};
const base = z.strictObject(rubikFields);
export type RubikOptions = z.infer<typeof base>;
export type RubikContext = MethodContext<RubikOptions, PermutationSet>;

export const partOf = (chosen: RubikOptions): PartChoice => cubePart(2, chosen);

export function rubikInputs({ options: { side, depth, rotation }, channels }: RubikContext): Record<string, InputSpec> {
  return {
    cubes: { dtype: 'float32', shape: [cubeCount, channels, depth, side, side] },
    order: { dtype: 'int64', shape: [] },
    ...(rotation === 'none' ? {} : { turns: { dtype: 'int64' as const, shape: [cubeCount] } }),
  };
}

/**
 * A cube turned by 180 degrees: about the horizontal axis (columns) slices and rows run backwards, about the vertical
 * axis (slices) rows and columns do. Voxels are moved, whatever their aspect, and twice the same turn is none.
 */
export function turned(cube: Pixels<Float32Array>, turn: Turn): Pixels<Float32Array> {
  if (turn === 0) return cube;
  return turn === 1 ? flipDepth(flipVertically(cube)) : flipHorizontally(flipVertically(cube));
}

/**
 * Crop, cut with gaps, normalise, reorder, turn, and mask where `masking` is given: the share of cubes that lose every
 * second voxel at random.
 */
export function sampleRubik(
  view: SampleView,
  random: Random,
  { options: chosen, prepared, channels }: RubikContext,
  masking?: number,
): Sample {
  const { side, depth, rotation } = chosen;
  const part = drawPart(view, random.split('part'), channels, partOf(chosen));
  const corners = drawCorners(cubeAxes(2, chosen), random.split('cubes'));
  const answer = random.integer(prepared.orders.length);
  const draws = random.split('turns');
  const turns = corners.map((): Turn => (rotation === 'none' ? 0 : (draws.integer(3) as Turn)));
  const masks = random.split('masks');
  const masked = corners.map(() => (masking !== undefined && masks.bernoulli(masking) ? 1 : 0));
  const length = channels * depth * side * side;
  const data = new Float32Array(cubeCount * length);
  prepared.orders[answer].forEach((from, place) => {
    const cut = cutCube(part.pixels, corners[from], [depth, side, side]);
    const normalised = chosen.normalise === 'cube' ? normaliseCube(cut) : centreIntensities(cut);
    const cube = channelsFirst(withChannels(turned(normalised, turns[place]), channels)).slice();
    if (masked[place] === 1) halve(cube, channels, masks.split(place));
    data.set(cube, place * length);
  });
  return {
    inputs: {
      cubes: hostArray('float32', [cubeCount, channels, depth, side, side], data),
      order: int64([], [answer]),
      ...(rotation === 'none' ? {} : { turns: int64([cubeCount], turns) }),
      ...(masking === undefined ? {} : { masked: float32([cubeCount], masked) }),
    },
    factors: {
      ...partFactors(part),
      order: answer,
      ...cubeFactors(corners),
      turns,
      ...(masking === undefined ? {} : { masked }),
    },
  };
}

/** Sets every voxel to 0 with probability one half, in all channels alike. */
function halve(cube: Float32Array, channels: number, random: Random): void {
  const voxels = cube.length / channels;
  for (let i = 0; i < voxels; i++) {
    if (random.bernoulli()) continue;
    for (let c = 0; c < channels; c++) cube[c * voxels + i] = 0;
  }
}
