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
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import { split } from '../../graph/layout.ts';
import { relu, reshape } from '../../graph/primitives.ts';
import { dropBy } from '../../nn/layers/dropout.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { inverseOrder, type PermutationSet, permutationSet } from '../permutation-set.ts';
import { sourcePanel } from '../source-panel.ts';
import { cutTile, drawChannelShifts } from '../tile-cut.ts';
import { type AxisGrid, cellLength, drawCorners, gridLength } from '../tile-grid.ts';
import { mosaic } from '../tile-mosaic.ts';

const sideCount = 3;
const tileCount = sideCount * sideCount;
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
  dropout: z.number().min(0).max(0.9).default(0).describe('share of fc6 and fc7 left out while training (paper: 0.5)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, PermutationSet>;

const gridOf = ({ tile, gap, jitter }: Options): AxisGrid => ({ count: sideCount, tile, gap, jitter });
const sideOf = (chosen: Options): number => gridLength(gridOf(chosen));

function keptUnits(random: Random, count: number, rate: number) {
  return hostArray(
    'float32',
    [count],
    Float32Array.from({ length: count }, () => (random.bernoulli(rate) ? 0 : 1)),
  );
}

function sample(view: SampleView, random: Random, { options: chosen, prepared, channels }: Context): Sample {
  const { tile, tileFeatures, hidden, dropout } = chosen;
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
  const units = random.split('dropout');
  return {
    inputs: {
      tiles: hostArray('float32', [tileCount, channels, tile, tile], data),
      order: int64([], [answer]),
      ...(dropout > 0 ? { keptUnits: keptUnits(units, tileCount * tileFeatures + hidden, dropout) } : {}),
    },
    factors: {
      frame,
      cropTop: box.y,
      cropLeft: box.x,
      cropSide: box.height,
      order: answer,
      tileTops: corners.map(([y]) => y),
      tileLefts: corners.map(([, x]) => x),
      grey: grey ? 1 : 0,
      channelShifts: shifts,
    },
  };
}

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
      },
      trunk: { id: 'cfn', preset: 'paper' },
      recipe: {
        batchSize: 256,
        steps: 350_000,
        optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [0.286, 0.571, 0.857], factor: 0.1 },
      },
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
      },
      trunk: { id: 'cfn', preset: 'paper' },
      recipe: {
        batchSize: 256,
        steps: 350_000,
        optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [0.286, 0.571, 0.857], factor: 0.1 },
      },
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
  inputs: ({ options: { tile, dropout, tileFeatures, hidden }, channels }) => ({
    tiles: { dtype: 'float32', shape: [tileCount, channels, tile, tile] },
    order: { dtype: 'int64', shape: [] },
    ...(dropout > 0 ? { keptUnits: { dtype: 'float32' as const, shape: [tileCount * tileFeatures + hidden] } } : {}),
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
    const { tile, tileFeatures, hidden, dropout } = chosen;
    const [batch] = inputs.tiles.shape;
    const trunkOutput = trunk(reshape(inputs.tiles, [batch * tileCount, channels, tile, tile]));
    const { map } = trunkOutput;
    const flat = reshape(map, [batch * tileCount, map.shape.slice(1).reduce((a, b) => a * b, 1)]);
    const described = relu(linearLayer(scope, 'fc6', flat, { features: tileFeatures }));
    const joined = reshape(described, [batch, tileCount * tileFeatures]);
    const [first, second] =
      dropout > 0 && scope.training ? split(inputs.keptUnits, [tileCount * tileFeatures, hidden], 1) : [];
    const kept = first === undefined ? joined : dropBy(joined, first, dropout);
    const all = relu(linearLayer(scope, 'fc7', kept, { features: hidden }));
    const last = second === undefined ? all : dropBy(all, second, dropout);
    const logits = linearLayer(scope, 'fc8', last, { features: chosen.permutations });
    return classificationTask(trunkOutput, logits, inputs.order, prepared.orders.map(nameOf));
  },
  draw: ({ inputs: { tiles }, factors }, { options: chosen, prepared, channels }, { view, answer }) => {
    const { tile } = chosen;
    const length = channels * tile * tile;
    const all = tiles.data as Float32Array;
    const shown = Array.from({ length: tileCount }, (_, place) =>
      stretched(channelsLast(all.slice(place * length, (place + 1) * length), [1, tile, tile, channels])),
    );
    const order = prepared.orders[Number(factors.order)];
    const source = sourcePanel(view, factors);
    const scale = Number(factors.cropSide) / sideOf(chosen);
    const [tops, lefts] = [factors.tileTops as number[], factors.tileLefts as number[]];
    const outlines = tops.map((top, i) => ({
      x: Number(factors.cropLeft) + lefts[i] * scale,
      y: Number(factors.cropTop) + top * scale,
      width: tile * scale,
      height: tile * scale,
      text: `${i + 1}`,
    }));
    const said = answer === undefined ? undefined : prepared.orders[largest(answer)];
    const space = Math.max(1, cellLength(gridOf(chosen)) - tile);
    const laid = (places: readonly number[], numbers: readonly number[]) =>
      mosaic(
        places.map((place) => shown[place]),
        numbers.map((number) => `${number + 1}`),
        sideCount,
        space,
      );
    const first = Array.from({ length: tileCount }, (_, place) => place);
    return {
      question: 'In which order do the nine tiles lie?',
      answer: `tiles ${nameOf(order)}, number ${Number(factors.order) + 1} of ${chosen.permutations} orders`,
      rows: [
        [
          { ...source, outlines },
          { caption: 'the tiles as the network gets them', ...laid(first, order), role: 'input' },
          ...(said === undefined
            ? []
            : [
                {
                  caption: `put back as it answered: ${nameOf(said)}`,
                  ...laid(
                    inverseOrder(said),
                    inverseOrder(said).map((place) => order[place]),
                  ),
                  role: 'output' as const,
                },
              ]),
        ],
      ],
    };
  },
});

const nameOf = (order: readonly number[]): string => order.map((tile) => tile + 1).join(' ');
