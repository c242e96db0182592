/**
 * Frames written by an LSTM: those it has read, backwards, those to come, or both from one state.
 * Srivastava, Mansimov and Salakhutdinov, "Unsupervised learning of video representations using LSTMs", ICML 2015. With a
 * trunk that keeps maps (convlstm) the decoders are convolutional too: Shi et al., NeurIPS 2015.
 * Repeating the last frame is the baseline that a prediction must beat.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, channelsLast, withChannels } from '../../data/transform/layout.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { unstack } from '../../graph/layout.ts';
import { add, divide, expand, flip, reshape, sigmoid, slice, subtract, transpose } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { binaryCrossEntropy } from '../../nn/losses/binary-cross-entropy.ts';
import { meanSquaredError } from '../../nn/losses/distances.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import type { Panel } from '../drawing.ts';
import { decodeFrames, statesFrom } from '../frame-decoder.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { cropFactors, sourcePanel } from '../source-panel.ts';
import { randomSquarePart } from '../square-part.ts';
import { drawMovingStart, refusesStill } from '../still-recording.ts';

const options = z.strictObject({
  size: z.int().min(8).default(64).describe('side of a frame in pixels (paper: 64, or 32 for patches of films)'),
  past: z.int().min(2).default(10).describe('frames that are read (paper: 10)'),
  future: z.int().min(1).default(10).describe('frames that are foretold (paper: 10)'),
  stride: z.int().min(1).default(1).describe('step between frames, in frames of the recording'),
  model: z
    .enum(['composite', 'autoencoder', 'predictor'])
    .default('composite')
    .describe('write the frames read, backwards; the frames to come; or both (paper: composite is best)'),
  conditional: z
    .boolean()
    .default(false)
    .describe('give the decoder the frame before: the true one in training, its own afterwards (paper: both)'),
  kernel: z
    .int()
    .min(1)
    .refine((side) => side % 2 === 1, 'an odd number')
    .default(5)
    .describe('side of the decoders’ kernels where the trunk keeps maps, as convlstm does (its paper: 5)'),
  error: z
    .enum(['squared', 'bernoulli'])
    .default('squared')
    .describe('squared error, or cross-entropy of every pixel as a probability (paper: that, for drawn digits)'),
  decoderStart: z
    .number()
    .min(0)
    .default(0)
    .describe('first weights of decoders of vectors are uniform within this (paper: 0.01); 0: within 1 / √inputs'),
  mirror: z.boolean().default(true).describe('mirror clips at random'),
  smallestCrop: z.number().min(0.1).max(1).default(0.8).describe('shortest side of a random part, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of a random part, as a fraction'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const framesOf = ({ past, future }: Options): number => past + future;
const span = (chosen: Options): number => (framesOf(chosen) - 1) * chosen.stride + 1;
/** What is to come of a frozen picture is no question; writing down what was read still is one. */
const foretells = ({ model }: Options): boolean => model !== 'autoencoder';

function sample(given: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { size, stride, past, smallestCrop, largestCrop } = chosen;
  const count = framesOf(chosen);
  const { view, start } = foretells(chosen)
    ? drawMovingStart(given, random, span(chosen))
    : { view: given, start: random.integer(given.frames - span(chosen) + 1) };
  const part = randomSquarePart(view, { start, count, stride }, random, size, smallestCrop, largestCrop);
  const { box } = part;
  const pixels = withChannels(part.pixels, channels);
  const mirrored = chosen.mirror && random.bernoulli();
  const clip = channelsFirst(mirrored ? flipHorizontally(pixels) : pixels);
  return {
    inputs: { clip: hostArray('float32', [channels, count, size, size], clip) },
    factors: {
      item: view.item.id,
      frame: start + (past - 1) * stride,
      start,
      ...cropFactors(box),
      mirrored: mirrored ? 1 : 0,
    },
  };
}

export const lstmVideo = defineMethod<Options>({
  card: {
    id: 'lstm-video',
    title: 'LSTM autoencoder and predictor',
    idea: 'To write down what it has seen and what comes next, a network must keep what is there and how it moves.',
    question: 'What was seen, and what comes next?',
    inputs: ['clip'],
    paper: {
      authors: 'Srivastava, Mansimov and Salakhutdinov',
      title: 'Unsupervised learning of video representations using LSTMs',
      venue: 'ICML',
      year: 2015,
      url: 'https://arxiv.org/abs/1502.04681',
    },
    colour: '#AA4499',
    shortcuts: [
      {
        id: 'copy',
        title: 'Copying the frame before',
        why: 'A decoder that is given the frame before can copy it and keep nothing of what was read.',
        counter: { option: 'conditional', guarded: false, open: true },
      },
      {
        id: 'last-frames',
        title: 'Only the last frames matter',
        why: 'Frames to come are foretold from the last ones, so a predictor may forget the rest; writing all of them prevents it.',
        counter: { option: 'model', guarded: 'composite', open: 'predictor' },
      },
    ],
    expectations:
      'Far futures blur. Repeating the last frame is hard to beat where little moves: look at the measure skill, the part ' +
      'of its error that prediction takes away, and call nothing learned about motion while it is not above 0.',
  },
  options,
  presets: {
    paper: {
      options: { conditional: true, error: 'bernoulli', decoderStart: 0.01 },
      trunk: { id: 'lstm', preset: 'paper' },
      recipe: {
        batchSize: 80,
        steps: 100_000,
        optimiser: { kind: 'sgd', learningRate: 0.4, momentum: 0.9, weightDecay: 2.5e-8, clipNorm: 1 },
        schedule: { kind: 'steps', at: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9], factor: 0.9 },
      },
    },
    tiny: {
      options: { size: 16, past: 6, future: 6, kernel: 3 },
      trunk: { id: 'lstm', preset: 'tiny' },
      recipe: {
        batchSize: 32,
        steps: 600,
        optimiser: { kind: 'adam', learningRate: 3e-3 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: () => ({}),
  refuses: (item, chosen) => {
    if (item.kind !== 'clip') return 'it is not a clip';
    const { size, past, future, stride } = chosen;
    if (item.frames < span(chosen)) {
      return `${item.frames} frames are fewer than the ${span(chosen)} that ${past} and ${future} frames in steps of ${stride} span`;
    }
    return Math.min(item.height, item.width) < size / 2
      ? `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`
      : undefined;
  },
  refusesPictures: (view, chosen) => (foretells(chosen) ? refusesStill(view) : undefined),
  inputs: ({ options: chosen, channels }) => ({
    clip: { dtype: 'float32', shape: [channels, framesOf(chosen), chosen.size, chosen.size] },
  }),
  presentation: ({ options: { size, past, stride }, channels }) => ({
    channels,
    frames: past,
    stride,
    size,
    mask: 'none',
    intensity: 'unit',
  }),
  sample,
  build: ({ options: chosen, inputs: { clip }, scope, trunk }) => {
    const { past, future, conditional, model, kernel } = chosen;
    const [batch, channels, count, ...side] = clip.shape;
    const size = channels * side[0] * side[1];
    const writing = { frame: [channels, side[0], side[1]] as const, conditional, kernel, start: chosen.decoderStart };
    const trunkOutput = trunk(slice(clip, 2, 0, past));
    // Frames side by side: [B, T, C·H·W].
    const frames = reshape(transpose(clip, [0, 2, 1, 3, 4]), [batch, count, size]);
    const seen = slice(frames, 1, 0, past);
    const coming = slice(frames, 1, past, count);
    const states = statesFrom(scope, trunkOutput);
    const measured = (logits: Tensor, truth: Tensor) =>
      chosen.error === 'bernoulli' ? binaryCrossEntropy(logits, truth) : meanSquaredError(sigmoid(logits), truth);
    const asClips = (values: Tensor) => reshape(values, [batch, values.shape[1], channels, ...side]);
    const parts: Record<string, Tensor> = {};
    const productions: Record<string, Tensor> = {};
    const measures: Record<string, Tensor> = {};
    if (model !== 'predictor') {
      const backwards = flip(seen, [1]);
      const truth = unstack(backwards, 1);
      const logits = decodeFrames(scope, 'reconstruction', states, { ...writing, steps: past, truth });
      parts.reconstruction = measured(logits, backwards);
      productions.reconstruction = asClips(flip(sigmoid(logits), [1]));
      measures.reconstructionError = meanSquaredError(sigmoid(logits), backwards);
    }
    if (model !== 'autoencoder') {
      const last = slice(frames, 1, past - 1, past);
      const before = reshape(last, [batch, size]);
      const truth = unstack(coming, 1);
      const logits = decodeFrames(scope, 'prediction', states, { ...writing, steps: future, before, truth });
      parts.prediction = measured(logits, coming);
      productions.prediction = asClips(sigmoid(logits));
      measures.predictionError = meanSquaredError(sigmoid(logits), coming);
      measures.copyLastFrameError = meanSquaredError(expand(last, coming.shape), coming);
      const relative = divide(measures.predictionError, add(measures.copyLastFrameError, 1e-9));
      measures.skill = subtract(1, relative);
    }
    const [first, second] = Object.values(parts);
    return {
      objectives: [{ name: 'frames', loss: second === undefined ? first : add(first, second), parts }],
      measures,
      embedding: trunkOutput.features,
      trunkOutput,
      productions,
    };
  },
  draw: ({ inputs: { clip }, factors }, { options: chosen, channels }, { view, productions = {} }) => {
    const { size, past } = chosen;
    const frames = framesOf(chosen);
    const whole = channelsLast(clip.data as Float32Array, [frames, size, size, channels]).data;
    const cut = past * size * size * channels;
    const panel = (caption: string, data: Float32Array, role: Panel['role']): Panel => ({
      caption,
      picture: { data, shape: [data.length / (size * size * channels), size, size, channels] },
      ...(role === undefined ? {} : { role }),
    });
    const written = (array: HostArray) => framesLast(array);
    const { reconstruction, prediction } = productions;
    return {
      question: 'What was seen, and what comes next?',
      answer: 'the frames themselves',
      rows: [
        factors.item === view.item.id ? [sourcePanel(view, factors)] : [],
        [panel('read', whole.slice(0, cut), 'input'), panel('to come', whole.slice(cut), 'target')],
        [
          ...(reconstruction === undefined ? [] : [panel('written from memory', written(reconstruction), 'output')]),
          ...(prediction === undefined ? [] : [panel('foretold', written(prediction), 'output')]),
        ],
      ].filter((row) => row.length > 0),
    };
  },
});

/** `[T, C, H, W]` as pictures. */
function framesLast({ data, shape: [frames, channels, height, width] }: HostArray): Float32Array {
  const length = height * width;
  return Float32Array.from({ length: data.length }, (_, i) => {
    const [channel, place, frame] = [
      i % channels,
      Math.floor(i / channels) % length,
      Math.floor(i / channels / length),
    ];
    return Number((data as Float32Array)[(frame * channels + channel) * length + place]);
  }).subarray(0, frames * channels * length);
}
