/**
 * Exemplar networks by triplets: two views of one recording lie closer to each other than to views of others. Doersch and
 * Zisserman, "Multi-task self-supervised visual learning", ICCV 2017, after Dosovitskiy et al., NIPS 2014; semi-hard
 * negatives as in Kolesnikov, Zhai and Beyer, CVPR 2019.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { drawInceptionCrop } from '../../data/augment/inception-crop.ts';
import { toColour, toGrey } from '../../data/transform/grey.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import { l2Normalise } from '../../graph/operators/lp-normalisation.ts';
import { argMax } from '../../graph/operators/selection.ts';
import {
  cast,
  divide,
  equal,
  gather,
  indices,
  literal,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  relu,
  reshape,
  stopGradient,
  subtract,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { squaredDistances, tripletLoss } from '../../nn/losses/triplet.ts';
import { float32, hostArray } from '../../tensor/host-array.ts';
import { exemplarView, factorsOfViews } from '../exemplar-view.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { mosaic } from '../tile-mosaic.ts';

const options = z.strictObject({
  patch: z.int().min(8).default(32).describe('side of a view in pixels (paper: 224)'),
  crops: z.int().min(2).default(4).describe('views of one item (released: 8)'),
  sameFrame: z.boolean().default(true).describe('all views of one frame; otherwise each of a frame of its own'),
  smallestArea: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.2)
    .describe("smallest area of a view, as a share of the frame's (released: 0.05)"),
  largestArea: z.number().min(0.01).max(1).default(1).describe('largest area, likewise (released: 1)'),
  aspect: z
    .number()
    .min(1)
    .max(4)
    .default(4 / 3)
    .describe('largest ratio of the sides of a view, either way (released: 4/3)'),
  grey: z
    .number()
    .min(0)
    .max(1)
    .default(0.66)
    .describe('share of colour views that are shown in grey (released: 0.66)'),
  rotation: z.number().min(0).max(180).default(20).describe('largest turn in degrees (released: 0)'),
  contrast: z.number().min(1).default(2).describe('largest factor of contrast (released: 1)'),
  power: z.number().min(1).default(2).describe('largest power of the values (released: 1)'),
  brightness: z.number().min(0).max(0.5).default(0.1).describe('largest change of all values (released: 0)'),
  embedding: z.int().min(2).default(64).describe('length of the vectors compared (released: 1000)'),
  margin: z.number().positive().max(4).default(0.5).describe('by how much others must be farther (released: 0.5)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { patch, crops, sameFrame } = chosen;
  const length = channels * patch * patch;
  const data = new Float32Array(crops * length);
  const first = random.integer(view.frames);
  const ranges = { ...unmoved, ...chosen, rotationDegrees: chosen.rotation };
  const areas = { ...chosen, largestAspect: chosen.aspect };
  const drawn = Array.from({ length: crops }, (_, i) => {
    const own = random.split('view', i);
    const frame = sameFrame ? first : own.integer(view.frames);
    const picture = withChannels(view.read({ start: frame, count: 1 }), channels);
    const place = drawInceptionCrop(view.height, view.width, own, areas);
    const seen = exemplarView(picture, place, patch, ranges, own);
    const grey = channels === 3 && own.bernoulli(chosen.grey);
    const shown = grey ? toColour(toGrey(seen.pixels)) : seen.pixels;
    data.set(channelsFirst(standardise(shown)), i * length);
    const { height, width } = place;
    return { ...seen.drawn, height, width, grey: grey ? 1 : 0, frames: frame };
  });
  return {
    inputs: { views: hostArray('float32', [crops, channels, patch, patch], data) },
    factors: { frame: drawn[0].frames, ...factorsOfViews(drawn) },
  };
}

/** Views differ by where they are cut: they are not moved and scaled once more. */
const unmoved = {
  ...{ translation: 0, smallestScale: 1, largestScale: 1, smallestGain: 1, largestGain: 1 },
  ...{ hue: 0, blur: 0 },
};

/** Fraction of views whose nearest other view is of the same item. */
function retrieval(embedded: Tensor, classes: number[]): Tensor {
  const count = classes.length;
  const itself = float32([count, count], 0);
  for (let i = 0; i < count; i++) itself.data[i * (count + 1)] = 10;
  const similarity = subtract(matmul(embedded, embedded, { transposeB: true }), literal(itself));
  const nearest = gather(indices(classes), argMax(stopGradient(similarity), 1));
  return reduceMean(cast(equal(nearest, indices(classes)), 'float32'));
}

/** Mean squared distance of views of one item, and of different items: both become 0 where all vectors are the same. */
function distances(embedded: Tensor, classes: number[]): Record<'sameDistance' | 'otherDistance', Tensor> {
  const all = squaredDistances(embedded);
  const meanOver = (wanted: (a: number, b: number) => boolean) => {
    const weights = float32([classes.length, classes.length], 0);
    classes.forEach((_, a) => {
      classes.forEach((_, b) => {
        if (wanted(a, b)) weights.data[a * classes.length + b] = 1;
      });
    });
    const count = weights.data.reduce((sum, weight) => sum + weight, 0);
    return divide(reduceSum(multiply(all, literal(weights))), Math.max(1, count));
  };
  return {
    sameDistance: meanOver((a, b) => a !== b && classes[a] === classes[b]),
    otherDistance: meanOver((a, b) => classes[a] !== classes[b]),
  };
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
        id: 'colour',
        title: 'The colour of a recording',
        why: 'Stain and white balance tell recordings apart without anything that is in them.',
        counter: { option: 'grey', guarded: 1, open: 0 },
      },
      {
        id: 'outline',
        title: 'The outline of the field of view',
        why: 'Large views show the sector, whose geometry belongs to a machine and not to a patient.',
        counter: { option: 'largestArea', guarded: 0.5, open: 1 },
      },
    ],
    expectations:
      'A loss that stays at the margin means that all vectors have become the same. ' +
      'Recordings of one patient count as different, so the features may keep what makes them differ: the view.',
  },
  options,
  presets: {
    paper: {
      options: {
        ...{ patch: 224, crops: 8, embedding: 1000, smallestArea: 0.05 },
        ...{ rotation: 0, contrast: 1, power: 1, brightness: 0 },
      },
      trunk: { id: 'resnet', preset: 'resnet50-x12' },
      recipe: {
        batchSize: 64,
        steps: 700_000,
        optimiser: { kind: 'sgd', learningRate: 0.025, momentum: 0.9, weightDecay: 1e-4 },
        schedule: { kind: 'steps', at: [15 / 35, 25 / 35], factor: 0.1, warmup: 5 / 35 },
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
      measures: { retrieval: retrieval(embedded, classes), ...distances(embedded, classes) },
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
    const [rows, columns, heights, widths] = [factors.y, factors.x, factors.height, factors.width] as number[][];
    const numbers = rows.map((_, i) => `${i + 1}`);
    const frame = view.read({ start: Number(factors.frame), count: 1 });
    const outlines = rows.map((y, i) => ({
      x: columns[i] - widths[i] / 2,
      y: y - heights[i] / 2,
      width: widths[i],
      height: heights[i],
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
