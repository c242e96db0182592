/**
 * VGAN: a generator makes clips of a moving foreground over a still background, and the trunk tells them from filmed ones.
 * Vondrick, Pirsiavash and Torralba, "Generating videos with scene dynamics", NIPS 2016, and the released main.lua; or clips that go on from a
 * still frame, as in main_conditional.lua.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, channelsLast, withChannels } from '../../data/transform/layout.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { add, concat, fill, indices, multiply, reduceMean, reshape, slice } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { normalInitialiser } from '../../nn/initialisers.ts';
import { convolutionLayer, zeroBias } from '../../nn/layers/convolution.ts';
import { accuracyOf, crossEntropy } from '../../nn/losses/cross-entropy.ts';
import { meanAbsoluteError } from '../../nn/losses/distances.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import type { Panel } from '../drawing.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { doublings, generateScene } from '../scene-generator.ts';
import { cropFactors, sourcePanel } from '../source-panel.ts';
import { randomSquarePart } from '../square-part.ts';
import { drawMovingStart, refusesStill } from '../still-recording.ts';

const options = z.strictObject({
  size: z.literal([16, 32, 64]).default(64).describe('side of a clip in pixels, four times a power of two (paper: 64)'),
  frames: z.int().min(4).default(32).describe('frames of a clip, a multiple of size / 4 (paper: 32)'),
  stride: z.int().min(1).default(1).describe('step between frames, in frames of the recording'),
  streams: z
    .enum(['two', 'one'])
    .default('two')
    .describe('foreground, mask and background, or the foreground alone (paper: two)'),
  condition: z
    .enum(['noise', 'frame'])
    .default('noise')
    .describe('make clips out of noise, or let the first frame of a filmed one go on (paper: both)'),
  firstFrame: z
    .number()
    .min(0)
    .default(10)
    .describe('weight of the mean absolute error of the first frame, where it is given (released: 10)'),
  sparsity: z.number().min(0).default(0.1).describe('weight of the mean of the mask in the loss (paper: 0.1)'),
  noise: z.int().min(1).default(100).describe('length of the noise a clip is made from (paper: 100)'),
  width: z
    .int()
    .min(1)
    .default(64)
    .describe('channels before the last layer of the generator (paper: 64; from a frame: 128)'),
  mirror: z.boolean().default(true).describe('mirror clips at random'),
  smallestCrop: z.number().min(0.1).max(1).default(0.8).describe('shortest side of a random part, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of a random part, as a fraction'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const span = ({ frames, stride }: Options): number => (frames - 1) * stride + 1;

function sample(given: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { size, frames, stride, noise, condition, smallestCrop, largestCrop } = chosen;
  const { view, start } = drawMovingStart(given, random, span(chosen));
  const { box, ...part } = randomSquarePart(
    view,
    { start, count: frames, stride },
    random,
    size,
    smallestCrop,
    largestCrop,
  );
  const pixels = withChannels(part.pixels, channels);
  const mirrored = chosen.mirror && random.bernoulli();
  const clip = channelsFirst(mirrored ? flipHorizontally(pixels) : pixels);
  const drawn = random.split('noise').fillNormal(new Float32Array(noise));
  return {
    inputs: {
      clip: hostArray('float32', [channels, frames, size, size], clip),
      ...(condition === 'noise' ? { noise: hostArray('float32', [noise], drawn) } : {}),
    },
    factors: {
      item: view.item.id,
      frame: start + Math.floor(((frames - 1) * stride) / 2),
      start,
      ...cropFactors(box),
      mirrored: mirrored ? 1 : 0,
      ...(condition === 'noise' ? { noise: [...drawn] } : {}),
    },
  };
}

export const sceneDynamics = defineMethod<Options>({
  card: {
    id: 'scene-dynamics',
    title: 'Scene dynamics (VGAN)',
    idea: 'To tell filmed clips from ever better forgeries, a network must know what scenes look like and how they move.',
    question: 'Was this clip filmed or generated?',
    inputs: ['clip'],
    paper: {
      authors: 'Vondrick, Pirsiavash and Torralba',
      title: 'Generating videos with scene dynamics',
      venue: 'NIPS',
      year: 2016,
      url: 'https://arxiv.org/abs/1609.02612',
    },
    colour: '#332288',
    shortcuts: [
      {
        id: 'all-foreground',
        title: 'A mask that is open everywhere',
        why: 'Without a price on the mask the foreground paints everything and the background says nothing.',
        counter: { option: 'sparsity', guarded: 0.1, open: 0 },
      },
      {
        id: 'texture',
        title: 'Noise of the generator',
        why: 'Checkered patterns and missing grain betray a generated clip, so the network need not look at motion.',
      },
    ],
    expectations:
      'Training is unstable: an accuracy that stays at 1 means that the generator learns nothing more. The background must ' +
      'stand still, so a probe or camera that moves breaks the model. Watch maskMean: at 0 or 1 one stream has died.',
  },
  options,
  presets: {
    paper: {
      options: {},
      trunk: { id: 'scene-discriminator', preset: 'paper' },
      recipe: {
        batchSize: 64,
        steps: 100_000,
        optimiser: { kind: 'adam', learningRate: 2e-4, beta1: 0.5 },
        schedule: { kind: 'constant' },
      },
    },
    tiny: {
      options: { size: 32, frames: 8, width: 16, noise: 32 },
      trunk: { id: 'scene-discriminator', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 400,
        optimiser: { kind: 'adam', learningRate: 2e-4, beta1: 0.5 },
        schedule: { kind: 'constant' },
      },
    },
  },
  chance: () => ({ accuracy: 0.5 }),
  refuses: (item, chosen) => {
    if (item.kind !== 'clip') return 'it is not a clip';
    const { size, frames, stride } = chosen;
    const multiple = 2 ** doublings(size);
    if (frames % multiple !== 0) return `${frames} frames are no multiple of ${multiple}, as size=${size} needs`;
    if (item.frames < span(chosen)) {
      return `${item.frames} frames are fewer than the ${span(chosen)} that ${frames} frames in steps of ${stride} span`;
    }
    return Math.min(item.height, item.width) < size / 2
      ? `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`
      : undefined;
  },
  refusesPictures: refusesStill,
  inputs: ({ options: { frames, size, noise, condition }, channels }) => ({
    clip: { dtype: 'float32', shape: [channels, frames, size, size] },
    ...(condition === 'noise' ? { noise: { dtype: 'float32' as const, shape: [noise] } } : {}),
  }),
  presentation: ({ options: { size, frames, stride }, channels }) => ({
    channels,
    frames,
    stride,
    size,
    mask: 'none',
    intensity: 'unit',
  }),
  sample,
  build: ({ options: chosen, inputs: { clip, noise }, scope, trunk, channels }) => {
    const [batch, , , ...side] = clip.shape;
    const firstOf = (frames: Tensor) => reshape(slice(frames, 2, 0, 1), [batch, channels, ...side]);
    const given = chosen.condition === 'frame' ? firstOf(clip) : undefined;
    const scene = generateScene(scope.child('generator'), given ?? noise, { ...chosen, channels });
    const real = trunk(clip);
    const fake = trunk(scene.clip);
    const judged = (map: Tensor) => {
      const kernel = map.shape.slice(2);
      const initial = { initialise: normalInitialiser(0.01), initialiseBias: zeroBias };
      return reshape(convolutionLayer(scope, 'discriminator', map, { channels: 2, kernel, ...initial }), [batch, 2]);
    };
    const [realLogits, fakeLogits] = [judged(real.map), judged(fake.map)];
    const generated = indices(new Array<number>(batch).fill(0));
    const filmed = indices(new Array<number>(batch).fill(1));
    const logits = concat([realLogits, fakeLogits], 0);
    const classes = concat([filmed, generated], 0);
    const deceiving = crossEntropy(fakeLogits, filmed);
    const maskMean = scene.mask === undefined ? fill([], 1) : reduceMean(scene.mask);
    const sparing = scene.mask === undefined ? deceiving : add(deceiving, multiply(maskMean, chosen.sparsity));
    // The weight is the paper's for values from −1 to 1, whose differences are twice as large.
    const strayed = given === undefined ? undefined : multiply(meanAbsoluteError(firstOf(scene.clip), given), 2);
    const generating = strayed === undefined ? sparing : add(sparing, multiply(strayed, chosen.firstFrame));
    return {
      objectives: [
        {
          name: 'discriminator',
          loss: crossEntropy(logits, classes),
          trains: (name) => name.startsWith('trunk.') || name.startsWith('discriminator.'),
        },
        {
          name: 'generator',
          loss: generating,
          parts: { deceiving, ...(strayed === undefined ? {} : { firstFrame: strayed }) },
          trains: (name) => name.startsWith('generator.'),
        },
      ],
      measures: { accuracy: accuracyOf(logits, classes), ...(scene.mask === undefined ? {} : { maskMean }) },
      embedding: real.features,
      trunkOutput: real,
      productions: {
        generated: scene.clip,
        ...(scene.mask === undefined ? {} : { mask: scene.mask }),
        ...(scene.background === undefined ? {} : { background: scene.background }),
      },
    };
  },
  draw: ({ inputs: { clip }, factors }, { options: { condition } }, { view, productions = {} }) => {
    const panel = (caption: string, { data, shape }: HostArray, role: Panel['role']): Panel => {
      const [channels, frames, height, width] = shape;
      const picture = channelsLast(Float32Array.from(data as Float32Array), [frames, height, width, channels]);
      return { caption, picture, ...(role === undefined ? {} : { role }) };
    };
    const made = Object.entries(productions).map(([name, array]) => panel(name, array, 'output'));
    const filmed = condition === 'noise' ? 'filmed' : 'filmed, of which the generator was given the first frame';
    return {
      question: 'Was this clip filmed or generated?',
      answer: 'filmed above, generated below',
      rows: [
        factors.item === view.item.id ? [sourcePanel(view, factors)] : [],
        [panel(filmed, clip, 'input')],
        made,
      ].filter((row) => row.length > 0),
    };
  },
});
