/**
 * Models Genesis: a part of a volume is deformed, and an encoder with a decoder restores it. Zhou, Sodha, Rahman Siddiquee,
 * Feng, Tajbakhsh, Gotway and Liang, "Models Genesis: generic autodidactic models for 3D medical image analysis", MICCAI
 * 2019, with the order and the rates of the released code: flip (of the original too), local shuffling, non-linear
 * intensities, then painting outside or inside, never both.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { flipHorizontally, flipVertically } from '../../data/transform/quarter-turn.ts';
import { sigmoid } from '../../graph/primitives.ts';
import { meanSquaredError } from '../../nn/losses/distances.ts';
import { decodeUnet } from '../../nn/trunks/unet3d-decoder.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { middleSlice, volumePanels } from '../cube-drawing.ts';
import { drawPart, flipDepth, type PartChoice, partFactors, refusesVolume } from '../cube-grid.ts';
import {
  drawCurve,
  drawKeptBoxes,
  drawPaintedBoxes,
  mapIntensities,
  paintInside,
  paintOutside,
  shuffleLocally,
} from '../deformations.ts';
import { defineMethod, type Factors, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { tinyVolumeRecipe } from '../volume-recipes.ts';

const rate = (value: number, meaning: string) =>
  z.number().min(0).max(1).default(value).describe(`${meaning} (released: ${value})`);

const options = z.strictObject({
  size: z.int().min(16).multipleOf(8).default(32).describe('rows and columns of the part in voxels (released: 64)'),
  depth: z.int().min(16).multipleOf(8).default(16).describe('slices of the part (released: 32)'),
  flip: rate(0.4, 'probability of a flip, and of each further one up to three'),
  shuffle: rate(0.5, 'probability of local shuffling'),
  windows: z.int().min(1).default(1250).describe('boxes that are shuffled (released: 10000 in eight times the voxels)'),
  intensity: rate(0.9, 'probability of a non-linear map of intensities'),
  paint: rate(0.9, 'probability of painting, outside or inside'),
  inside: rate(0.2, 'share of paintings that are inside'),
  air: z.number().min(0).max(1).default(0.05).describe('intensity up to which a voxel is air'),
  foreground: z.number().min(0).max(1).default(0.3).describe('share of voxels brighter than air that a part must have'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const partOf = ({ size, depth, air, foreground }: Options): PartChoice => ({
  size: [depth, size, size],
  air,
  foreground,
});

/** What a flip exchanges, slices, rows or columns first. */
const flips = [flipDepth, flipVertically, flipHorizontally<Float32Array>] as const;

function sample(view: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { size, depth } = chosen;
  const part = drawPart(view, random.split('part'), channels, partOf(chosen));
  const flipping = random.split('flips');
  const flipped: number[] = [];
  while (flipped.length < 3 && flipping.bernoulli(chosen.flip)) flipped.push(flipping.integer(3));
  const original = flipped.reduce<Pixels<Float32Array>>((volume, axis) => flips[axis](volume), part.pixels);
  const { volume, factors } = deformed(original, random.split('deformations'), chosen);
  const shape = [channels, depth, size, size];
  return {
    inputs: {
      deformed: hostArray('float32', shape, channelsFirst(volume).slice()),
      original: hostArray('float32', shape, channelsFirst(original).slice()),
    },
    factors: {
      ...partFactors(part),
      flips: flipped,
      ...factors,
    },
  };
}

function deformed(
  original: Pixels<Float32Array>,
  random: Random,
  chosen: Options,
): { readonly volume: Pixels<Float32Array>; readonly factors: Factors } {
  let volume = original;
  const shuffled = random.bernoulli(chosen.shuffle);
  if (shuffled) volume = shuffleLocally(volume, chosen.windows, random.split('shuffling'));
  const mapped = random.bernoulli(chosen.intensity);
  const curve = drawCurve(random.split('curve'));
  if (mapped) volume = mapIntensities(volume, curve);
  const painted = random.bernoulli(chosen.paint);
  const inside = random.bernoulli(chosen.inside);
  const boxing = random.split('boxes');
  const boxes = !painted ? [] : inside ? drawPaintedBoxes(volume.shape, boxing) : drawKeptBoxes(volume.shape, boxing);
  if (painted) volume = (inside ? paintInside : paintOutside)(volume, boxes, random.split('noise'));
  return {
    volume,
    factors: {
      shuffled: shuffled ? 1 : 0,
      curve: mapped ? curve.controls : [],
      inverted: mapped && curve.inverted ? 1 : 0,
      painted: !painted ? 'none' : inside ? 'inside' : 'outside',
      boxCorners: boxes.flatMap(({ corner }) => corner),
      boxSizes: boxes.flatMap(({ size }) => size),
    },
  };
}

export const modelsGenesis = defineMethod<Options>({
  card: {
    id: 'models-genesis',
    title: 'Models Genesis',
    idea: 'To restore what was shuffled, recoloured or painted over, a network must know texture, intensity and anatomy.',
    question: 'What did this part of the body look like before it was deformed?',
    inputs: ['volume'],
    paper: {
      authors: 'Zhou, Sodha, Rahman Siddiquee, Feng, Tajbakhsh, Gotway and Liang',
      title: 'Models Genesis: generic autodidactic models for 3D medical image analysis',
      venue: 'MICCAI',
      year: 2019,
      url: 'https://arxiv.org/abs/1908.06912',
    },
    colour: '#A6761D',
    shortcuts: [
      {
        id: 'air',
        title: 'Parts of air',
        why: 'An empty part is restored by answering black, which rewards a network for knowing nothing.',
        counter: { option: 'foreground', guarded: 0.3, open: 0 },
      },
    ],
    expectations:
      'The error falls quickly while blurred restorations are learned and slowly after that. Encoder and decoder are ' +
      'both learned, so that segmentation can start from both; a low error is no proof of good features.',
  },
  options,
  presets: {
    paper: {
      options: { size: 64, depth: 32, windows: 10_000 },
      trunk: { id: 'unet3d', preset: 'paper' },
      recipe: {
        batchSize: 6,
        steps: 200_000,
        optimiser: { kind: 'sgd', learningRate: 1, momentum: 0.9 },
        schedule: { kind: 'steps', at: [0.25, 0.5, 0.75], factor: 0.5 },
      },
    },
    tiny: {
      options: {},
      trunk: { id: 'unet3d', preset: 'tiny' },
      recipe: tinyVolumeRecipe({ batchSize: 4, steps: 300 }),
    },
  },
  chance: () => ({}),
  refuses: (item, chosen) => refusesVolume(item, partOf(chosen).size),
  inputs: ({ options: { size, depth }, channels }) => ({
    deformed: { dtype: 'float32', shape: [channels, depth, size, size] },
    original: { dtype: 'float32', shape: [channels, depth, size, size] },
  }),
  presentation: ({ options: { size, depth }, channels }) => ({
    channels,
    frames: depth,
    stride: 1,
    size,
    mask: 'none',
    intensity: 'unit',
    whole: true,
  }),
  sample,
  build: ({ inputs, scope, trunk, channels }) => {
    const trunkOutput = trunk(inputs.deformed);
    const taps = Object.values(trunkOutput.taps);
    const decoded = scope.layer('decoder', (inner) => decodeUnet(inner, taps, channels));
    const restoration = sigmoid(decoded.output);
    const loss = meanSquaredError(restoration, inputs.original);
    return {
      objectives: [{ name: 'restoration', loss }],
      measures: { deformation: meanSquaredError(inputs.deformed, inputs.original) },
      embedding: trunkOutput.features,
      trunkOutput,
      productions: { restoration },
      keeps: {
        'encoder-decoder': {
          input: inputs.deformed,
          taps: { ...trunkOutput.taps, ...decoded.taps, restoration },
        },
      },
    };
  },
  draw: ({ inputs, factors }, { options: { size, depth }, channels }, { view }) => {
    const sides = [depth, size, size] as const;
    const corner = [Number(factors.slice), Number(factors.top), Number(factors.left)] as const;
    const panel = (name: string) => middleSlice(inputs[name].data as Float32Array, channels, sides);
    const done = [
      ...(factors.shuffled === 1 ? ['voxels shuffled'] : []),
      ...((factors.curve as number[]).length > 0 ? ['intensities mapped'] : []),
      ...(factors.painted === 'none' ? [] : [`painted ${factors.painted}`]),
    ];
    return {
      question: 'What did this part of the body look like before it was deformed?',
      answer:
        done.length === 0 ? 'as it is: nothing was done to it' : `the part before this was done: ${done.join(', ')}`,
      rows: [
        [
          ...volumePanels(view, [{ corner, size: sides, text: '' }], 1),
          { caption: done.length === 0 ? 'nothing done' : done.join(', '), picture: panel('deformed'), role: 'input' },
          { caption: 'what is to be restored', picture: panel('original'), role: 'target' },
        ],
      ],
    };
  },
});
