/**
 * Relative positions in volumes: the middle cube of a 3×3×3 grid and one of its 26 neighbours, and the network says where
 * the neighbour lies. Taleb, Loetzsch, Danz, Severin, Gaertner, Bergner and Lippert, "3D self-supervised methods for
 * medical imaging", NeurIPS 2020, after Doersch, Gupta and Efros, ICCV 2015. Pairs are asked in both orders, and several
 * neighbours of one middle share the work of describing it, as in Doersch's released code.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, standardise } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { reshape } from '../../graph/primitives.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { cubeAxes, cubeFields, cubePart } from '../cube-choice.ts';
import { cubeMosaic, middleSlices, type PlacedCube, placedCubes, volumePanels } from '../cube-drawing.ts';
import { cubeFactors, cutCube, drawPart, partFactors, refusesVolume } from '../cube-grid.ts';
import { cubeShortcuts } from '../cube-shortcuts.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { relatePairs } from '../pair-network.ts';
import { drawCorners } from '../tile-grid.ts';
import { releasedVolumeRecipe, tinyVolumeRecipe, volumeMethodsPaper, wholeVolume } from '../volume-recipes.ts';

const sideCount = 3;
const middle = 13;
/** The place in the grid of each position around the middle. */
const places = Array.from({ length: 26 }, (_, position) => (position < middle ? position : position + 1));
const positions = places.map((place) => {
  const [slice, row, column] = [Math.floor(place / 9), Math.floor(place / 3) % 3, place % 3];
  return [['earlier slices', '', 'later slices'][slice], ['up', '', 'down'][row], ['left', '', 'right'][column]]
    .filter((word) => word !== '')
    .join(', ');
});
const opposite = (position: number): number => positions.length - 1 - position;

const options = z.strictObject({
  ...cubeFields,
  side: cubeFields.side.default(8).describe('rows and columns of a cube in voxels (paper: 39)'),
  depth: cubeFields.depth.default(5).describe('slices of a cube (paper: 39)'),
  gap: cubeFields.gap.default(2).describe('smallest space between neighbouring cubes in voxels (paper: 0)'),
  jitter: cubeFields.jitter.default(1).describe('voxels by which a cube moves in its cell, on each axis (paper: 3)'),
  neighbours: z
    .int()
    .min(1)
    .max(26)
    .default(6)
    .describe('neighbours of one middle cube that are asked about, drawn at random (paper: 1)'),
  bothOrders: z
    .boolean()
    .default(true)
    .describe('ask every pair twice, seen from either cube, or from the middle only (paper: false)'),
  normalise: z
    .enum(['cube', 'volume'])
    .default('cube')
    .describe('mean 0 and deviation 1 for each cube by itself, or for the part as a whole (paper)'),
  gamma: z
    .number()
    .min(0)
    .max(2)
    .default(0.2)
    .describe('each cube gets a gamma of its own, exp(±this) at most (paper: 0)'),
  features: z.int().min(1).default(64).describe('numbers that describe a cube, fc6 (paper: 1024)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe a pair, fc7 and fc8 (paper: 1024)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

/** Pairs among the cubes shown, the middle first; and whether the question is asked from the neighbour. */
function pairsOf({ neighbours, bothOrders }: Options): { first: number; second: number }[] {
  const fromMiddle = Array.from({ length: neighbours }, (_, i) => ({ first: 0, second: i + 1 }));
  return bothOrders ? [...fromMiddle, ...fromMiddle.map(({ second }) => ({ first: second, second: 0 }))] : fromMiddle;
}

const raised = ({ data, shape }: Pixels<Float32Array>, gamma: number): Pixels<Float32Array> => ({
  data: data.map((value) => Math.max(0, value) ** gamma),
  shape,
});

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { side, depth, neighbours, bothOrders, normalise } = chosen;
  const part = drawPart(view, random.split('part'), channels, cubePart(sideCount, chosen));
  const corners = drawCorners(cubeAxes(sideCount, chosen), random.split('cubes'));
  const asked = Array.from(random.split('neighbours').permutation(places.length)).slice(0, neighbours);
  const shown = [middle, ...asked.map((position) => places[position])];
  const draws = random.split('gammas');
  const gammas = shown.map(() => Math.exp(draws.uniform(-chosen.gamma, chosen.gamma)));
  const whole = normalise === 'volume' ? standardise(part.pixels) : part.pixels;
  const length = channels * depth * side * side;
  const data = new Float32Array(shown.length * length);
  shown.forEach((place, i) => {
    const cut = cutCube(whole, corners[place], [depth, side, side]);
    data.set(channelsFirst(normalise === 'cube' ? standardise(raised(cut, gammas[i])) : cut), i * length);
  });
  const answers = bothOrders ? [...asked, ...asked.map(opposite)] : asked;
  return {
    inputs: {
      cubes: hostArray('float32', [shown.length, channels, depth, side, side], data),
      positions: int64([answers.length], answers),
    },
    factors: {
      ...partFactors(part),
      ...cubeFactors(corners),
      neighbours: asked,
      gammas: normalise === 'cube' ? gammas : shown.map(() => 1),
    },
  };
}

export const volumeRelativePosition = defineMethod<Options>({
  card: {
    id: 'volume-relative-position',
    title: 'Relative position in volumes',
    idea: 'To say how two parts of a body lie to each other in space, a network must know which parts they are.',
    question: 'Where in space does the second cube lie, seen from the first?',
    inputs: ['volume'],
    paper: volumeMethodsPaper,
    colour: '#BF812D',
    shortcuts: cubeShortcuts,
    expectations:
      'Guessing is right once in 26 times. Which of the three axes is told best says much of the data: thick slices, ' +
      'attenuation or a bias field order cubes without anatomy.',
  },
  options,
  presets: {
    paper: {
      options: {
        side: 39,
        depth: 39,
        gap: 0,
        jitter: 3,
        neighbours: 1,
        bothOrders: false,
        normalise: 'volume',
        gamma: 0,
        features: 1024,
        hidden: 1024,
      },
      trunk: { id: 'unet3d', preset: 'paper' },
      recipe: releasedVolumeRecipe(32),
    },
    tiny: {
      options: {},
      trunk: { id: 'vgg3d', preset: 'tiny' },
      recipe: tinyVolumeRecipe({ batchSize: 8, steps: 800 }),
    },
  },
  chance: () => uniformChance(positions.length),
  refuses: (item, chosen) => refusesVolume(item, cubePart(sideCount, chosen).size),
  inputs: ({ options: chosen, channels }) => ({
    cubes: {
      dtype: 'float32',
      shape: [1 + chosen.neighbours, channels, chosen.depth, chosen.side, chosen.side],
    },
    positions: { dtype: 'int64', shape: [pairsOf(chosen).length] },
  }),
  presentation: (context) => wholeVolume(context, cubePart(sideCount, context.options).size),
  sample,
  build: ({ options: chosen, inputs, scope, trunk }) => {
    const [batch, shown, ...cube] = inputs.cubes.shape;
    const trunkOutput = trunk(reshape(inputs.cubes, [batch * shown, ...cube]));
    const pairs = pairsOf(chosen);
    const widths = { features: chosen.features, hidden: chosen.hidden, answers: positions.length };
    const logits = relatePairs(scope, trunkOutput.map, batch, pairs, widths);
    return classificationTask(trunkOutput, logits, reshape(inputs.positions, [batch * pairs.length]), positions);
  },
  draw: ({ inputs: { cubes }, factors }, { options: chosen, channels }, { view, answer }) => {
    const size = [chosen.depth, chosen.side, chosen.side] as const;
    const asked = factors.neighbours as number[];
    const shown = middleSlices(cubes, 1 + asked.length, channels, size);
    const numberOf = (place: number) => {
      if (place === middle) return 'A';
      const at = asked.indexOf(places.indexOf(place));
      return at < 0 ? '' : `${at + 1}`;
    };
    const placed = placedCubes(factors, size).map((cube, place): PlacedCube => {
      const text = numberOf(place);
      return { ...cube, text, hidden: text === '' };
    });
    const said = (i: number) => {
      const logits = answer?.slice(i * positions.length, (i + 1) * positions.length);
      return logits === undefined ? '' : ` (answered ${positions[largest(logits)]})`;
    };
    const numbers = asked.map((_, i) => `${i + 1}`);
    return {
      question: 'Where in space does each numbered cube lie, seen from A?',
      answer: asked.map((position, i) => `${i + 1} ${positions[position]}${said(i)}`).join('; '),
      rows: [
        volumePanels(view, placed, sideCount),
        [
          {
            caption: 'their middle slices as the network gets them, A with one other at a time',
            ...cubeMosaic(shown, ['A', ...numbers], Math.min(4, shown.length)),
            role: 'input',
          },
        ],
      ],
    };
  },
});
