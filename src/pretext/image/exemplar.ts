/**
 * Exemplar networks by surrogate classes: every seed patch is a class of its own, its members are the patch seen in other
 * ways. Dosovitskiy, Fischer, Springenberg, Riedmiller and Brox, "Discriminative unsupervised feature learning with
 * exemplar convolutional neural networks", NIPS 2014; TPAMI 2016.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { relu, reshape } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { chooseSeeds, type Seeds, seedPixels } from '../exemplar-seeds.ts';
import { exemplarView, factorsOfViews } from '../exemplar-view.ts';
import { drawKeptUnits, dropoutField, keptUnitsSpec, unitDrops } from '../kept-units.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { mosaic } from '../tile-mosaic.ts';

const options = z.strictObject({
  patch: z.int().min(8).default(32).describe('side of a patch in pixels (paper: 32)'),
  seeds: z.int().min(2).max(32_000).default(512).describe('number of surrogate classes (paper: 8000)'),
  crops: z.int().min(1).default(8).describe('patches in one sample, each of a seed of its own'),
  selection: z
    .enum(['gradient', 'uniform'])
    .default('gradient')
    .describe('seeds drawn in proportion to their squared gradients (paper), or anywhere'),
  translation: z.number().min(0).max(0.5).default(0.2).describe('movement, as a fraction of the side (paper: 0.2)'),
  seedScale: z
    .number()
    .min(1)
    .default(2)
    .describe('pictures are shrunk by up to this factor before a seed is cut, where they are large enough'),
  smallestScale: z.number().min(0.5).max(1).default(0.7).describe('smallest factor of size (paper: 0.7)'),
  largestScale: z.number().min(1).max(2).default(1.4).describe('largest factor of size (paper: 1.4)'),
  rotation: z.number().min(0).max(180).default(20).describe('largest turn in degrees (paper: 20)'),
  contrast: z
    .number()
    .min(1)
    .default(2)
    .describe('largest factor of contrast (paper: 2); in colour, of each principal component of the colours'),
  power: z
    .number()
    .min(1)
    .default(2)
    .describe(
      'largest power of the values, the smallest its reciprocal (paper: 4); in colour, of saturation and value',
    ),
  smallestGain: z.number().min(0.1).max(1).default(0.7).describe('smallest factor of the same (paper: 0.7)'),
  largestGain: z.number().min(1).max(4).default(1.4).describe('largest factor of the same (paper: 1.4)'),
  brightness: z.number().min(0).max(0.5).default(0.1).describe('largest number added to the same (paper: 0.1)'),
  hue: z
    .number()
    .min(0)
    .max(0.5)
    .default(0.1)
    .describe('largest change of hue, in turns (paper: 0.1); colour only: grey data have none'),
  blur: z
    .number()
    .min(0)
    .max(4)
    .default(0)
    .describe('largest deviation of a Gaussian blur in pixels (paper: 0; more where patches are matched)'),
  normalise: z
    .enum(['patch', 'data'])
    .default('patch')
    .describe('mean 0 and deviation 1 for each patch, or the mean of all seeds taken away (paper)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe a patch before the answer (paper: 512)'),
  dropout: dropoutField.describe('share of those left out while training (paper: 0.5)'),
});
type Options = z.infer<typeof options>;

type Context = MethodContext<Options, Seeds>;

function sample(_: SampleView, random: Random, { options: chosen, prepared, channels }: Context): Sample {
  const { patch, crops, seeds } = chosen;
  const length = channels * patch * patch;
  const data = new Float32Array(crops * length);
  const middle = { y: prepared.side / 2, x: prepared.side / 2, height: patch, width: patch };
  const ranges = { ...chosen, rotationDegrees: chosen.rotation };
  const colours = channels === 3 ? prepared.colours : undefined;
  const classes = Array.from({ length: crops }, () => random.integer(seeds));
  const drawn = classes.map((seed, i) => {
    const seen = exemplarView(seedPixels(prepared, seed), middle, patch, ranges, random.split('view', i), colours);
    const shown = chosen.normalise === 'patch' ? standardise(seen.pixels) : withoutMean(seen.pixels, prepared.mean);
    data.set(channelsFirst(withChannels(shown, channels)), i * length);
    return seen.drawn;
  });
  return {
    inputs: {
      patches: hostArray('float32', [crops, channels, patch, patch], data),
      seeds: int64([crops], classes),
      ...drawKeptUnits(random.split('dropout'), crops * chosen.hidden, chosen.dropout),
    },
    factors: {
      seeds: classes,
      seedScales: classes.map((seed) => prepared.scales[seed]),
      ...factorsOfViews(drawn),
    },
  };
}

const withoutMean = ({ data, shape }: Pixels<Float32Array>, mean: readonly number[]): Pixels<Float32Array> => ({
  data: data.map((value, i) => value - mean[i % mean.length]),
  shape,
});

export const exemplar = defineMethod<Options, Seeds>({
  card: {
    id: 'exemplar',
    title: 'Exemplar, surrogate classes',
    idea: 'To know a patch again however it is moved, turned or lit, a network must describe what does not change.',
    question: 'Of which seed is this patch a view?',
    inputs: ['image', 'clip', 'volume'],
    paper: {
      authors: 'Dosovitskiy, Springenberg, Riedmiller and Brox',
      title: 'Discriminative unsupervised feature learning with convolutional neural networks',
      venue: 'NIPS',
      year: 2014,
      url: 'https://arxiv.org/abs/1406.6909',
    },
    colour: '#CC79A7',
    shortcuts: [
      {
        id: 'intensity',
        title: 'Brightness and contrast of a seed',
        why: 'A histogram tells many seeds apart without any shape.',
        counter: { option: 'power', guarded: 2, open: 1 },
      },
      {
        id: 'colour',
        title: 'The colour of a seed',
        why: 'Stain and white balance tell seeds apart without any shape.',
        counter: { option: 'hue', guarded: 0.1, open: 0 },
      },
      {
        id: 'place',
        title: 'The same pixel grid',
        why: 'Unmoved patches can be compared pixel by pixel.',
        counter: { option: 'translation', guarded: 0.2, open: 0 },
      },
    ],
    expectations:
      'What is learnt is invariance to the listed changes, wanted or not: with turns allowed, the features forget them. ' +
      'With many seeds, near-duplicates fall into different classes and accuracy drops.',
  },
  options,
  presets: {
    paper: {
      options: { seeds: 8000, power: 4, hidden: 512, dropout: 0.5, crops: 1, normalise: 'data' },
      trunk: { id: 'exemplar-cnn', preset: 'paper' },
      recipe: {
        batchSize: 128,
        steps: 1_500_000,
        optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9 },
        schedule: { kind: 'steps', at: [0.5, 0.75, 0.9], factor: 0.25 },
      },
    },
    tiny: {
      // Of 512 classes the first few thousand patches show each too seldom: the loss stays at ln 512.
      options: { seeds: 64 },
      trunk: { id: 'exemplar-cnn', preset: 'tiny' },
      recipe: {
        batchSize: 8,
        steps: 800,
        optimiser: { kind: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 1e-4 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: ({ seeds }) => uniformChance(seeds),
  refuses: (item, { patch }) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    return Math.min(item.height, item.width) < patch
      ? `${item.width}×${item.height} pixels are fewer than a patch of ${patch}×${patch}`
      : undefined;
  },
  prepare: chooseSeeds,
  inputs: ({ options: { crops, patch, hidden, dropout }, channels }) => ({
    patches: { dtype: 'float32', shape: [crops, channels, patch, patch] },
    seeds: { dtype: 'int64', shape: [crops] },
    ...keptUnitsSpec(crops * hidden, dropout),
  }),
  presentation: ({ options: { patch }, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size: 2 * patch,
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs: { patches, seeds, keptUnits }, scope, trunk, channels }) => {
    const count = patches.shape[0] * patches.shape[1];
    const trunkOutput = trunk(reshape(patches, [count, channels, chosen.patch, chosen.patch]));
    const { map } = trunkOutput;
    const flat = reshape(map, [count, map.shape.slice(1).reduce((a, b) => a * b, 1)]);
    const [drop] = unitDrops(scope, keptUnits, chosen.dropout, [chosen.hidden]);
    const described = drop(relu(linearLayer(scope, 'hidden', flat, { features: chosen.hidden })));
    const logits = linearLayer(scope, 'seed', described, { features: chosen.seeds });
    const names = Array.from({ length: chosen.seeds }, (_, seed) => `seed ${seed + 1}`);
    return classificationTask(trunkOutput, logits, reshape(seeds, [count]), names);
  },
  draw: ({ inputs: { patches, seeds } }, { options: chosen, prepared, channels }, { answer }) => {
    const { patch, crops } = chosen;
    const length = channels * patch * patch;
    const classes = Array.from(seeds.data as BigInt64Array, Number);
    const views = classes.map((_, i) =>
      stretched(
        channelsLast((patches.data as Float32Array).slice(i * length, (i + 1) * length), [1, patch, patch, channels]),
      ),
    );
    const box = { y: patch / 2, x: patch / 2, height: patch, width: patch };
    const origins = classes.map((seed) =>
      crop(seedPixels(prepared, seed), { ...box, y: Math.floor(box.y), x: Math.floor(box.x) }),
    );
    const said = (i: number) =>
      answer === undefined ? '' : ` as ${largest(answer.slice(i * chosen.seeds, (i + 1) * chosen.seeds)) + 1}`;
    const columns = Math.min(4, crops);
    const numbers = classes.map((seed) => `${seed + 1}`);
    return {
      question: 'Of which seed is each patch a view?',
      answer: classes.map((seed, i) => `${seed + 1}${answer === undefined ? '' : `, answered${said(i)}`}`).join('; '),
      rows: [
        [
          { caption: 'seeds', ...mosaic(origins, numbers, columns, 2), role: 'source' },
          { caption: 'the patches as the network gets them', ...mosaic(views, numbers, columns, 2), role: 'input' },
        ],
      ],
    };
  },
});
