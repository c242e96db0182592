/**
 * Colourisation: the lightness of a picture goes in, and the network says the colour of every place by choosing among the
 * bins of colour that a screen can show. Zhang, Isola and Efros, "Colorful image colorization", ECCV 2016, with the bins,
 * the soft encoding, the rebalancing of gradients and the annealed mean of the released code.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { rgbToLab } from '../../data/transform/lab.ts';
import { centredLab } from '../../data/transform/presentation.ts';
import { reduceMean } from '../../graph/primitives.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import {
  binFields,
  binTargetSpecs,
  binTargets,
  distances,
  predictBins,
  type WeightedBins,
  weighBins,
} from '../bin-prediction.ts';
import { coarser, coarseValues, colourCrop, cropFields, refusesColour, valuesOfParts } from '../colour-crop.ts';
import { gamutBins } from '../colour-gamut.ts';
import { releasedColourRecipe, tinyColourRecipe } from '../colour-recipes.ts';
import { outputPanels } from '../drawing.ts';
import { labPicture, lightnessPicture } from '../lab-picture.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { sourcePanel } from '../source-panel.ts';

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
  ...binFields,
  greyThreshold: z
    .number()
    .min(0)
    .default(5)
    .describe('crops in which neither a nor b ever exceeds this teach nothing (released: 5)'),
  divisor: z.number().positive().default(50).describe('what L − 50 is divided by before it enters (released: 1)'),
  ...cropFields,
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, WeightedBins>;

function sample(view: SampleView, random: Random, { options: chosen, prepared }: Context): Sample {
  const part = colourCrop(view, random, chosen);
  const lab = rgbToLab(part.pixels);
  const colours = coarseValues(lab, [1, 2]);
  const strongest = colours.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const coloured = strongest > chosen.greyThreshold;
  const lightness = centredLab(lab, 1, chosen.divisor);
  return {
    inputs: {
      lightness: hostArray('float32', [1, chosen.size, chosen.size], lightness.data),
      ...binTargets('colour', colours, prepared, chosen, coloured ? 1 : 0),
    },
    factors: {
      ...part.factors,
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

/** What entered as lightness, 0 to 100. */
const lightnessOf = ({ data, shape }: HostArray, { divisor }: Options): HostArray =>
  hostArray(
    'float32',
    shape,
    Float32Array.from(data as Float32Array, (value) => value * divisor + 50),
  );

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
      recipe: releasedColourRecipe,
    },
    'paper-alexnet': {
      options: { size: 224, hidden: 256, divisor: 1, smallestCrop: 0.875, largestCrop: 0.875 },
      trunk: { id: 'caffenet', preset: 'paper' },
      recipe: releasedColourRecipe,
    },
    tiny: {
      options: {},
      trunk: { id: 'colour-network', preset: 'tiny' },
      recipe: tinyColourRecipe(3e-3),
    },
  },
  chance: ({ grid }) => ({ loss: Math.log(gamutBins(grid).length / 2) }),
  refuses: (item, { size }) => refusesColour(item, size, 'colour'),
  prepare: (views, chosen, random) => {
    const bins = { dimensions: 2, centres: gamutBins(chosen.grid), spacing: chosen.grid };
    const colours = valuesOfParts(views, random, (view, own) =>
      coarseValues(rgbToLab(colourCrop(view, own, chosen).pixels), [1, 2]),
    );
    return weighBins(bins, colours, chosen);
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
    const light = lightnessOf(lightness, chosen);
    const told = productions.colours;
    return {
      question: 'Which colour has every place of this grey picture?',
      answer: factors.coloured === 1 ? 'its own colours, shown beside it' : 'none: it is too grey to teach anything',
      rows: [
        [
          sourcePanel(view, factors),
          {
            caption: 'its lightness, which the network sees',
            picture: lightnessPicture(light, size),
            role: 'input',
          },
          {
            caption: `its colours on ${size / coarser} × ${size / coarser} places`,
            picture: labPicture(light, colourValues, size),
            role: 'target',
          },
          ...outputPanels(told, 'as the network colours it', (told) => labPicture(light, told, size)),
        ],
      ],
    };
  },
});
