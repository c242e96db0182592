/**
 * 3DRotNet: every frame of a clip is turned by the same angle and the network says by which.
 * Jing, Yang, Liu and Tian, "Self-supervised spatiotemporal feature learning via video rotation prediction", 2018, with
 * the released loader (32 consecutive frames taken in steps of 2, small rotation, random crop, mirror).
 * One frame would be enough to answer: what is learned of motion is incidental, and `difference` is the authors' remedy.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { randomSquareCrop } from '../../data/augment/random-crop.ts';
import { maskCircle } from '../../data/transform/crop.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import { differences } from '../../data/transform/presentation.ts';
import { flipHorizontally, quarterTurn } from '../../data/transform/quarter-turn.ts';
import { rotate } from '../../data/transform/rotate.ts';
import { reshape } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import type { Panel } from '../drawing.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { cropFactors, sourcePanel } from '../source-panel.ts';
import { drawMovingStart, refusesStill } from '../still-recording.ts';

const options = z.strictObject({
  size: z.int().min(8).default(112).describe('side of the network input in pixels (paper: 112)'),
  frames: z.int().min(2).default(16).describe('frames of a clip (paper: 16)'),
  stride: z.int().min(1).default(2).describe('step between frames, in frames of the recording (paper: 2)'),
  input: z
    .enum(['intensity', 'difference'])
    .default('intensity')
    .describe('pictures, or differences of successive ones'),
  tilt: z.number().min(0).max(45).default(10).describe('largest small random rotation, in degrees (paper: 10)'),
  mask: z.enum(['circle', 'none']).default('circle').describe('circle hides corners and borders (paper: none)'),
  mirror: z.boolean().default(true).describe('mirror clips at random before turning (paper: true)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.8).describe('shortest side of a random part, as a fraction'),
  largestCrop: z
    .number()
    .min(0.1)
    .max(1)
    .default(1)
    .describe('longest side of a random part; below 1 the outline of the field of view is seldom whole'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const turnCount = 4;
/** Frames read so that `frames` pictures remain: differences need one more. */
const framesRead = ({ frames, input }: Options): number => (input === 'difference' ? frames + 1 : frames);
const span = (chosen: Options): number => (framesRead(chosen) - 1) * chosen.stride + 1;

function sample(given: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { size, frames } = chosen;
  const { view, start } =
    chosen.input === 'difference'
      ? drawMovingStart(given, random, span(chosen))
      : { view: given, start: random.integer(given.frames - span(chosen) + 1) };
  const window = { start, count: framesRead(chosen), stride: chosen.stride };
  const read = withChannels(view.read(window), channels);
  const tilt = random.uniform(-chosen.tilt, chosen.tilt);
  const { pixels, box } = randomSquareCrop(
    chosen.tilt > 0 ? rotate(read, tilt) : read,
    random,
    size,
    chosen.smallestCrop,
    chosen.largestCrop,
  );
  const mirrored = chosen.mirror && random.bernoulli();
  const clip = mirrored ? flipHorizontally(pixels) : pixels;
  const standard = standardise(chosen.input === 'difference' ? differences(clip) : clip);
  const upright = chosen.mask === 'circle' ? maskCircle(standard) : standard;
  const length = channels * frames * size * size;
  const data = new Float32Array(turnCount * length);
  for (let turn = 0; turn < turnCount; turn++) {
    data.set(channelsFirst(quarterTurn(upright, turn as 0 | 1 | 2 | 3)), turn * length);
  }
  return {
    inputs: {
      clips: hostArray('float32', [turnCount, channels, frames, size, size], data),
      turns: int64([turnCount], [0, 1, 2, 3]),
    },
    factors: {
      item: view.item.id,
      frame: start + Math.floor(((framesRead(chosen) - 1) * chosen.stride) / 2),
      start,
      tilt,
      mirrored: mirrored ? 1 : 0,
      ...cropFactors(box),
      degrees: [0, 90, 180, 270],
    },
  };
}

export const rotation3d = defineMethod<Options>({
  card: {
    id: 'rotation-3d',
    title: 'Clip rotation (3DRotNet)',
    idea: 'To say which way a clip was turned, a network must know how things stand and how they move.',
    question: 'By how many degrees was this clip turned?',
    inputs: ['clip'],
    paper: {
      authors: 'Jing, Yang, Liu and Tian',
      title: 'Self-supervised spatiotemporal feature learning via video rotation prediction',
      venue: 'arXiv',
      year: 2018,
      url: 'https://arxiv.org/abs/1811.11387',
    },
    colour: '#56B4E9',
    shortcuts: [
      {
        id: 'border',
        title: 'Borders, sector edges and burnt-in text',
        why: 'A black margin, the ultrasound fan or a line of text shows the turn without any anatomy or motion.',
        counter: { option: 'mask', guarded: 'circle', open: 'none' },
      },
      {
        id: 'single-frame',
        title: 'A single frame suffices',
        why: 'Each frame alone shows the turn, so nothing about motion has to be learned.',
        counter: { option: 'input', guarded: 'difference', open: 'intensity' },
      },
    ],
    expectations:
      'Pretext accuracy rises quickly; temporal features are incidental, since a single frame answers the question. ' +
      'Compare ordered with shuffled frames before claiming that motion was learned.',
  },
  options,
  presets: {
    paper: {
      options: { mask: 'none' },
      trunk: { id: 'resnet3d-18', preset: 'paper' },
      recipe: {
        batchSize: 32,
        steps: 72_000,
        optimiser: { kind: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 1e-3 },
        schedule: { kind: 'steps', at: [1 / 3, 2 / 3], factor: 0.1 },
      },
    },
    tiny: {
      options: { size: 32, frames: 8, stride: 1, smallestCrop: 0.8 },
      trunk: { id: 'resnet3d-18', preset: 'tiny' },
      recipe: {
        batchSize: 8,
        steps: 300,
        optimiser: { kind: 'sgd', learningRate: 0.05, momentum: 0.9, weightDecay: 1e-3 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: () => uniformChance(turnCount),
  refuses: (item, chosen) => {
    if (item.kind !== 'clip') return 'it is not a clip';
    if (item.frames < span(chosen)) {
      return `${item.frames} frames are fewer than the ${span(chosen)} that ${framesRead(chosen)} frames in steps of ${chosen.stride} span`;
    }
    return Math.min(item.height, item.width) < chosen.size / 2
      ? `${item.width}×${item.height} pixels are fewer than half the network input of ${chosen.size}×${chosen.size}`
      : undefined;
  },
  refusesPictures: (view, { input }) => (input === 'difference' ? refusesStill(view) : undefined),
  inputs: ({ options: { frames, size }, channels }) => ({
    clips: { dtype: 'float32', shape: [turnCount, channels, frames, size, size] },
    turns: { dtype: 'int64', shape: [turnCount] },
  }),
  presentation: ({ options: { size, frames, stride, mask, input }, channels }) => ({
    channels,
    frames,
    stride,
    size,
    mask,
    intensity: input === 'difference' ? 'difference' : 'standardise',
  }),
  sample,
  build: ({ options: { frames, size }, inputs: { clips, turns }, scope, trunk, channels }) => {
    const count = clips.shape[0] * turnCount;
    const trunkOutput = trunk(reshape(clips, [count, channels, frames, size, size]));
    const hidden = linearLayer(scope, 'hidden', trunkOutput.features, { features: 64 });
    const logits = linearLayer(scope, 'rotation', hidden, { features: turnCount });
    return classificationTask(trunkOutput, logits, reshape(turns, [count]), ['0°', '90°', '180°', '270°']);
  },
  draw: ({ inputs: { clips }, factors }, { options: { frames, size }, channels }, { view, answer }) => {
    const length = channels * frames * size * size;
    const panels = [0, 1, 2, 3].map((turn): Panel => {
      const part = (clips.data as Float32Array).subarray(turn * length, (turn + 1) * length);
      const said = answer?.slice(turn * turnCount, (turn + 1) * turnCount);
      const reply = said === undefined ? '' : `, answered ${90 * largest(said)}°`;
      return {
        caption: `turned by ${90 * turn}°${reply}`,
        picture: stretched(channelsLast(part, [frames, size, size, channels])),
        role: 'input',
      };
    });
    return {
      question: 'By how many degrees was each clip turned?',
      answer: '0°, 90°, 180°, 270°',
      rows: factors.item === view.item.id ? [[sourcePanel(view, factors)], panels] : [panels],
    };
  },
});
