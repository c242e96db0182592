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
import { resize } from '../../data/transform/resize.ts';
import { relu, reshape } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import { exemplarView } from '../exemplar-view.ts';
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
  scale: z.number().min(1).max(2).default(1.4).describe('largest factor of size (paper: 1.4)'),
  rotation: z.number().min(0).max(180).default(20).describe('largest turn in degrees (paper: 20)'),
  contrast: z.number().min(1).default(2).describe('largest factor of contrast (paper: 2)'),
  power: z.number().min(1).default(2).describe('largest power of the values (paper: 4)'),
  brightness: z.number().min(0).max(0.5).default(0.1).describe('largest change of all values (paper: 0.1)'),
  hidden: z.int().min(1).default(128).describe('numbers that describe a patch before the answer (paper: 512)'),
});
type Options = z.infer<typeof options>;

interface Seeds {
  /** Side of what is kept around a seed: the patch and as much again. */
  readonly side: number;
  readonly channels: number;
  /** `[seeds, side, side, channels]`, 8 bits each: kept in memory by every worker. */
  readonly pixels: Uint8Array;
}
type Context = MethodContext<Options, Seeds>;

/** How many places are looked at for every seed that is drawn by its gradients. */
const candidates = 8;

const contextOf = ({ patch }: Options): number => 2 * patch;

/** `count` random places of a random frame, as large as the patch with its surroundings; small frames are enlarged. */
function somePlaces(view: SampleView, random: Random, side: number, channels: number, count: number) {
  const picture = withChannels(view.read({ start: random.integer(view.frames), count: 1 }), channels);
  const [, height, width] = picture.shape;
  const factor = Math.max(1, side / Math.min(height, width));
  const enlarged = resize(picture, Math.ceil(height * factor), Math.ceil(width * factor), 'bilinear');
  return Array.from({ length: count }, () => {
    const y = random.integer(enlarged.shape[1] - side + 1);
    const x = random.integer(enlarged.shape[2] - side + 1);
    return crop(enlarged, { y, x, height: side, width: side });
  });
}

/** Mean squared difference of neighbours within the middle half, where the patch itself lies. */
function squaredGradient({ data, shape }: Pixels<Float32Array>): number {
  const [, side, , channels] = shape;
  const [first, last] = [Math.ceil(side / 4), Math.floor((3 * side) / 4)];
  let sum = 0;
  for (let y = first; y < last; y++) {
    for (let i = (y * side + first) * channels; i < (y * side + last) * channels; i++) {
      sum += (data[i] - data[i - channels]) ** 2 + (data[i] - data[i - side * channels]) ** 2;
    }
  }
  return sum;
}

function chooseSeeds(items: readonly SampleView[], chosen: Options, random: Random): Seeds {
  const side = contextOf(chosen);
  const channels = items.some((item) => item.channels === 3) ? 3 : 1;
  const length = side * side * channels;
  const pixels = new Uint8Array(chosen.seeds * length);
  for (let seed = 0; seed < chosen.seeds; seed++) {
    const own = random.split('seed', seed);
    const count = chosen.selection === 'gradient' ? candidates : 1;
    const places = somePlaces(own.choice(items), own, side, channels, count);
    const picked = places[own.categorical(places.map((place) => squaredGradient(place) + 1e-12))];
    pixels.set(
      picked.data.map((value) => Math.round(255 * value)),
      seed * length,
    );
  }
  return { side, channels, pixels };
}

function seedPixels({ side, channels, pixels }: Seeds, seed: number): Pixels<Float32Array> {
  const length = side * side * channels;
  const data = new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = pixels[seed * length + i] / 255;
  return { data, shape: [1, side, side, channels] };
}

function sample(_: SampleView, random: Random, { options: chosen, prepared, channels }: Context): Sample {
  const { patch, crops, seeds } = chosen;
  const length = channels * patch * patch;
  const data = new Float32Array(crops * length);
  const middle = { y: prepared.side / 2, x: prepared.side / 2, side: patch };
  const ranges = { ...chosen, rotationDegrees: chosen.rotation };
  const classes = Array.from({ length: crops }, () => random.integer(seeds));
  const drawn = classes.map((seed, i) => {
    const seen = exemplarView(seedPixels(prepared, seed), middle, patch, ranges, random.split('view', i));
    data.set(channelsFirst(standardise(withChannels(seen.pixels, channels))), i * length);
    return seen.drawn;
  });
  return {
    inputs: {
      patches: hostArray('float32', [crops, channels, patch, patch], data),
      seeds: int64([crops], classes),
    },
    factors: {
      seeds: classes,
      centreRows: drawn.map(({ y }) => y),
      centreColumns: drawn.map(({ x }) => x),
      scales: drawn.map(({ scale }) => scale),
      degrees: drawn.map(({ degrees }) => degrees),
      contrasts: drawn.map(({ contrast }) => contrast),
      powers: drawn.map(({ power }) => power),
      brightnesses: drawn.map(({ brightness }) => brightness),
    },
  };
}

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
      options: { seeds: 8000, power: 4, hidden: 512, crops: 1 },
      trunk: { id: 'exemplar-cnn', preset: 'paper' },
      recipe: {
        batchSize: 128,
        steps: 1_500_000,
        optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9 },
        schedule: { kind: 'steps', at: [0.5, 0.75, 0.9], factor: 0.25 },
      },
    },
    tiny: {
      options: {},
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
  inputs: ({ options: { crops, patch }, channels }) => ({
    patches: { dtype: 'float32', shape: [crops, channels, patch, patch] },
    seeds: { dtype: 'int64', shape: [crops] },
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
  build: ({ options: chosen, inputs: { patches, seeds }, scope, trunk, channels }) => {
    const count = patches.shape[0] * patches.shape[1];
    const trunkOutput = trunk(reshape(patches, [count, channels, chosen.patch, chosen.patch]));
    const { map } = trunkOutput;
    const flat = reshape(map, [count, map.shape.slice(1).reduce((a, b) => a * b, 1)]);
    const described = relu(linearLayer(scope, 'hidden', flat, { features: chosen.hidden }));
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
