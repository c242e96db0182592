/**
 * RotNet: which way is up? Every picture enters the batch in all its rotations and the network says which is which.
 * Gidaris, Singh and Komodakis, "Unsupervised representation learning by predicting image rotations", ICLR 2018.
 * Turns of 90 degrees move pixels (transpose and flip), as the released loader does, so nothing is interpolated.
 * Beyond the paper: a round window hides corners and borders, which betray the turn of a medical picture.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { sizeOf } from '../../base/shape.ts';
import { randomSquareCrop } from '../../data/augment/random-crop.ts';
import { crop, maskCircle, pad } from '../../data/transform/crop.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { flipHorizontally, quarterTurn } from '../../data/transform/quarter-turn.ts';
import { resize } from '../../data/transform/resize.ts';
import { rotate } from '../../data/transform/rotate.ts';
import { relu, reshape } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../../nn/layers/batch-norm.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import type { Scope } from '../../nn/parameters.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import type { Panel } from '../drawing.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { cropFactors, sourcePanel } from '../source-panel.ts';

const angleSets = {
  four: [0, 90, 180, 270],
  'upright-pair': [0, 180],
  'sideways-pair': [90, 270],
  eight: [0, 45, 90, 135, 180, 225, 270, 315],
} as const;

const options = z.strictObject({
  size: z.int().min(8).default(32).describe('side of the network input in pixels (paper: 32 on CIFAR-10)'),
  rotations: z
    .enum(['four', 'upright-pair', 'sideways-pair', 'eight'])
    .default('four')
    .describe('which turns are told apart: four (paper), 0 and 180, 90 and 270, or eight in steps of 45 degrees'),
  together: z.boolean().default(true).describe('all turns of a picture in one batch (paper); otherwise one at random'),
  mask: z
    .enum(['circle', 'none'])
    .default('circle')
    .describe('circle hides corners and borders, whose orientation would answer the question (paper: none)'),
  mirror: z.boolean().default(true).describe('mirror images at random before turning (paper: true)'),
  cropping: z
    .enum(['scale', 'shift'])
    .default('scale')
    .describe('scale: a random square part; shift: the whole picture moved by up to 4 pixels (paper)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.7).describe('shortest side of a random part, as a fraction'),
  largestCrop: z
    .number()
    .min(0.1)
    .max(1)
    .default(1)
    .describe('longest side of a random part; below 1 the outline of the field of view is seldom whole'),
  hidden: z
    .int()
    .min(0)
    .default(0)
    .describe('width of two layers between the last map and the answer (paper: 4096 with AlexNet); 0 for none (NIN)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const anglesOf = ({ rotations }: Options): readonly number[] => angleSets[rotations];
const copiesOf = (chosen: Options): number => (chosen.together ? anglesOf(chosen).length : 1);

function prepared(view: SampleView, random: Random, { options: chosen, channels }: Context) {
  const frame = random.integer(view.frames);
  const picture = withChannels(view.read({ start: frame, count: 1 }), channels);
  const part =
    chosen.cropping === 'scale' ? scaledPart(picture, random, chosen) : shiftedWhole(picture, random, chosen);
  const mirrored = chosen.mirror && random.bernoulli();
  const upright = standardise(mirrored ? flipHorizontally(part.pixels) : part.pixels);
  return { pixels: chosen.mask === 'circle' ? maskCircle(upright) : upright, frame, mirrored, box: part.box };
}

const scaledPart = (picture: Pixels<Float32Array>, random: Random, { size, smallestCrop, largestCrop }: Options) =>
  randomSquareCrop(picture, random, size, smallestCrop, largestCrop);

function shiftedWhole(picture: Pixels<Float32Array>, random: Random, { size }: Options) {
  const whole = pad(resize(picture, size, size), { top: 4, bottom: 4, left: 4, right: 4 });
  const box = { y: random.integer(9), x: random.integer(9), height: size, width: size };
  return { pixels: crop(whole, box), box };
}

/** Quarter turns move pixels; only the eight-way form interpolates, and its window is round whatever the mask option. */
function turned(pixels: Pixels<Float32Array>, degrees: number): Pixels<Float32Array> {
  if (degrees % 90 === 0) return quarterTurn(pixels, ((degrees / 90) % 4) as 0 | 1 | 2 | 3);
  return rotate(pixels, degrees);
}

function sample(view: SampleView, random: Random, context: Context): Sample {
  const { options: chosen, channels } = context;
  const angles = anglesOf(chosen);
  const { pixels, frame, mirrored, box } = prepared(view, random, context);
  const classes = chosen.together ? angles.map((_, k) => k) : [random.integer(angles.length)];
  const length = channels * chosen.size * chosen.size;
  const data = new Float32Array(classes.length * length);
  classes.forEach((k, copy) => {
    data.set(channelsFirst(turned(pixels, angles[k])), copy * length);
  });
  return {
    inputs: {
      pictures: hostArray('float32', [classes.length, channels, chosen.size, chosen.size], data),
      turns: int64([classes.length], classes),
    },
    factors: {
      frame,
      mirrored: mirrored ? 1 : 0,
      ...cropFactors(box),
      degrees: classes.map((k) => angles[k]),
    },
  };
}

/** fc6 and fc7 of the released AlexNet: without bias, normalised, rectified. */
function fullyConnected(scope: Scope, map: Tensor, features: number): Tensor {
  const [count, ...lengths] = map.shape;
  const layer = (name: string, x: Tensor) =>
    relu(batchNorm(scope, `${name}.bn`, linearLayer(scope, name, x, { features, bias: false })));
  return layer('fc7', layer('fc6', reshape(map, [count, sizeOf(lengths)])));
}

export const rotation = defineMethod<Options>({
  card: {
    id: 'rotation',
    title: 'Rotation (RotNet)',
    idea: 'To say which way a picture was turned, a network must recognise what is in it and how that usually stands.',
    question: 'By how many degrees was this picture turned?',
    inputs: ['image', 'clip', 'volume'],
    paper: {
      authors: 'Gidaris, Singh and Komodakis',
      title: 'Unsupervised representation learning by predicting image rotations',
      venue: 'ICLR',
      year: 2018,
      url: 'https://arxiv.org/abs/1803.07728',
    },
    colour: '#0072B2',
    shortcuts: [
      {
        id: 'border',
        title: 'Borders, sector edges and burnt-in text',
        why: 'A black margin, the ultrasound fan or a line of text shows the turn without any anatomy.',
        counter: { option: 'mask', guarded: 'circle', open: 'none' },
      },
      {
        id: 'interpolation',
        title: 'Traces of interpolation',
        why: 'Turns by 45 degrees blur the picture; turns by 90 do not, so the blur tells the two apart.',
        counter: { option: 'rotations', guarded: 'four', open: 'eight' },
      },
    ],
    expectations:
      'Learns fast where anatomy has an up and a down; useless on round or top-down views, whose labels are noise. ' +
      'Transfer usually peaks one stage before the last, which specialises in turning.',
  },
  options,
  presets: {
    paper: {
      options: { mask: 'none', cropping: 'shift' },
      trunk: { id: 'nin', preset: 'paper' },
      recipe: {
        batchSize: 128,
        steps: 78_000,
        optimiser: { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [0.3, 0.6, 0.8], factor: 0.2 },
      },
    },
    'paper-photographs': {
      options: { size: 224, mask: 'none', smallestCrop: 0.875, largestCrop: 0.875, hidden: 4096 },
      trunk: { id: 'alexnet-bn', preset: 'paper' },
      recipe: {
        batchSize: 192,
        steps: 333_000,
        optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [0.3, 0.6, 0.9], factor: 0.1 },
      },
    },
    tiny: {
      options: {},
      trunk: { id: 'nin', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 600,
        optimiser: { kind: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: (chosen) => uniformChance(anglesOf(chosen).length),
  refuses: (item, { size }) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    return Math.min(item.height, item.width) < size / 2
      ? `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`
      : undefined;
  },
  inputs: ({ options: chosen, channels }) => ({
    pictures: { dtype: 'float32', shape: [copiesOf(chosen), channels, chosen.size, chosen.size] },
    turns: { dtype: 'int64', shape: [copiesOf(chosen)] },
  }),
  presentation: ({ options: { size, mask }, channels }) => ({
    channels,
    frames: 1,
    stride: 1,
    size,
    mask,
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs: { pictures, turns }, scope, trunk, channels }) => {
    const count = pictures.shape[0] * pictures.shape[1];
    const trunkOutput = trunk(reshape(pictures, [count, channels, chosen.size, chosen.size]));
    const angles = anglesOf(chosen);
    const described =
      chosen.hidden === 0 ? trunkOutput.features : fullyConnected(scope, trunkOutput.map, chosen.hidden);
    const logits = linearLayer(scope, 'rotation', described, { features: angles.length });
    const names = angles.map((degrees) => `${degrees}°`);
    return classificationTask(trunkOutput, logits, reshape(turns, [count]), names);
  },
  draw: ({ inputs: { pictures, turns }, factors }, { options: chosen, channels }, { view, answer }) => {
    const angles = anglesOf(chosen);
    const { size } = chosen;
    const length = channels * size * size;
    const classes = Array.from(turns.data as BigInt64Array, Number);
    const panels = classes.map((k, copy): Panel => {
      const part = (pictures.data as Float32Array).subarray(copy * length, (copy + 1) * length);
      const said = answer?.slice(copy * angles.length, (copy + 1) * angles.length);
      const reply = said === undefined ? '' : `, answered ${angles[largest(said)]}°`;
      return {
        caption: `turned by ${angles[k]}°${reply}`,
        picture: stretched(channelsLast(part, [1, size, size, channels])),
        role: 'input',
      };
    });
    return {
      question: 'By how many degrees was each picture turned?',
      answer: classes.map((k) => `${angles[k]}°`).join(', '),
      rows: [[sourcePanel(view, factors, chosen.cropping === 'scale'), ...panels]],
    };
  },
});
