/**
 * Relative positions: two patches of a picture, and the network says where the second lies, seen from the first. Doersch,
 * Gupta and Efros, "Unsupervised visual representation learning by context prediction", ICCV 2015.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { channelsFirst, standardise, withChannels } from '../../data/transform/layout.ts';
import { reshape } from '../../graph/primitives.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, uniformChance } from '../classification.ts';
import { firstWeightsField } from '../first-weights.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { relatePairs } from '../pair-network.ts';
import { patchAppearance } from '../patch-appearance.ts';
import { neighbourPositions } from '../patch-grids.ts';
import { centreQuestions, centreSide, layOut, patchesOf, questionsOf, refusesSize } from '../patch-layouts.ts';
import { drawPositions } from '../position-drawing.ts';

const options = z.strictObject({
  layout: z
    .enum(['centre', 'whole'])
    .default('centre')
    .describe(
      'three patches by three, paired with their centre, or grids over the whole picture whose neighbours are all paired (released)',
    ),
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
    .enum(['patch', 'rms', 'picture'])
    .default('patch')
    .describe(
      'mean 0 and deviation 1 for each patch by itself, division by its root mean square (released), or mean 0 and deviation 1 for the picture as a whole',
    ),
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
  smallestCrop: z
    .number()
    .min(0.1)
    .max(1)
    .default(0.7)
    .describe('shortest side of the part used, as a fraction; layout=centre'),
  largestCrop: z
    .number()
    .min(0.1)
    .max(1)
    .default(1)
    .describe('longest side of the part used, as a fraction; layout=centre'),
  patches: z.int().min(4).default(18).describe('patches of a picture (released: four grids, about 40); layout=whole'),
  smallestArea: z
    .int()
    .min(1)
    .default(9375)
    .describe('smallest area in pixels that a picture is brought to (released: 150000); layout=whole'),
  largestArea: z
    .int()
    .min(1)
    .default(28_125)
    .describe('largest area in pixels that a picture is brought to (released: 450000); layout=whole'),
  features: z.int().min(1).default(64).describe('numbers that describe a patch, fc6 (paper: 4096)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe a pair, fc7 and fc8 (paper: 4096)'),
  firstWeights: firstWeightsField,
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { patch, layout, normalise } = chosen;
  const frame = random.integer(view.frames);
  const picture = withChannels(view.read({ start: frame, count: 1 }), channels);
  const laid = layOut(picture, random, chosen);
  const whole = normalise === 'picture' ? standardise(laid.picture) : laid.picture;
  const length = channels * patch * patch;
  const data = new Float32Array(laid.corners.length * length);
  const drawn = laid.corners.map(([y, x], place) => {
    const cut = crop(whole, { y, x, height: patch, width: patch });
    const shown = patchAppearance(cut, random.split('appearance', place), chosen);
    data.set(channelsFirst(shown.pixels), place * length);
    return shown;
  });
  const [firsts, seconds, positions] = (['first', 'second', 'position'] as const).map((name) =>
    laid.questions.map((question) => question[name]),
  );
  const asked = (values: readonly number[]) => int64([values.length], values);
  const pairs: Sample['inputs'] = layout === 'whole' ? { firsts: asked(firsts), seconds: asked(seconds) } : {};
  return {
    inputs: {
      patches: hostArray('float32', [laid.corners.length, channels, patch, patch], data),
      positions: asked(positions),
      ...pairs,
    },
    factors: {
      frame,
      ...laid.factors,
      patchTops: laid.corners.map(([y]) => y),
      patchLefts: laid.corners.map(([, x]) => x),
      gammas: drawn.map(({ gamma }) => gamma),
      coarse: drawn.map(({ coarse }) => (coarse ? 1 : 0)),
      keptChannels: drawn.map(({ kept }) => kept),
      ...(layout === 'whole' ? { firsts, seconds, positions } : {}),
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
        ...{ layout: 'whole', patch: 96, gap: 48, jitter: 7, patches: 40, smallestArea: 150_000, largestArea: 450_000 },
        ...{ normalise: 'rms', gain: 50, gamma: 0 },
        ...{ features: 4096, hidden: 4096, firstWeights: 'caffe' },
      },
      trunk: { id: 'caffenet', preset: 'relative-position' },
      recipe: {
        batchSize: 12,
        steps: 1_000_000,
        optimiser: { kind: 'sgd', learningRate: 0.02 },
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
  chance: () => uniformChance(neighbourPositions.length),
  refuses: (item, chosen) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    return refusesSize(item.height, item.width, chosen);
  },
  inputs: ({ options: chosen, channels }) => {
    const asked = { dtype: 'int64' as const, shape: [questionsOf(chosen)] };
    return {
      patches: { dtype: 'float32', shape: [patchesOf(chosen), channels, chosen.patch, chosen.patch] },
      positions: asked,
      ...(chosen.layout === 'whole' ? { firsts: asked, seconds: asked } : {}),
    };
  },
  presentation: ({ options: chosen, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size: centreSide(chosen),
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs: { patches, positions, firsts, seconds }, scope, trunk, channels }) => {
    const { patch, features, hidden, firstWeights } = chosen;
    const [batch, count] = patches.shape;
    const trunkOutput = trunk(reshape(patches, [batch * count, channels, patch, patch]));
    const pairs = chosen.layout === 'whole' ? { first: firsts, second: seconds } : centreQuestions(chosen);
    const widths = { features, hidden, firstWeights, answers: neighbourPositions.length };
    const logits = relatePairs(scope, trunkOutput.map, batch, pairs, widths);
    const classes = reshape(positions, [batch * questionsOf(chosen)]);
    return classificationTask(trunkOutput, logits, classes, neighbourPositions);
  },
  draw: drawPositions,
});
