/**
 * Exemplar networks by triplets: two views of one recording lie closer to each other than to views of others. Doersch and
 * Zisserman, "Multi-task self-supervised visual learning", ICCV 2017, after Dosovitskiy et al., NIPS 2014; semi-hard
 * negatives as in Kolesnikov, Zhai and Beyer, CVPR 2019.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import { l2Normalise } from '../../graph/operators/lp-normalisation.ts';
import { argMax } from '../../graph/operators/selection.ts';
import {
  cast,
  equal,
  gather,
  indices,
  literal,
  matmul,
  reduceMean,
  relu,
  reshape,
  stopGradient,
  subtract,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { tripletLoss } from '../../nn/losses/triplet.ts';
import { float32, hostArray } from '../../tensor/host-array.ts';
import { exemplarView } from '../exemplar-view.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { mosaic } from '../tile-mosaic.ts';

const options = z.strictObject({
  patch: z.int().min(8).default(32).describe('side of a view in pixels (paper: 224)'),
  crops: z.int().min(2).default(4).describe('views of one item (released: 8)'),
  sameFrame: z.boolean().default(true).describe('all views of one frame; otherwise each of a frame of its own'),
  smallestCrop: z.number().min(0.1).max(1).default(0.5).describe('shortest side of a view, as a fraction of the frame'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of a view, as a fraction of the frame'),
  rotation: z.number().min(0).max(180).default(20).describe('largest turn in degrees'),
  contrast: z.number().min(1).default(2).describe('largest factor of contrast'),
  power: z.number().min(1).default(2).describe('largest power of the values'),
  brightness: z.number().min(0).max(0.5).default(0.1).describe('largest change of all values'),
  embedding: z.int().min(2).default(64).describe('length of the vectors compared (released: 1000)'),
  margin: z.number().positive().max(4).default(0.5).describe('by how much others must be farther (released: 0.5)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { patch, crops, sameFrame, smallestCrop, largestCrop } = chosen;
  const length = channels * patch * patch;
  const data = new Float32Array(crops * length);
  const first = random.integer(view.frames);
  const ranges = { ...chosen, rotationDegrees: chosen.rotation, translation: 0, scale: 1 };
  const drawn = Array.from({ length: crops }, (_, i) => {
    const own = random.split('view', i);
    const frame = sameFrame ? first : own.integer(view.frames);
    const picture = withChannels(view.read({ start: frame, count: 1 }), channels);
    const side = Math.min(view.height, view.width) * own.uniform(Math.min(smallestCrop, largestCrop), largestCrop);
    const y = own.uniform(side / 2, view.height - side / 2);
    const x = own.uniform(side / 2, view.width - side / 2);
    const seen = exemplarView(picture, { y, x, side }, patch, ranges, own);
    data.set(channelsFirst(standardise(seen.pixels)), i * length);
    return { ...seen.drawn, side, frame };
  });
  return {
    inputs: { views: hostArray('float32', [crops, channels, patch, patch], data) },
    factors: {
      frame: drawn[0].frame,
      frames: drawn.map(({ frame }) => frame),
      centreRows: drawn.map(({ y }) => y),
      centreColumns: drawn.map(({ x }) => x),
      sides: drawn.map(({ side }) => side),
      degrees: drawn.map(({ degrees }) => degrees),
      contrasts: drawn.map(({ contrast }) => contrast),
      powers: drawn.map(({ power }) => power),
      brightnesses: drawn.map(({ brightness }) => brightness),
    },
  };
}

/** Fraction of views whose nearest other view is of the same item. */
function retrieval(embedded: Tensor, classes: number[]): Tensor {
  const count = classes.length;
  const itself = float32([count, count], 0);
  for (let i = 0; i < count; i++) itself.data[i * (count + 1)] = 10;
  const similarity = subtract(matmul(embedded, embedded, { transposeB: true }), literal(itself));
  const nearest = gather(indices(classes), argMax(stopGradient(similarity), 1));
  return reduceMean(cast(equal(nearest, indices(classes)), 'float32'));
}

export const exemplarTriplet = defineMethod<Options>({
  card: {
    id: 'exemplar-triplet',
    title: 'Exemplar, triplets',
    idea: 'Views of one recording should look alike to the network, and unlike views of any other.',
    question: 'Which of the other views is of the same recording?',
    inputs: ['image', 'clip', 'volume'],
    paper: {
      authors: 'Doersch and Zisserman',
      title: 'Multi-task self-supervised visual learning',
      venue: 'ICCV',
      year: 2017,
      url: 'https://arxiv.org/abs/1708.07860',
    },
    colour: '#999933',
    shortcuts: [
      {
        id: 'intensity',
        title: 'Brightness and contrast of a recording',
        why: 'The settings of a machine tell recordings apart without anything that is in them.',
        counter: { option: 'power', guarded: 2, open: 1 },
      },
      {
        id: 'outline',
        title: 'The outline of the field of view',
        why: 'Large views show the sector, whose geometry belongs to a machine and not to a patient.',
        counter: { option: 'largestCrop', guarded: 0.7, open: 1 },
      },
    ],
    expectations:
      'A loss that stays at the margin means that all vectors have become the same. ' +
      'Recordings of one patient count as different, so the features may keep what makes them differ: the view.',
  },
  options,
  presets: {
    paper: {
      options: { patch: 224, crops: 8, embedding: 1000, smallestCrop: 0.3 },
      trunk: { id: 'caffenet', preset: 'paper' },
      recipe: {
        batchSize: 64,
        steps: 700_000,
        optimiser: { kind: 'sgd', learningRate: 0.025, momentum: 0.9, weightDecay: 1e-4 },
        schedule: { kind: 'steps', at: [0.43, 0.71], factor: 0.1 },
      },
    },
    tiny: {
      options: {},
      trunk: { id: 'exemplar-cnn', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 600,
        optimiser: { kind: 'adam', learningRate: 2e-3 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: () => ({}),
  refuses: (item, { patch }) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    return Math.min(item.height, item.width) < patch / 2
      ? `${item.width}×${item.height} pixels are fewer than half a view of ${patch}×${patch}`
      : undefined;
  },
  inputs: ({ options: { crops, patch }, channels }) => ({
    views: { dtype: 'float32', shape: [crops, channels, patch, patch] },
  }),
  presentation: ({ options: { patch }, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size: patch,
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: { patch, crops, embedding, margin }, inputs: { views }, scope, trunk, channels }) => {
    const [batch] = views.shape;
    const trunkOutput = trunk(reshape(views, [batch * crops, channels, patch, patch]));
    const { features } = trunkOutput;
    const embedded = l2Normalise(linearLayer(scope, 'embedding', relu(features), { features: embedding }), 1);
    const classes = Array.from({ length: batch * crops }, (_, i) => Math.floor(i / crops));
    return {
      objectives: [{ name: 'triplets', loss: tripletLoss(embedded, indices(classes), margin) }],
      measures: { retrieval: retrieval(embedded, classes) },
      embedding: embedded,
      trunkOutput,
    };
  },
  draw: ({ inputs: { views }, factors }, { options: { patch, crops }, channels }, { view }) => {
    const length = channels * patch * patch;
    const shown = Array.from({ length: crops }, (_, i) =>
      stretched(
        channelsLast((views.data as Float32Array).slice(i * length, (i + 1) * length), [1, patch, patch, channels]),
      ),
    );
    const [rows, columns, sides] = [factors.centreRows, factors.centreColumns, factors.sides] as number[][];
    const numbers = rows.map((_, i) => `${i + 1}`);
    const frame = view.read({ start: Number(factors.frame), count: 1 });
    const outlines = rows.map((y, i) => ({
      x: columns[i] - sides[i] / 2,
      y: y - sides[i] / 2,
      width: sides[i],
      height: sides[i],
      text: numbers[i],
    }));
    return {
      question: 'Which views are of the same recording?',
      answer: `these ${crops}, and none of another item in the batch`,
      rows: [
        [
          {
            caption: 'the recording, and where its views are taken, before they are turned',
            picture: frame,
            outlines,
            role: 'source',
          },
          {
            caption: 'the views as the network gets them',
            ...mosaic(shown, numbers, Math.min(4, crops), 2),
            role: 'input',
          },
        ],
      ],
    };
  },
});
