/**
 * Jigsaw puzzles of volumes: cubes of a 2×2×2 or 3×3×3 grid in another order, and the network says in which. Taleb,
 * Loetzsch, Danz, Severin, Gaertner, Bergner and Lippert, "3D self-supervised methods for medical imaging", NeurIPS 2020,
 * after Noroozi and Favaro, ECCV 2016. Of the orders of 27 cubes, more than can be listed, those told apart are chosen from
 * twenty thousand drawn at random.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, standardise } from '../../data/transform/layout.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { cubeAxes, cubeFields, cubePart } from '../cube-choice.ts';
import { cubeMosaic, middleSlices, placedCubes, volumePanels } from '../cube-drawing.ts';
import { cubeFactors, cutCube, drawPart, partFactors, refusesVolume } from '../cube-grid.ts';
import { describeCubes } from '../cube-network.ts';
import { cubeShortcuts } from '../cube-shortcuts.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { inverseOrder, orderName, type PermutationSet, permutationSet } from '../permutation-set.ts';
import { drawCorners } from '../tile-grid.ts';
import { releasedVolumeRecipe, tinyVolumeRecipe, volumeMethodsPaper, wholeVolume } from '../volume-recipes.ts';

const options = z.strictObject({
  grid: z.literal([2, 3]).default(2).describe('cubes along each axis (paper: 3)'),
  permutations: z.int().min(2).max(20_000).default(50).describe('number of orders told apart (paper: 100)'),
  rule: z
    .enum(['max_min', 'max_avg', 'random'])
    .default('max_min')
    .describe('orders far from each other by their nearest neighbour, by the mean distance, or any'),
  ...cubeFields,
  side: cubeFields.side.default(8).describe('rows and columns of a cube in voxels (paper: 39)'),
  depth: cubeFields.depth.default(5).describe('slices of a cube (paper: 39)'),
  gap: cubeFields.gap.default(2).describe('smallest space between neighbouring cubes in voxels (paper: 0)'),
  jitter: cubeFields.jitter.describe('voxels by which a cube moves in its cell, on each axis (paper: 3)'),
  normalise: z
    .enum(['cube', 'volume'])
    .default('cube')
    .describe('mean 0 and deviation 1 for each cube by itself, or for the part as a whole (paper)'),
  cubeFeatures: z.int().min(1).default(64).describe('numbers that describe one cube (paper: 1024)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe all cubes (paper: 1024)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, PermutationSet>;

const countOf = ({ grid }: Options): number => grid ** 3;

function sample(view: SampleView, random: Random, { options: chosen, prepared, channels }: Context): Sample {
  const { grid, side, depth, normalise } = chosen;
  const part = drawPart(view, random.split('part'), channels, cubePart(grid, chosen));
  const corners = drawCorners(cubeAxes(grid, chosen), random.split('cubes'));
  const answer = random.integer(prepared.orders.length);
  const whole = normalise === 'volume' ? standardise(part.pixels) : part.pixels;
  const length = channels * depth * side * side;
  const data = new Float32Array(countOf(chosen) * length);
  prepared.orders[answer].forEach((from, place) => {
    const cut = cutCube(whole, corners[from], [depth, side, side]);
    data.set(channelsFirst(normalise === 'cube' ? standardise(cut) : cut), place * length);
  });
  return {
    inputs: {
      cubes: hostArray('float32', [countOf(chosen), channels, depth, side, side], data),
      order: int64([], [answer]),
    },
    factors: {
      ...partFactors(part),
      order: answer,
      ...cubeFactors(corners),
    },
  };
}

export const volumeJigsaw = defineMethod<Options, PermutationSet>({
  card: {
    id: 'volume-jigsaw',
    title: 'Jigsaw puzzles of volumes',
    idea: 'To put the parts of a body where they belong in space, a network must know the parts and how they hang together.',
    question: 'In which order do the cubes lie?',
    inputs: ['volume'],
    paper: volumeMethodsPaper,
    colour: '#80CDC1',
    shortcuts: cubeShortcuts,
    expectations:
      'Eight cubes are learned sooner than twenty-seven, whose order is settled by a few telling ones. A solved puzzle with ' +
      'features no better than before training is the mark of a shortcut.',
  },
  options,
  presets: {
    paper: {
      options: {
        grid: 3,
        permutations: 100,
        side: 39,
        depth: 39,
        gap: 0,
        jitter: 3,
        normalise: 'volume',
        cubeFeatures: 1024,
        hidden: 1024,
      },
      trunk: { id: 'unet3d', preset: 'paper' },
      recipe: releasedVolumeRecipe(8),
    },
    tiny: {
      options: {},
      trunk: { id: 'vgg3d', preset: 'tiny' },
      recipe: tinyVolumeRecipe({ batchSize: 8, steps: 600 }),
    },
  },
  chance: ({ permutations }) => uniformChance(permutations),
  refuses: (item, chosen) => refusesVolume(item, cubePart(chosen.grid, chosen).size),
  prepare: (_, chosen, random) =>
    permutationSet({ tiles: countOf(chosen), count: chosen.permutations, rule: chosen.rule }, random),
  inputs: ({ options: chosen, channels }) => ({
    cubes: { dtype: 'float32', shape: [countOf(chosen), channels, chosen.depth, chosen.side, chosen.side] },
    order: { dtype: 'int64', shape: [] },
  }),
  presentation: (context) => wholeVolume(context, cubePart(context.options.grid, context.options).size),
  sample,
  build: ({ options: chosen, prepared, inputs, scope, trunk }) => {
    const { trunkOutput, all } = describeCubes({ scope, trunk }, inputs.cubes, chosen);
    const logits = linearLayer(scope, 'order', all, { features: chosen.permutations });
    return classificationTask(trunkOutput, logits, inputs.order, prepared.orders.map(orderName));
  },
  draw: ({ inputs: { cubes }, factors }, { options: chosen, prepared, channels }, { view, answer }) => {
    const { grid, permutations } = chosen;
    const size = [chosen.depth, chosen.side, chosen.side] as const;
    const order = prepared.orders[Number(factors.order)];
    const shown = middleSlices(cubes, order.length, channels, size);
    const laid = (places: readonly number[]) =>
      cubeMosaic(
        places.map((place) => shown[place]),
        places.map((place) => `${order[place] + 1}`),
        grid * grid,
      );
    const said = answer === undefined ? undefined : prepared.orders[largest(answer)];
    return {
      question: 'In which order do the cubes lie?',
      answer: `cubes ${orderName(order)}, number ${Number(factors.order) + 1} of ${permutations} orders`,
      rows: [
        volumePanels(view, placedCubes(factors, size), grid),
        [
          {
            caption: 'middle slices of the cubes as the network gets them, a layer a row',
            ...laid(order.map((_, place) => place)),
            role: 'input',
          },
        ],
        ...(said === undefined
          ? []
          : [
              [
                {
                  caption: `put back as it answered: ${orderName(said)}`,
                  ...laid(inverseOrder(said)),
                  role: 'output' as const,
                },
              ],
            ]),
      ],
    };
  },
});
