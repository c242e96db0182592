/**
 * Split-Brain: one half of a network sees the lightness of a picture and says its colour, the other sees its colour and
 * says its lightness; the features of both together are what is kept. Zhang, Isola and Efros, "Split-brain autoencoders:
 * unsupervised learning by cross-channel prediction", CVPR 2017, both directions by classification.
 * @module
 */
import { z } from 'zod';
import { SondeError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { rgbToLab } from '../../data/transform/lab.ts';
import { channelsFirst } from '../../data/transform/layout.ts';
import { centredLab } from '../../data/transform/presentation.ts';
import { add, multiply } from '../../graph/primitives.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { binFields, binTargetSpecs, binTargets, predictBins, type WeightedBins, weighBins } from '../bin-prediction.ts';
import { coarser, coarseValues, colourCrop, cropFields, refusesColour, valuesOfParts } from '../colour-crop.ts';
import { gamutBins } from '../colour-gamut.ts';
import { crossChannelPaper, releasedColourRecipe, tinyColourRecipe } from '../colour-recipes.ts';
import { outputPanels } from '../drawing.ts';
import { labPicture, lightnessPicture } from '../lab-picture.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { sourcePanel } from '../source-panel.ts';

const options = z.strictObject({
  size: z.int().min(16).multipleOf(coarser).default(32).describe('side of the input in pixels (paper: 180)'),
  grid: z
    .number()
    .min(5)
    .max(60)
    .default(10)
    .describe('side of a bin of colour in units of a and b (paper: 10, 313 bins)'),
  lightnessBins: z.int().min(2).max(200).default(25).describe('bins of lightness, from black to white (paper: 100)'),
  ...binFields,
  rebalance: z.boolean().default(false).describe('rare values count more, in the gradient only (paper: false)'),
  divisor: z.number().positive().default(50).describe('what L − 50, a and b are divided by before they enter'),
  ...cropFields,
});
type Options = z.infer<typeof options>;
interface Prepared {
  readonly colour: WeightedBins;
  readonly lightness: WeightedBins;
}
type Context = MethodContext<Options, Prepared>;

const colourChannels = [1, 2];
const lightnessChannel = [0];

const colourBinsOf = ({ grid }: Options) => ({ dimensions: 2, centres: gamutBins(grid), spacing: grid });

function lightnessBinsOf({ lightnessBins: count }: Options) {
  const centres = Float32Array.from({ length: count }, (_, bin) => ((bin + 0.5) * 100) / count);
  return { dimensions: 1, centres, spacing: 100 / count };
}

function sample(view: SampleView, random: Random, { options: chosen, prepared }: Context): Sample {
  const { pixels, factors } = colourCrop(view, random, chosen);
  const lab = rgbToLab(pixels);
  const picture = channelsFirst(centredLab(lab, 3, chosen.divisor));
  return {
    inputs: {
      picture: hostArray('float32', [3, chosen.size, chosen.size], picture),
      ...binTargets('colour', coarseValues(lab, colourChannels), prepared.colour, chosen, 1),
      ...binTargets('lightness', coarseValues(lab, lightnessChannel), prepared.lightness, chosen, 1),
    },
    factors,
  };
}

export const splitBrain = defineMethod<Options, Prepared>({
  card: {
    id: 'split-brain',
    title: 'Split-Brain',
    idea: 'Two halves of a network that tell each other what they cannot see must both know what is there.',
    question: 'Which colour has this grey picture, and which lightness has this colour?',
    inputs: ['image', 'clip', 'volume'],
    needs: 'colour',
    paper: crossChannelPaper,
    colour: '#661100',
    shortcuts: [
      {
        id: 'pale',
        title: 'Common values are always nearly right',
        why: 'Background and pale tissue fill most of a picture, so answering them everywhere costs little.',
        counter: { option: 'rebalance', guarded: true, open: false },
      },
      {
        id: 'outline',
        title: 'The black border of an endoscope',
        why: 'Black has no colour, so that border and corners are answered from either side at once.',
        counter: { option: 'largestCrop', guarded: 0.7, open: 1 },
      },
    ],
    expectations:
      'Unlike colourisation, what is learned looks at the whole picture, colour included. ' +
      'Lightness is harder to tell from colour than colour from lightness, since colour has little detail.',
  },
  options,
  presets: {
    paper: {
      options: { size: 180, lightnessBins: 100, hidden: 256, divisor: 1, smallestCrop: 0.7 },
      trunk: { id: 'split-brain', preset: 'paper' },
      recipe: releasedColourRecipe,
    },
    tiny: {
      options: {},
      trunk: { id: 'split-brain', preset: 'tiny' },
      recipe: tinyColourRecipe(5e-3),
    },
  },
  chance: ({ grid, lightnessBins }) => ({ loss: Math.log(gamutBins(grid).length / 2) + Math.log(lightnessBins) }),
  refuses: (item, { size }) => refusesColour(item, size, 'colour'),
  prepare: (views, chosen, random) => {
    const valuesOf = (channels: readonly number[]) =>
      chosen.rebalance
        ? valuesOfParts(views, random.split('parts'), (view, own) =>
            coarseValues(rgbToLab(colourCrop(view, own, chosen).pixels), channels),
          )
        : new Float32Array(0);
    return {
      colour: weighBins(colourBinsOf(chosen), valuesOf(colourChannels), chosen),
      lightness: weighBins(lightnessBinsOf(chosen), valuesOf(lightnessChannel), chosen),
    };
  },
  inputs: ({ options: chosen, prepared }) => ({
    picture: { dtype: 'float32', shape: [3, chosen.size, chosen.size] },
    ...binTargetSpecs('colour', prepared.colour, chosen.size / coarser, chosen),
    ...binTargetSpecs('lightness', prepared.lightness, chosen.size / coarser, chosen),
  }),
  presentation: ({ options: { size, divisor } }) => ({
    channels: 3,
    frames: 1,
    stride: 1,
    size,
    mask: 'none',
    intensity: 'lab',
    divisor,
  }),
  sample,
  build: ({ options: chosen, prepared, inputs, scope, trunk }) => {
    const trunkOutput = trunk(inputs.picture);
    const { halves } = trunkOutput;
    if (halves === undefined) {
      throw new SondeError('usage', 'Split-Brain needs a trunk of two halves that never see each other', {
        found: 'a trunk that sees lightness and colour at once, and could copy the answer',
        hint: 'choose --trunk split-brain; any other trunk learns from colours with --method colourisation',
      });
    }
    const [light, coloured] = halves;
    const colour = predictBins(scope.child('colours'), light, 'colour', inputs, prepared.colour, chosen);
    const lightness = predictBins(
      scope.child('lightnesses'),
      coloured,
      'lightness',
      inputs,
      prepared.lightness,
      chosen,
    );
    return {
      objectives: [
        {
          name: 'both',
          loss: add(colour.loss, lightness.loss),
          parts: { colour: colour.loss, lightness: lightness.loss },
        },
      ],
      measures: {
        accuracy: multiply(add(colour.accuracy, lightness.accuracy), 0.5),
        colourAccuracy: colour.accuracy,
        lightnessAccuracy: lightness.accuracy,
        colourError: colour.error,
        lightnessError: lightness.error,
      },
      embedding: trunkOutput.features,
      trunkOutput,
      productions: { colour: colour.values, lightness: lightness.values },
    };
  },
  draw: ({ inputs, factors }, { options: chosen }, { view, productions = {} }) => {
    const { size, divisor } = chosen;
    const { picture, colourValues, lightnessValues } = inputs;
    const values = Float32Array.from(picture.data as Float32Array, (value) => value * divisor);
    const light = hostArray(
      'float32',
      [1, size, size],
      values.slice(0, size * size).map((value) => value + 50),
    );
    const colours = hostArray('float32', [2, size, size], values.slice(size * size));
    const even = hostArray('float32', [1, size, size], new Float32Array(size * size).fill(60));
    const side = `${size / coarser} × ${size / coarser} places`;
    const { colour, lightness } = productions;
    return {
      question: 'Which colour has this grey picture, and which lightness has this colour?',
      answer: 'those of the same part: each half sees what the other must tell',
      rows: [
        [
          sourcePanel(view, factors),
          { caption: 'its lightness, for one half', picture: lightnessPicture(light, size), role: 'input' },
          {
            caption: `the colours to tell, on ${side}`,
            picture: labPicture(light, colourValues, size),
            role: 'target',
          },
          ...outputPanels(colour, 'the colours told', (told) => labPicture(light, told, size)),
        ],
        [
          { caption: 'its colour, for the other half', picture: labPicture(even, colours, size), role: 'input' },
          {
            caption: `the lightness to tell, on ${side}`,
            picture: lightnessPicture(lightnessValues, size),
            role: 'target',
          },
          ...outputPanels(lightness, 'the lightness told', (told) => lightnessPicture(told, size)),
        ],
      ],
    };
  },
});
