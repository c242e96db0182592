/**
 * Colourisation: the lightness of a picture goes in, and the network says the colour of every place by choosing among the
 * bins of colour that a screen can show. Zhang, Isola and Efros, "Colorful image colorization", ECCV 2016, with the bins,
 * the soft encoding, the rebalancing of gradients and the annealed mean of the released code.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { randomSquareCrop } from '../../data/augment/random-crop.ts';
import { labToRgb, rgbToLab } from '../../data/transform/lab.ts';
import { channelsLast, withChannels } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { centredLab } from '../../data/transform/presentation.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { resize } from '../../data/transform/resize.ts';
import { reduceMean } from '../../graph/primitives.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import { binTargetSpecs, binTargets, distances, predictBins, type WeightedBins, weighBins } from '../bin-prediction.ts';
import { gamutBins } from '../colour-gamut.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { sourcePanel } from '../source-panel.ts';

/** Colours are predicted at a quarter of the input's side. */
const coarser = 4;
/** Crops that the prior of colours is counted on. */
const counted = 400;

const options = z.strictObject({
  size: z
    .int()
    .min(16)
    .multipleOf(coarser)
    .default(32)
    .describe('side of the input in pixels (paper: 224; trained: 176)'),
  grid: z
    .number()
    .min(5)
    .max(60)
    .default(10)
    .describe('side of a bin of colour in units of a and b (paper: 10, 313 bins)'),
  neighbours: z.int().min(1).max(30).default(10).describe('bins that share a colour (paper: 10)'),
  softness: z
    .number()
    .min(0)
    .max(2)
    .default(0.5)
    .describe('deviation of the Gaussian that shares it, in bins (paper: 0.5, which is 5 units)'),
  rebalance: z
    .boolean()
    .default(true)
    .describe('rare colours count more, in the gradient only (paper: true); otherwise all alike'),
  uniform: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.5)
    .describe('share of the even distribution in what weights are the reciprocals of, λ (paper: 0.5)'),
  greyThreshold: z
    .number()
    .min(0)
    .default(5)
    .describe('crops in which neither a nor b ever exceeds this teach nothing (released: 5)'),
  temperature: z.number().min(0.05).max(1).default(0.38).describe('T of the annealed mean that is shown (paper: 0.38)'),
  hidden: z.int().min(1).default(32).describe('channels of conv8 (paper: 256)'),
  divisor: z.number().positive().default(50).describe('what L − 50 is divided by before it enters (released: 1)'),
  mirror: z.boolean().default(true).describe('mirror images at random (released: true)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.7).describe('shortest side of the part used, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of the part used, as a fraction'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, WeightedBins>;

function drawPart(view: SampleView, random: Random, chosen: Options) {
  const frame = random.integer(view.frames);
  const picture = withChannels(view.read({ start: frame, count: 1 }), 3);
  const part = randomSquareCrop(picture, random.split('crop'), chosen.size, chosen.smallestCrop, chosen.largestCrop);
  const mirrored = chosen.mirror && random.bernoulli();
  const lab = rgbToLab(mirrored ? flipHorizontally(part.pixels) : part.pixels);
  return { lab, frame, mirrored, box: part.box };
}

/** a and b of the first pixel of every four by four, as the released network takes them. */
function coarseColours({ data }: Pixels<Float32Array>, size: number): Float32Array {
  const side = size / coarser;
  const out = new Float32Array(side * side * 2);
  for (let i = 0; i < side * side; i++) {
    const from = (Math.floor(i / side) * size + (i % side)) * coarser * 3;
    out[2 * i] = data[from + 1];
    out[2 * i + 1] = data[from + 2];
  }
  return out;
}

function sample(view: SampleView, random: Random, { options: chosen, prepared }: Context): Sample {
  const { lab, frame, mirrored, box } = drawPart(view, random, chosen);
  const colours = coarseColours(lab, chosen.size);
  const strongest = colours.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const coloured = strongest > chosen.greyThreshold;
  const lightness = centredLab(lab, 1, chosen.divisor);
  return {
    inputs: {
      lightness: hostArray('float32', [1, chosen.size, chosen.size], lightness.data),
      ...binTargets('colour', colours, prepared, chosen, coloured ? 1 : 0),
    },
    factors: {
      frame,
      cropTop: box.y,
      cropLeft: box.x,
      cropSide: box.height,
      mirrored: mirrored ? 1 : 0,
      coloured: coloured ? 1 : 0,
      strongestColour: strongest,
      meanA: mean(colours, 0),
      meanB: mean(colours, 1),
    },
  };
}

const mean = (values: Float32Array, from: number): number => {
  let sum = 0;
  for (let i = from; i < values.length; i += 2) sum += values[i];
  return (2 * sum) / values.length;
};

/** A picture of the lightness that entered with colours of a coarser grid, `[2, h, w]`, laid over it. */
function coloured({ data, shape }: HostArray, colours: HostArray, { divisor }: Options): Pixels<Float32Array> {
  const [, height, width] = shape;
  const [, rows, columns] = colours.shape;
  const plane = channelsLast((colours.data as Float32Array).slice(), [1, rows, columns, 2]);
  const fine = resize(plane, height, width, 'bilinear').data;
  const lab = new Float32Array(height * width * 3);
  for (let i = 0; i < height * width; i++) {
    lab.set([Number(data[i]) * divisor + 50, fine[2 * i], fine[2 * i + 1]], 3 * i);
  }
  return labToRgb({ data: lab, shape: [1, height, width, 3] });
}

export const colourisation = defineMethod<Options, WeightedBins>({
  card: {
    id: 'colourisation',
    title: 'Colourisation',
    idea: 'To say which colour a thing has, a network must recognise the thing.',
    question: 'Which colour has every place of this grey picture?',
    inputs: ['image', 'clip', 'volume'],
    needs: 'colour',
    paper: {
      authors: 'Zhang, Isola and Efros',
      title: 'Colorful image colorization',
      venue: 'ECCV',
      year: 2016,
      url: 'https://arxiv.org/abs/1603.08511',
    },
    colour: '#CC6677',
    shortcuts: [
      {
        id: 'pale',
        title: 'Pale colours are always nearly right',
        why: 'Background and pale tissue fill most of a picture, so answering them everywhere costs little.',
        counter: { option: 'rebalance', guarded: true, open: false },
      },
      {
        id: 'grey',
        title: 'Pictures without colour',
        why: 'A grey picture teaches to answer grey whatever is seen.',
        counter: { option: 'greyThreshold', guarded: 5, open: 0 },
      },
      {
        id: 'outline',
        title: 'The black border of an endoscope',
        why: 'Black has no colour, so that border and corners are answered by their darkness alone.',
        counter: { option: 'largestCrop', guarded: 0.7, open: 1 },
      },
    ],
    expectations:
      'Only data with colour can teach it: endoscopy, skin, fundus, stained sections, colour Doppler. ' +
      'Colours stay pale where several are likely; the loss cannot fall to zero, since every colour is shared by ten bins.',
  },
  options,
  presets: {
    paper: {
      options: { size: 224, hidden: 256, divisor: 1, smallestCrop: 0.875, largestCrop: 0.875 },
      trunk: { id: 'colour-network', preset: 'paper' },
      recipe: {
        batchSize: 40,
        steps: 450_000,
        optimiser: { kind: 'adam', learningRate: 3e-5, beta1: 0.9, beta2: 0.99, weightDecay: 1e-3 },
        schedule: { kind: 'steps', at: [0.5], factor: 0.1 },
      },
    },
    tiny: {
      options: {},
      trunk: { id: 'colour-network', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 500,
        optimiser: { kind: 'adam', learningRate: 3e-3, beta1: 0.9, beta2: 0.99, weightDecay: 1e-4 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: ({ grid }) => ({ loss: Math.log(gamutBins(grid).length / 2) }),
  refuses: (item, { size }) => {
    if (item.kind === 'signal') return 'it holds samples over time and no picture';
    if (Math.min(item.height, item.width) < size / 2) {
      return `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`;
    }
    return item.channels === 1 ? 'it is grey, and there is no colour to predict' : undefined;
  },
  prepare: (views, chosen, random) => {
    const bins = { dimensions: 2, centres: gamutBins(chosen.grid), spacing: chosen.grid };
    if (!chosen.rebalance) return { ...bins, weights: new Float32Array(bins.centres.length / 2).fill(1) };
    const draws = Math.max(Math.min(counted, 4 * views.length), 1);
    const colours = Array.from({ length: draws }, (_, draw) => {
      const own = random.split(draw);
      return coarseColours(drawPart(own.choice(views), own, chosen).lab, chosen.size);
    });
    return weighBins(bins, joined(colours), chosen);
  },
  inputs: ({ options: chosen, prepared }) => ({
    lightness: { dtype: 'float32', shape: [1, chosen.size, chosen.size] },
    ...binTargetSpecs('colour', prepared, chosen.size / coarser, chosen),
  }),
  presentation: ({ options: { size, divisor } }) => ({
    channels: 1,
    frames: 1,
    stride: 1,
    size,
    mask: 'none',
    intensity: 'lab',
    divisor,
  }),
  sample,
  build: ({ options: chosen, prepared, inputs, scope, trunk }) => {
    const trunkOutput = trunk(inputs.lightness);
    const { loss, accuracy, error, values } = predictBins(scope, trunkOutput.map, 'colour', inputs, prepared, chosen);
    return {
      objectives: [{ name: 'colours', loss }],
      measures: { accuracy, colourError: error, errorOfGrey: reduceMean(distances(inputs.colourValues, 0)) },
      embedding: trunkOutput.features,
      trunkOutput,
      productions: { colours: values },
    };
  },
  draw: ({ inputs: { lightness, colourValues }, factors }, { options: chosen }, { view, productions = {} }) => {
    const { size } = chosen;
    const grey = Float32Array.from(lightness.data as Float32Array, (value) => (value * chosen.divisor + 50) / 100);
    const told = productions.colours;
    return {
      question: 'Which colour has every place of this grey picture?',
      answer: factors.coloured === 1 ? 'its own colours, shown beside it' : 'none: it is too grey to teach anything',
      rows: [
        [
          sourcePanel(view, factors),
          {
            caption: 'its lightness, which the network sees',
            picture: { data: grey, shape: [1, size, size, 1] },
            role: 'input',
          },
          {
            caption: `its colours on ${size / coarser} × ${size / coarser} places`,
            picture: coloured(lightness, colourValues, chosen),
            role: 'target',
          },
          ...(told === undefined
            ? []
            : [
                {
                  caption: 'as the network colours it',
                  picture: coloured(lightness, told, chosen),
                  role: 'output' as const,
                },
              ]),
        ],
      ],
    };
  },
});

function joined(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
