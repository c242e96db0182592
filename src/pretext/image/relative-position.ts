/**
 * Relative positions: two patches of a picture, and the network says where the second lies, seen from the first. Doersch,
 * Gupta and Efros, "Unsupervised visual representation learning by context prediction", ICCV 2015.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { dropColours, projectColours } from '../../data/augment/colour-dropping.ts';
import { randomSquareCrop } from '../../data/augment/random-crop.ts';
import { crop } from '../../data/transform/crop.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { resize } from '../../data/transform/resize.ts';
import { reshape } from '../../graph/primitives.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { relatePairs } from '../pair-network.ts';
import { sourcePanel } from '../source-panel.ts';
import { type AxisGrid, drawCorners, gridLength } from '../tile-grid.ts';
import { mosaic } from '../tile-mosaic.ts';

const positions = ['up left', 'up', 'up right', 'left', 'right', 'down left', 'down', 'down right'] as const;
const patchCount = 9;
const centre = 4;
/** The place in the grid of each position around the centre. */
const places = [0, 1, 2, 3, 5, 6, 7, 8];

const options = z.strictObject({
  patch: z.int().min(8).default(24).describe('side of a patch in pixels (paper: 96)'),
  gap: z.int().min(0).default(12).describe('space between patches in pixels before they are moved (paper: 48)'),
  jitter: z.int().min(0).default(2).describe('pixels by which a patch moves each way (paper: 7), at most half the gap'),
  bothOrders: z
    .boolean()
    .default(true)
    .describe('ask every pair twice, seen from either patch (released: true); otherwise from the centre only'),
  colour: z
    .enum(['drop', 'project', 'keep'])
    .default('drop')
    .describe('keep one channel and replace the others by noise (paper), project colours, or keep them'),
  normalise: z
    .enum(['patch', 'picture'])
    .default('patch')
    .describe('mean 0 and deviation 1 for each patch by itself (paper), or for the picture as a whole'),
  gain: z.number().positive().default(1).describe('deviation of what enters the network (released: 50)'),
  coarse: z
    .number()
    .min(0)
    .max(1)
    .default(0.33)
    .describe('share of patches that are shrunk, down to a tenth of the side, and enlarged again (released: 0.33)'),
  gamma: z
    .number()
    .min(0)
    .max(2)
    .default(0.2)
    .describe('each patch gets a gamma of its own, exp(±this) at most (paper: 0)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.7).describe('shortest side of the part used, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of the part used, as a fraction'),
  features: z.int().min(1).default(64).describe('numbers that describe a patch, fc6 (paper: 4096)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe a pair, fc7 and fc8 (paper: 4096)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

/** Patches never move by more than half the gap, so that they do not overlap. */
function gridOf({ patch, gap, jitter }: Options): AxisGrid {
  const moves = Math.min(jitter, Math.floor(gap / 2));
  return { count: 3, tile: patch, gap: gap - 2 * moves, jitter: 2 * moves };
}

/** Pairs of places in the grid, and where the second lies seen from the first. */
function pairsOf({ bothOrders }: Options): { first: number; second: number; position: number }[] {
  const fromCentre = places.map((place, position) => ({ first: centre, second: place, position }));
  if (!bothOrders) return fromCentre;
  const back = places.map((place, position) => ({ first: place, second: centre, position: opposite(position) }));
  return [...fromCentre, ...back];
}

const opposite = (position: number): number => positions.length - 1 - position;

/** Shrunk to a random number of pixels between (side / 9.6)² and (side − 1)², uniform in the number, and enlarged. */
function coarsened(patch: Pixels<Float32Array>, random: Random): Pixels<Float32Array> {
  const side = patch.shape[1];
  const small = Math.max(2, Math.round(Math.sqrt(random.uniform((side / 9.6) ** 2, (side - 1) ** 2))));
  return resize(resize(patch, small, small), side, side, 'bilinear');
}

function appearance(patch: Pixels<Float32Array>, random: Random, chosen: Options) {
  const gamma = Math.exp(random.uniform(-chosen.gamma, chosen.gamma));
  const coarse = random.bernoulli(chosen.coarse);
  const curved = chosen.normalise === 'picture' || chosen.gamma === 0 ? patch : raised(patch, gamma);
  const sharp = coarse ? coarsened(curved, random.split('coarse')) : curved;
  const dropped = dropColours(sharp, random.split('colour'));
  const coloured =
    chosen.colour === 'drop' ? dropped.pixels : chosen.colour === 'project' ? projectColours(sharp) : sharp;
  const { data, shape } = chosen.normalise === 'patch' ? standardise(coloured) : coloured;
  return { pixels: { data: data.map((value) => chosen.gain * value), shape }, gamma, coarse, kept: dropped.kept };
}

const raised = ({ data, shape }: Pixels<Float32Array>, gamma: number): Pixels<Float32Array> => ({
  data: data.map((value) => Math.max(0, value) ** gamma),
  shape,
});

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { patch, smallestCrop, largestCrop } = chosen;
  const frame = random.integer(view.frames);
  const picture = withChannels(view.read({ start: frame, count: 1 }), channels);
  const grid = gridOf(chosen);
  const part = randomSquareCrop(picture, random.split('crop'), gridLength(grid), smallestCrop, largestCrop);
  const whole = chosen.normalise === 'picture' ? standardise(part.pixels) : part.pixels;
  const corners = drawCorners([grid, grid], random.split('patches'));
  const length = channels * patch * patch;
  const data = new Float32Array(patchCount * length);
  const drawn = corners.map(([y, x], place) => {
    const cut = crop(whole, { y, x, height: patch, width: patch });
    const shown = appearance(cut, random.split('appearance', place), chosen);
    data.set(channelsFirst(shown.pixels), place * length);
    return shown;
  });
  const pairs = pairsOf(chosen);
  return {
    inputs: {
      patches: hostArray('float32', [patchCount, channels, patch, patch], data),
      positions: int64(
        [pairs.length],
        pairs.map(({ position }) => position),
      ),
    },
    factors: {
      frame,
      cropTop: part.box.y,
      cropLeft: part.box.x,
      cropSide: part.box.height,
      patchTops: corners.map(([y]) => y),
      patchLefts: corners.map(([, x]) => x),
      gammas: drawn.map(({ gamma }) => gamma),
      coarse: drawn.map(({ coarse }) => (coarse ? 1 : 0)),
      keptChannels: drawn.map(({ kept }) => kept),
    },
  };
}

export const relativePosition = defineMethod<Options>({
  card: {
    id: 'relative-position',
    title: 'Relative position',
    idea: 'To say how two patches lie to each other, a network must recognise of what they are parts.',
    question: 'Where does the second patch lie, seen from the first?',
    inputs: ['image', 'clip', 'volume'],
    paper: {
      authors: 'Doersch, Gupta and Efros',
      title: 'Unsupervised visual representation learning by context prediction',
      venue: 'ICCV',
      year: 2015,
      url: 'https://arxiv.org/abs/1505.05192',
    },
    colour: '#E69F00',
    shortcuts: [
      {
        id: 'edges',
        title: 'Lines and textures that continue',
        why: 'Where patches touch, what goes on across the edge tells the side on which they meet.',
        counter: { option: 'gap', guarded: 12, open: 0 },
      },
      {
        id: 'distance',
        title: 'A fixed distance between patches',
        why: 'With the same space everywhere, a line can be continued over it.',
        counter: { option: 'jitter', guarded: 2, open: 0 },
      },
      {
        id: 'aberration',
        title: 'Colour fringes of the lens',
        why: 'Fringes tell where in the picture each patch lies, and the difference of two places is the answer.',
        counter: { option: 'colour', guarded: 'drop', open: 'keep' },
      },
      {
        id: 'intensity',
        title: 'Brightness that falls off',
        why: 'Attenuation with depth and vignetting order patches by their mean.',
        counter: { option: 'normalise', guarded: 'patch', open: 'picture' },
      },
      {
        id: 'outline',
        title: 'The outline of the field of view',
        why: 'A black corner or the apex of a sector occurs in one place and says which it is.',
        counter: { option: 'largestCrop', guarded: 0.8, open: 1 },
      },
    ],
    expectations:
      'A hard question: 38 % of pairs on photographs, where guessing reaches 12.5 %. ' +
      'High accuracy early in training is a sign of a shortcut, not of understanding.',
  },
  options,
  presets: {
    paper: {
      options: {
        patch: 96,
        gap: 48,
        jitter: 7,
        gain: 50,
        gamma: 0,
        smallestCrop: 0.64,
        features: 4096,
        hidden: 4096,
      },
      trunk: { id: 'caffenet', preset: 'relative-position' },
      recipe: {
        batchSize: 32,
        steps: 1_000_000,
        optimiser: { kind: 'sgd', learningRate: 5e-3 },
        schedule: { kind: 'constant' },
      },
    },
    tiny: {
      options: {},
      trunk: { id: 'caffenet', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 800,
        optimiser: { kind: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: () => uniformChance(positions.length),
  refuses: (item, chosen) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    const side = gridLength(gridOf(chosen));
    return Math.min(item.height, item.width) * chosen.smallestCrop < side / 4
      ? `${item.width}×${item.height} pixels are too few for a grid of ${side}×${side}`
      : undefined;
  },
  inputs: ({ options: chosen, channels }) => ({
    patches: { dtype: 'float32', shape: [patchCount, channels, chosen.patch, chosen.patch] },
    positions: { dtype: 'int64', shape: [pairsOf(chosen).length] },
  }),
  presentation: ({ options: chosen, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size: gridLength(gridOf(chosen)),
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs, scope, trunk, channels }) => {
    const { patch, features, hidden } = chosen;
    const [batch] = inputs.patches.shape;
    const count = batch * patchCount;
    const trunkOutput = trunk(reshape(inputs.patches, [count, channels, patch, patch]));
    const pairs = pairsOf(chosen);
    const widths = { features, hidden, answers: positions.length };
    const logits = relatePairs(scope, trunkOutput.map, batch, pairs, widths);
    const questions = batch * pairs.length;
    return classificationTask(trunkOutput, logits, reshape(inputs.positions, [questions]), positions);
  },
  draw: ({ inputs: { patches }, factors }, { options: chosen, channels }, { view, answer }) => {
    const { patch } = chosen;
    const length = channels * patch * patch;
    const all = patches.data as Float32Array;
    const shown = Array.from({ length: patchCount }, (_, place) =>
      stretched(channelsLast(all.slice(place * length, (place + 1) * length), [1, patch, patch, channels])),
    );
    const scale = Number(factors.cropSide) / gridLength(gridOf(chosen));
    const [tops, lefts] = [factors.patchTops as number[], factors.patchLefts as number[]];
    const outlines = tops.map((top, place) => ({
      x: Number(factors.cropLeft) + lefts[place] * scale,
      y: Number(factors.cropTop) + top * scale,
      width: patch * scale,
      height: patch * scale,
      text: place === centre ? 'A' : `${places.indexOf(place) + 1}`,
    }));
    const numbers = positions.map((_, i) => `${i + 1}`);
    const said = (position: number) => {
      const logits = answer?.slice(position * positions.length, (position + 1) * positions.length);
      return logits === undefined ? '' : `, answered ${positions[largest(logits)]}`;
    };
    const second = mosaic(
      places.map((place) => shown[place]),
      numbers,
      4,
      2,
    );
    return {
      question: 'Where does each numbered patch lie, seen from A?',
      answer: positions.map((name, i) => `${i + 1} ${name}${said(i)}`).join('; '),
      rows: [
        [
          { ...sourcePanel(view, factors), outlines },
          { caption: 'A', ...mosaic([shown[centre]], ['A'], 1, 2), role: 'input' },
          { caption: 'the others, one at a time', ...second, role: 'input' },
        ],
      ],
    };
  },
});
