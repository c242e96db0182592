/**
 * Shuffle and learn: is a triple of frames in the order of time?
 * Misra, Zitnick and Hebert, "Shuffle and learn: unsupervised learning using temporal order verification", ECCV 2016,
 * with sorting of four frames (Lee et al., ICCV 2017) and the odd one out of six stretches (Fernando et al., CVPR 2017)
 * as other questions about the same windows.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { relu, reshape } from '../../graph/primitives.ts';
import { normalInitialiser } from '../../nn/initialisers.ts';
import { zeroBias } from '../../nn/layers/convolution.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { balancedAccuracyOf } from '../../nn/losses/cross-entropy.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, uniformChance } from '../classification.ts';
import { firstWeightsField, startOf } from '../first-weights.ts';
import { picturesOf } from '../frame-pictures.ts';
import {
  fourFrameOrders,
  oddOneOut,
  orderNames,
  type Question,
  sorting,
  spanOf,
  stretchCount,
  verification,
} from '../frame-tuples.ts';
import { fullyConnectedTower } from '../fully-connected-tower.ts';
import { drawKeptUnits, dropoutField, keptUnitsSpec } from '../kept-units.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { type DrawnWindow, drawWindow, type MotionTable, motionTable } from '../moving-window.ts';
import { orderDrawing } from '../order-drawing.ts';
import { pairFeatures } from '../pair-features.ts';
import { refusesStill } from '../still-recording.ts';

const options = z.strictObject({
  size: z.int().min(8).default(227).describe('side of the network input in pixels (paper: 227)'),
  task: z
    .enum(['verify', 'sort', 'odd-one-out'])
    .default('verify')
    .describe('is a triple in order; the order of four frames; which of six stretches is out of order'),
  tauMax: z.int().min(3).default(60).describe('frames between first and last frame of a triple (paper: 60)'),
  tauMin: z.int().min(1).default(15).describe('frames from there to the wrong middle frame (paper: 15)'),
  negatives: z.int().min(1).max(4).default(3).describe('wrong triples for each right one (paper: 3, which is 75 %)'),
  ends: z
    .enum(['same', 'different'])
    .default('same')
    .describe('whether wrong triples have the first and last frame of the right one'),
  weighting: z
    .enum(['motion', 'uniform'])
    .default('motion')
    .describe('windows drawn by their optical flow and never across a cut, or anywhere'),
  withinPeriod: z
    .boolean()
    .default(true)
    .describe(
      'keep tauMax and tauMin below half the period of what repeats, as its movement tells it; weighting=motion',
    ),
  leastDifference: z
    .number()
    .min(0)
    .max(1)
    .default(2e-4)
    .describe('mean squared difference, intensities 0 to 1, by which a right and a wrong middle frame differ'),
  motionSide: z.int().min(16).default(64).describe('longer side of the frames on which flow is measured, in pixels'),
  normalise: z
    .enum(['frame', 'tuple'])
    .default('frame')
    .describe('mean 0 and deviation 1 of every frame, or of all frames of a question together'),
  gamma: z.number().min(1).max(3).default(1.25).describe('largest change of contrast, the same in all frames; 1: none'),
  mirror: z.boolean().default(true).describe('mirror all frames of a question at random (paper: true)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.7).describe('shortest side of a random part, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of a random part, as a fraction'),
  hidden: z
    .int()
    .min(1)
    .default(4096)
    .describe('width of the layers on each frame before they are joined (paper: 4096)'),
  towers: z
    .enum(['pooled', 'fully-connected'])
    .default('pooled')
    .describe(
      'one layer on the mean of the last map, or fc6 and fc7 on the whole of it, normalised without scale (paper)',
    ),
  dropout: dropoutField.describe('share of fc6 and fc7 left out while training (paper: 0.5); towers=fully-connected'),
  joining: z
    .enum(['frames', 'pairs', 'differences'])
    .default('frames')
    .describe(
      'what the last layer sees: frames side by side (paper), every pair of them through a layer, or the first of each ' +
        'pair and what changes to the second, each brought to scale',
    ),
  firstWeights: firstWeightsField,
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, MotionTable>;

const answersOf = ({ task }: Options): readonly string[] => {
  if (task === 'verify') return orderNames;
  if (task === 'sort') return fourFrameOrders.map((order) => order.map((place) => place + 1).join(' '));
  return Array.from({ length: stretchCount }, (_, stretch) => `stretch ${stretch + 1}`);
};
const questionsOf = ({ task, negatives }: Options): number => (task === 'verify' ? 1 + negatives : 1);
const elementsOf = ({ task }: Options): number => ({ verify: 3, sort: 4, 'odd-one-out': stretchCount })[task];

const questionText: Record<Options['task'], string> = {
  verify: 'Are these three frames in the order of time?',
  sort: 'In which order do these four frames follow each other?',
  'odd-one-out': 'Which of these stretches is out of order?',
};

function ask({ start, frames, spacing }: DrawnWindow, chosen: Options, random: Random): Question[] {
  if (chosen.task === 'sort') return sorting(frames, random);
  if (chosen.task === 'odd-one-out') return oddOneOut(start, spanOf(spacing), random);
  return verification(frames, chosen.negatives, chosen.ends === 'same', random);
}

function sample(view: SampleView, random: Random, { options: chosen, prepared, channels }: Context): Sample {
  const window = drawWindow(view, random, chosen, prepared);
  const questions = ask(window, chosen, random);
  const { data, box, mirrored, gamma } = picturesOf(window.view, questions, random, channels, chosen);
  const shape = [questions.length, elementsOf(chosen), channels, chosen.size, chosen.size];
  return {
    inputs: {
      frames: hostArray('float32', shape, data),
      order: int64(
        [questions.length],
        questions.map(({ answer }) => answer),
      ),
      ...drawKeptUnits(random.split('dropout'), unitCount(chosen), dropoutOf(chosen)),
    },
    factors: {
      item: window.view.item.id,
      frame: window.frames[2],
      start: window.start,
      fiveFrames: window.frames,
      shown: questions.flatMap(({ elements }) => elements.flat()),
      answers: questions.map(({ answer }) => answer),
      motion: window.motion,
      difference: window.difference,
      tauMax: window.spacing.tauMax,
      gamma,
      mirrored: mirrored ? 1 : 0,
      cropTop: box.y,
      cropLeft: box.x,
      cropSide: box.height,
    },
  };
}

const dropoutOf = ({ towers, dropout }: Options): number => (towers === 'pooled' ? 0 : dropout);
/** Units that dropout may leave out: fc6 and fc7 of every frame shown. */
const unitCount = (chosen: Options): number => questionsOf(chosen) * elementsOf(chosen) * 2 * chosen.hidden;

export const shuffleAndLearn = defineMethod<Options, MotionTable>({
  card: {
    id: 'shuffle-and-learn',
    title: 'Shuffle and learn',
    idea: 'To tell whether frames are in the order of time, a network must know how bodies and organs move.',
    question: 'Are these three frames in the order of time?',
    inputs: ['clip'],
    asksOrder: true,
    paper: {
      authors: 'Misra, Zitnick and Hebert',
      title: 'Shuffle and learn: unsupervised learning using temporal order verification',
      venue: 'ECCV',
      year: 2016,
      url: 'https://arxiv.org/abs/1603.08561',
    },
    colour: '#882255',
    shortcuts: [
      {
        id: 'ends',
        title: 'Frames that look alike',
        why: 'Where wrong triples have other ends, how much the frames resemble each other betrays them, not their order.',
        counter: { option: 'ends', guarded: 'same', open: 'different' },
      },
      {
        id: 'still',
        title: 'Stretches where nothing moves, and cuts',
        why: 'Without movement no answer is right, and across a cut the change of scene is the answer.',
        counter: { option: 'weighting', guarded: 'motion', open: 'uniform' },
      },
      {
        id: 'drift',
        title: 'Brightness that drifts with time',
        why: 'A gain that is turned up, or an exposure that adapts, orders the frames by their mean alone.',
        counter: { option: 'normalise', guarded: 'frame', open: 'tuple' },
      },
    ],
    expectations:
      'Balanced accuracy, since three of four triples are wrong: saying so always is right 75 % of the time and balanced 50 %. ' +
      'Motion that repeats itself within tauMax, such as a heartbeat, makes the order ambiguous. With frames joined side by ' +
      'side the answer is a sum of what single frames say, which cannot compare them: joining=differences can.',
  },
  options,
  presets: {
    paper: {
      options: { towers: 'fully-connected', dropout: 0.5, firstWeights: 'caffe', withinPeriod: false },
      trunk: { id: 'caffenet', preset: 'shuffle-and-learn' },
      recipe: {
        batchSize: 32,
        steps: 100_000,
        optimiser: { kind: 'sgd', learningRate: 1e-3, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [0.8], factor: 0.1 },
      },
    },
    tiny: {
      options: {
        size: 32,
        tauMax: 4,
        tauMin: 3,
        motionSide: 24,
        leastDifference: 2e-5,
        smallestCrop: 0.8,
        hidden: 64,
        joining: 'differences',
      },
      trunk: { id: 'caffenet', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 600,
        fewestSteps: 600,
        optimiser: { kind: 'adam', learningRate: 3e-3 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: (chosen) => {
    const uniform = uniformChance(answersOf(chosen).length);
    if (chosen.task !== 'verify') return uniform;
    const right = 1 / (1 + chosen.negatives);
    return { ...uniform, shares: [1 - right, right] };
  },
  refuses: (item, chosen) => {
    if (item.kind !== 'clip') return 'it is not a clip';
    const { size } = chosen;
    const span = spanOf(chosen);
    if (item.frames < span) return `${item.frames} frames are fewer than the ${span} from which triples are drawn`;
    return Math.min(item.height, item.width) < size / 2
      ? `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`
      : undefined;
  },
  fixedFrames: true,
  refusesPictures: refusesStill,
  prepare: (views, { weighting, motionSide }) =>
    weighting === 'motion' ? motionTable(views, motionSide) : { motion: {} },
  inputs: ({ options: chosen, channels }) => ({
    frames: {
      dtype: 'float32',
      shape: [questionsOf(chosen), elementsOf(chosen), channels, chosen.size, chosen.size],
    },
    order: { dtype: 'int64', shape: [questionsOf(chosen)] },
    ...keptUnitsSpec(unitCount(chosen), dropoutOf(chosen)),
  }),
  presentation: ({ options: { size }, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size,
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs: { frames, order, keptUnits }, scope, trunk }) => {
    const [batch, questions, elements, ...picture] = frames.shape;
    const count = batch * questions;
    const trunkOutput = trunk(reshape(frames, [count * elements, ...picture]));
    const each =
      chosen.towers === 'pooled'
        ? relu(linearLayer(scope, 'frame', trunkOutput.features, { features: chosen.hidden }))
        : fullyConnectedTower(scope, trunkOutput.map, chosen, keptUnits);
    const names = answersOf(chosen);
    const joined =
      chosen.joining === 'frames'
        ? reshape(each, [count, elements * chosen.hidden])
        : pairFeatures(scope, each, elements, { ...chosen, joining: chosen.joining, features: chosen.hidden });
    const logits = linearLayer(scope, 'order', joined, {
      initialise: normalInitialiser(0.01),
      initialiseBias: zeroBias,
      ...startOf(chosen.firstWeights).answer,
      features: names.length,
    });
    const answers = reshape(order, [count]);
    const built = classificationTask(trunkOutput, logits, answers, names);
    if (chosen.task !== 'verify') return built;
    return { ...built, measures: { accuracy: balancedAccuracyOf(logits, answers) } };
  },
  draw: (drawn, { options: chosen, channels }, made) =>
    orderDrawing(drawn, made, {
      question: questionText[chosen.task],
      names: answersOf(chosen),
      elements: elementsOf(chosen),
      shape: [1, chosen.size, chosen.size, channels],
    }),
});
