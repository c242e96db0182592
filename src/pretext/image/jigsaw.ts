/**
 * Jigsaw puzzles: nine tiles of a picture in another order, and the network says which. Noroozi and Favaro, "Unsupervised
 * learning of visual representations by solving jigsaw puzzles", ECCV 2016. The network is context-free: every tile goes
 * through the same column by itself, and only the last layers see all nine.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { randomSquareCrop } from '../../data/augment/random-crop.ts';
import { toColour, toGrey } from '../../data/transform/grey.ts';
import { channelsFirst, standardise, withChannels } from '../../data/transform/layout.ts';
import { relu, reshape } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, uniformChance } from '../classification.ts';
import { firstWeightsField, startOf } from '../first-weights.ts';
import { drawJigsaw, gridOf, tileCount } from '../jigsaw-drawing.ts';
import { drawKeptUnits, dropoutField, keptUnitsSpec, unitDrops } from '../kept-units.ts';
import { defineMethod, type MethodContext, type Recipe, type Sample, type SampleView } from '../method.ts';
import { orderName, type PermutationSet, permutationSet } from '../permutation-set.ts';
import { cropFactors } from '../source-panel.ts';
import { cutTile, drawChannelShifts } from '../tile-cut.ts';
import { drawCorners, gridLength } from '../tile-grid.ts';

const greatestFactorial = 362_880;

const options = z.strictObject({
  permutations: z
    .int()
    .min(2)
    .max(greatestFactorial)
    .default(24)
    .describe('number of orders told apart (paper: 1000; released: 100)'),
  rule: z
    .enum(['max_min', 'max_avg', 'random'])
    .default('max_min')
    .describe('orders far from each other by their nearest neighbour, by the mean distance (paper), or any'),
  tile: z.int().min(8).default(20).describe('side of a tile in pixels (paper: 64)'),
  gap: z.int().min(0).default(2).describe('smallest space between neighbouring tiles in pixels (paper: 0)'),
  jitter: z
    .int()
    .min(0)
    .default(4)
    .describe('pixels by which a tile moves in its cell (paper: 11, crop of 225; released: 21, crop of 255)'),
  normalise: z
    .enum(['tile', 'picture'])
    .default('tile')
    .describe('mean 0 and deviation 1 for each tile by itself (paper), or for the picture as a whole'),
  smallestCrop: z.number().min(0.1).max(1).default(0.7).describe('shortest side of the part used, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of the part used, as a fraction'),
  grey: z.number().min(0).max(1).default(0.3).describe('share of colour pictures shown in grey (paper: 0.3)'),
  channelShift: z
    .int()
    .min(0)
    .default(2)
    .describe('pixels by which red, green and blue are moved against each other at most (paper: 2)'),
  tileFeatures: z
    .int()
    .min(1)
    .default(64)
    .describe('numbers that describe one tile, fc6 (released: 1024; figure: 512)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe all nine, fc7 (paper: 4096)'),
  dropout: dropoutField.describe('share of fc6 and fc7 left out while training (paper: 0.5)'),
  firstWeights: firstWeightsField,
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, PermutationSet>;

const sideOf = (chosen: Options): number => gridLength(gridOf(chosen));
/** Units that dropout may leave out: fc6 of every tile, and fc7. */
const unitCount = ({ tileFeatures, hidden }: Options): number => tileCount * tileFeatures + hidden;

function sample(view: SampleView, random: Random, { options: chosen, prepared, channels }: Context): Sample {
  const { tile } = chosen;
  const frame = random.integer(view.frames);
  const picture = withChannels(view.read({ start: frame, count: 1 }), channels);
  const { pixels, box } = randomSquareCrop(
    picture,
    random.split('crop'),
    sideOf(chosen),
    chosen.smallestCrop,
    chosen.largestCrop,
  );
  const grey = channels === 3 && random.bernoulli(chosen.grey);
  const shown = grey ? toColour(toGrey(pixels)) : pixels;
  const normalised = chosen.normalise === 'picture' ? standardise(shown) : shown;
  const answer = random.integer(prepared.orders.length);
  const corners = drawCorners([gridOf(chosen), gridOf(chosen)], random.split('tiles'));
  const shifts = drawChannelShifts(random.split('shifts'), channels, grey ? 0 : chosen.channelShift);
  const length = channels * tile * tile;
  const data = new Float32Array(tileCount * length);
  prepared.orders[answer].forEach((from, place) => {
    const cut = cutTile(normalised, corners[from], shifts, tile);
    data.set(channelsFirst(chosen.normalise === 'tile' ? standardise(cut) : cut), place * length);
  });
  return {
    inputs: {
      tiles: hostArray('float32', [tileCount, channels, tile, tile], data),
      order: int64([], [answer]),
      ...drawKeptUnits(random.split('dropout'), unitCount(chosen), chosen.dropout),
    },
    factors: {
      frame,
      ...cropFactors(box),
      order: answer,
      tileTops: corners.map(([y]) => y),
      tileLefts: corners.map(([, x]) => x),
      grey: grey ? 1 : 0,
      channelShifts: shifts,
    },
  };
}

/** The released solver's, for either crop. */
const published: Recipe = {
  batchSize: 256,
  steps: 350_000,
  optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4 },
  schedule: { kind: 'steps', at: [2 / 7, 4 / 7, 6 / 7], factor: 0.1 },
};

export const jigsaw = defineMethod<Options, PermutationSet>({
  card: {
    id: 'jigsaw',
    title: 'Jigsaw puzzles',
    idea: 'To put the parts of a picture where they belong, a network must know the parts and how they hang together.',
    question: 'In which order do the nine tiles lie?',
    inputs: ['image', 'clip', 'volume'],
    paper: {
      authors: 'Noroozi and Favaro',
      title: 'Unsupervised learning of visual representations by solving jigsaw puzzles',
      venue: 'ECCV',
      year: 2016,
      url: 'https://arxiv.org/abs/1603.09246',
    },
    colour: '#D55E00',
    shortcuts: [
      {
        id: 'edges',
        title: 'Lines that continue across an edge',
        why: 'Where tiles touch, an edge or a texture that goes on names the neighbour without any content.',
        counter: { option: 'gap', guarded: 2, open: 0 },
      },
      {
        id: 'distance',
        title: 'A fixed distance between tiles',
        why: 'With the same space everywhere, a line can be continued over it.',
        counter: { option: 'jitter', guarded: 4, open: 0 },
      },
      {
        id: 'intensity',
        title: 'Brightness and contrast of neighbours',
        why: 'Tiles that lie side by side have similar means and deviations, so sorting by brightness solves much.',
        counter: { option: 'normalise', guarded: 'tile', open: 'picture' },
      },
      {
        id: 'aberration',
        title: 'Colour fringes of the lens',
        why: 'A lens moves red and blue outwards, so the fringes tell how far a tile lies from the centre.',
        counter: { option: 'channelShift', guarded: 2, open: 0 },
      },
      {
        id: 'outline',
        title: 'The outline of the field of view',
        why: 'The apex of a sector or a black corner occurs in one tile only and says which it is.',
        counter: { option: 'largestCrop', guarded: 0.8, open: 1 },
      },
    ],
    expectations:
      'Accuracy rises the more slowly the more orders there are; too few make the question easy and the features poor. ' +
      'A solved puzzle with features no better than before training is the mark of a shortcut.',
  },
  options,
  presets: {
    paper: {
      options: {
        permutations: 1000,
        rule: 'max_avg',
        tile: 64,
        gap: 0,
        jitter: 21,
        smallestCrop: 0.996,
        largestCrop: 0.996,
        tileFeatures: 1024,
        hidden: 4096,
        dropout: 0.5,
        firstWeights: 'caffe',
      },
      trunk: { id: 'cfn', preset: 'paper' },
      recipe: published,
    },
    'paper-225': {
      options: {
        permutations: 1000,
        rule: 'max_avg',
        tile: 64,
        gap: 0,
        jitter: 11,
        smallestCrop: 0.879,
        largestCrop: 0.879,
        tileFeatures: 512,
        hidden: 4096,
        dropout: 0.5,
        firstWeights: 'caffe',
      },
      trunk: { id: 'cfn', preset: 'paper' },
      recipe: published,
    },
    tiny: {
      options: {},
      trunk: { id: 'cfn', preset: 'tiny' },
      recipe: {
        batchSize: 32,
        steps: 800,
        optimiser: { kind: 'sgd', learningRate: 0.03, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: ({ permutations }) => uniformChance(permutations),
  refuses: (item, chosen) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    const side = sideOf(chosen);
    return Math.min(item.height, item.width) * chosen.smallestCrop < side / 4
      ? `${item.width}×${item.height} pixels are too few for a puzzle of ${side}×${side}`
      : undefined;
  },
  prepare: (_, { permutations, rule }, random) =>
    permutationSet({ tiles: tileCount, count: permutations, rule }, random),
  inputs: ({ options: chosen, channels }) => ({
    tiles: { dtype: 'float32', shape: [tileCount, channels, chosen.tile, chosen.tile] },
    order: { dtype: 'int64', shape: [] },
    ...keptUnitsSpec(unitCount(chosen), chosen.dropout),
  }),
  presentation: ({ options: chosen, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size: sideOf(chosen),
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, prepared, inputs, scope, trunk, channels }) => {
    const { tile, tileFeatures, hidden, dropout, firstWeights } = chosen;
    const [batch] = inputs.tiles.shape;
    const trunkOutput = trunk(reshape(inputs.tiles, [batch * tileCount, channels, tile, tile]));
    const { map } = trunkOutput;
    const flat = reshape(map, [batch * tileCount, map.shape.slice(1).reduce((a, b) => a * b, 1)]);
    const start = startOf(firstWeights);
    const [dropTiles, dropAll] = unitDrops(scope, inputs.keptUnits, dropout, [tileCount * tileFeatures, hidden]);
    const described = relu(linearLayer(scope, 'fc6', flat, { features: tileFeatures, ...start.hidden }));
    const joined = dropTiles(reshape(described, [batch, tileCount * tileFeatures]));
    const all = dropAll(relu(linearLayer(scope, 'fc7', joined, { features: hidden, ...start.hidden })));
    const logits = linearLayer(scope, 'fc8', all, { features: chosen.permutations, ...start.answer });
    return classificationTask(trunkOutput, logits, inputs.order, prepared.orders.map(orderName));
  },
  draw: drawJigsaw,
});
