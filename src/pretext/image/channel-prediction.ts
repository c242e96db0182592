/**
 * Channel prediction: some channels of a picture go in, and the network says the held-out ones by choosing among bins that
 * follow the data. Colourisation for data whose channels mean something each, after Zhang, Isola and Efros, "Colorful image
 * colorization", ECCV 2016, and the cross-channel prediction of their "Split-brain autoencoders", CVPR 2017.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, channelsLast } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { pickChannels } from '../../data/transform/presentation.ts';
import { resize } from '../../data/transform/resize.ts';
import { type HostArray, hostArray } from '../../tensor/host-array.ts';
import { binFields, binTargetSpecs, binTargets, predictBins, type WeightedBins, weighBins } from '../bin-prediction.ts';
import { coarser, coarseValues, colourCrop, cropFields, refusesColour, valuesOfParts } from '../colour-crop.ts';
import { crossChannelPaper, releasedColourRecipe, tinyColourRecipe } from '../colour-recipes.ts';
import { dataBins } from '../data-bins.ts';
import { outputPanels } from '../drawing.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { sourcePanel } from '../source-panel.ts';

const names = ['red', 'green', 'blue'] as const;
/** Which channels are predicted; the others go in. */
const heldOutSets = {
  red: [0],
  green: [1],
  blue: [2],
  'red-green': [0, 1],
  'red-blue': [0, 2],
  'green-blue': [1, 2],
} as const;

const options = z.strictObject({
  size: z.int().min(16).multipleOf(coarser).default(32).describe('side of the input in pixels'),
  heldOut: z
    .enum(['red', 'green', 'blue', 'red-green', 'red-blue', 'green-blue'])
    .default('red-blue')
    .describe('which channels are predicted; the network sees the others'),
  bins: z.int().min(2).max(512).default(64).describe('values told apart, placed where values of the data lie'),
  ...binFields,
  ...cropFields,
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options, WeightedBins>;

const heldOutOf = ({ heldOut }: Options): readonly number[] => heldOutSets[heldOut];
const givenOf = (chosen: Options): number[] => [0, 1, 2].filter((channel) => !heldOutOf(chosen).includes(channel));
const namesOf = (channels: readonly number[]): string => channels.map((channel) => names[channel]).join(' and ');

function sample(view: SampleView, random: Random, { options: chosen, prepared }: Context): Sample {
  const { pixels, factors } = colourCrop(view, random, chosen);
  const given = givenOf(chosen);
  const data = channelsFirst(pickChannels(pixels, given));
  return {
    inputs: {
      given: hostArray('float32', [given.length, chosen.size, chosen.size], data),
      ...binTargets('held', coarseValues(pixels, heldOutOf(chosen)), prepared, chosen, 1),
    },
    factors,
  };
}

/** A colour picture of the channels that were given and coarser ones, `[held out, h, w]`, in the place of the others. */
function completed(given: HostArray, held: HostArray, chosen: Options): Pixels<Float32Array> {
  const { size } = chosen;
  const heldOut = heldOutOf(chosen);
  const [, rows, columns] = held.shape;
  const coarse = channelsLast((held.data as Float32Array).slice(), [1, rows, columns, heldOut.length]);
  const fine = resize(coarse, size, size, 'bilinear').data;
  const data = new Float32Array(size * size * 3);
  const whole = (value: number) => Math.min(1, Math.max(0, value));
  for (let i = 0; i < size * size; i++) {
    givenOf(chosen).forEach((channel, k) => {
      data[3 * i + channel] = whole(Number(given.data[k * size * size + i]));
    });
    heldOut.forEach((channel, k) => {
      data[3 * i + channel] = whole(fine[i * heldOut.length + k]);
    });
  }
  return { data, shape: [1, size, size, 3] };
}

export const channelPrediction = defineMethod<Options, WeightedBins>({
  card: {
    id: 'channel-prediction',
    title: 'Channel prediction',
    idea: 'Where channels show different sides of one thing, a network that knows the thing can tell one from the other.',
    question: 'What do the channels show that were held out?',
    inputs: ['image', 'clip', 'volume'],
    needs: 'colour',
    paper: crossChannelPaper,
    colour: '#44AA99',
    shortcuts: [
      {
        id: 'common',
        title: 'Common values are always nearly right',
        why: 'Background fills most of a picture, so answering its value everywhere costs little.',
        counter: { option: 'rebalance', guarded: true, open: false },
      },
      {
        id: 'correlation',
        title: 'Channels that repeat each other',
        why: 'With two channels given, the third is nearly a sum of them at every single pixel.',
        counter: { option: 'heldOut', guarded: 'red-blue', open: 'blue' },
      },
      {
        id: 'outline',
        title: 'The black border of an endoscope',
        why: 'Black is black in every channel, so that border and corners are answered at once.',
        counter: { option: 'largestCrop', guarded: 0.7, open: 1 },
      },
    ],
    expectations:
      'The loss falls fast to what brightness alone tells, then slowly. ' +
      'Where channels are copies of each other, as in a grey picture stored in colour, nothing is learned.',
  },
  options,
  presets: {
    paper: {
      options: { size: 224, bins: 313, hidden: 256, smallestCrop: 0.875, largestCrop: 0.875 },
      trunk: { id: 'colour-network', preset: 'paper' },
      recipe: releasedColourRecipe,
    },
    tiny: {
      options: {},
      trunk: { id: 'colour-network', preset: 'tiny' },
      recipe: tinyColourRecipe(3e-3),
    },
  },
  chance: ({ bins }) => ({ loss: Math.log(bins) }),
  refuses: (item, { size }) => refusesColour(item, size, 'other channel'),
  prepare: (views, chosen, random) => {
    const heldOut = heldOutOf(chosen);
    const values = valuesOfParts(views, random.split('parts'), (view, own) =>
      coarseValues(colourCrop(view, own, chosen).pixels, heldOut),
    );
    return weighBins(dataBins(values, heldOut.length, chosen.bins, random.split('bins')), values, chosen);
  },
  inputs: ({ options: chosen, prepared }) => ({
    given: { dtype: 'float32', shape: [givenOf(chosen).length, chosen.size, chosen.size] },
    ...binTargetSpecs('held', prepared, chosen.size / coarser, chosen),
  }),
  presentation: ({ options: chosen }) => {
    const given = givenOf(chosen);
    return {
      channels: given.length as 1 | 2,
      frames: 1,
      stride: 1,
      size: chosen.size,
      mask: 'none',
      intensity: 'unit',
      pick: given,
    };
  },
  sample,
  build: ({ options: chosen, prepared, inputs, scope, trunk }) => {
    const trunkOutput = trunk(inputs.given);
    const { loss, accuracy, error, values } = predictBins(scope, trunkOutput.map, 'held', inputs, prepared, chosen);
    return {
      objectives: [{ name: 'channels', loss }],
      measures: { accuracy, valueError: error },
      embedding: trunkOutput.features,
      trunkOutput,
      productions: { held: values },
    };
  },
  draw: ({ inputs: { given, heldValues }, factors }, { options: chosen }, { view, productions = {} }) => {
    const { size } = chosen;
    const side = size / coarser;
    const nothing = hostArray('float32', heldValues.shape, new Float32Array(heldValues.data.length));
    const told = productions.held;
    return {
      question: `What do ${namesOf(heldOutOf(chosen))} show, where only ${namesOf(givenOf(chosen))} can be seen?`,
      answer: 'the channels of the same part, shown beside it',
      rows: [
        [
          sourcePanel(view, factors),
          {
            caption: `${namesOf(givenOf(chosen))}, which the network sees`,
            picture: completed(given, nothing, chosen),
            role: 'input',
          },
          {
            caption: `with ${namesOf(heldOutOf(chosen))} on ${side} × ${side} places`,
            picture: completed(given, heldValues, chosen),
            role: 'target',
          },
          ...outputPanels(told, 'as the network completes it', (told) => completed(given, told, chosen)),
        ],
      ],
    };
  },
});
