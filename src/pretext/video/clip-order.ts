/**
 * Clip order prediction: several clips of a recording in another order, and the network says in which. Xu, Xiao, Zhao,
 * Shao, Xie and Zhuang, "Self-supervised spatiotemporal learning via video clip order prediction", CVPR 2019: each clip is
 * described by a network of clips, every pair of clips is joined, and all pairs answer together.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { windowOf } from '../../data/window.ts';
import { reshape } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import type { Panel } from '../drawing.ts';
import { drawKeptUnits, dropoutField, keptUnitsSpec, unitDrops } from '../kept-units.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { allOrders } from '../orders.ts';
import { pairFeatures, pairsOf } from '../pair-features.ts';
import { sourcePanel } from '../source-panel.ts';
import { randomSquarePart } from '../square-part.ts';
import { drawMovingStart, refusesStill } from '../still-recording.ts';

const options = z.strictObject({
  size: z.int().min(8).default(112).describe('side of the network input in pixels (paper: 112)'),
  frames: z.int().min(2).default(16).describe('frames of a clip (paper: 16)'),
  clips: z.int().min(2).max(4).default(3).describe('clips that are put in order (paper: 3)'),
  interval: z.int().min(0).default(8).describe('frames between one clip and the next (paper: 8)'),
  normalise: z
    .enum(['clip', 'recording'])
    .default('clip')
    .describe('mean 0 and deviation 1 of every clip by itself, or of all clips together'),
  mirror: z.boolean().default(true).describe('mirror all clips at random (paper: true)'),
  smallestCrop: z.number().min(0.1).max(1).default(0.8).describe('shortest side of a random part, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of a random part, as a fraction'),
  pairFeatures: z.int().min(1).default(512).describe('numbers that describe a pair of clips (paper: 512)'),
  joining: z
    .enum(['pairs', 'differences'])
    .default('pairs')
    .describe(
      'what describes a pair: both clips (paper), or the first and what changes to the second, each brought to scale',
    ),
  dropout: dropoutField.describe('share of those left out while training (paper: 0.5)'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const ordersOf = ({ clips }: Options): number[][] => allOrders(clips);
const nameOf = (order: readonly number[]): string => order.map((clip) => clip + 1).join(' ');
const span = ({ frames, clips, interval }: Options): number => clips * frames + (clips - 1) * interval;

const hiddenOf = (chosen: Options): number => pairsOf(chosen.clips).length * chosen.pairFeatures;

function sample(given: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { size, frames, clips, interval, normalise } = chosen;
  const { view, start } = drawMovingStart(given, random.split('start'), span(chosen));
  const window = { start, count: span(chosen) };
  const part = randomSquarePart(view, window, random.split('crop'), size, chosen.smallestCrop, chosen.largestCrop);
  const mirrored = random.split('mirror').bernoulli() && chosen.mirror;
  const coloured = withChannels(part.pixels, channels);
  const seen = mirrored ? flipHorizontally(coloured) : coloured;
  const whole = normalise === 'recording' ? standardise(seen) : seen;
  const orders = ordersOf(chosen);
  const answer = random.split('order').integer(orders.length);
  const length = channels * frames * size * size;
  const data = new Float32Array(clips * length);
  orders[answer].forEach((clip, place) => {
    const cut = windowOf(whole, { start: clip * (frames + interval), count: frames }) as typeof whole;
    data.set(channelsFirst(normalise === 'clip' ? standardise(cut) : cut), place * length);
  });
  return {
    inputs: {
      clips: hostArray('float32', [clips, channels, frames, size, size], data),
      order: int64([], [answer]),
      ...drawKeptUnits(random.split('dropout'), hiddenOf(chosen), chosen.dropout),
    },
    factors: {
      item: view.item.id,
      frame: start + (span(chosen) >> 1),
      start,
      order: answer,
      cropTop: part.box.y,
      cropLeft: part.box.x,
      cropSide: part.box.height,
      mirrored: mirrored ? 1 : 0,
    },
  };
}

export const clipOrder = defineMethod<Options>({
  card: {
    id: 'clip-order',
    title: 'Clip order prediction',
    idea: 'To put clips of a recording in order, a network must know how movements begin, go on and end.',
    question: 'In which order do these clips follow each other?',
    inputs: ['clip'],
    asksOrder: true,
    paper: {
      authors: 'Xu, Xiao, Zhao, Shao, Xie and Zhuang',
      title: 'Self-supervised spatiotemporal learning via video clip order prediction',
      venue: 'CVPR',
      year: 2019,
      url: 'https://openaccess.thecvf.com/content_CVPR_2019/html/Xu_Self-Supervised_Spatiotemporal_Learning_via_Video_Clip_Order_Prediction_CVPR_2019_paper.html',
    },
    colour: '#6699CC',
    shortcuts: [
      {
        id: 'seams',
        title: 'Clips that follow each other at once',
        why: 'Without frames between them the last picture of one clip is nearly the first of the next.',
        counter: { option: 'interval', guarded: 8, open: 0 },
      },
      {
        id: 'drift',
        title: 'Brightness that drifts with time',
        why: 'A gain that is turned up, or an exposure that adapts, orders the clips by their mean alone.',
        counter: { option: 'normalise', guarded: 'clip', open: 'recording' },
      },
    ],
    expectations:
      'Guessing is right once in six times for three clips. Motion that repeats itself within the clips, such as a ' +
      'heartbeat, leaves the order undecided, and what is then learned is how recordings drift.',
  },
  options,
  presets: {
    paper: {
      options: { dropout: 0.5 },
      trunk: { id: 'r2plus1d-18', preset: 'paper' },
      recipe: {
        batchSize: 8,
        steps: 350_000,
        optimiser: { kind: 'sgd', learningRate: 1e-3, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'constant' },
      },
    },
    tiny: {
      options: { size: 32, frames: 4, interval: 2, pairFeatures: 48, joining: 'differences' },
      trunk: { id: 'c3d', preset: 'tiny' },
      recipe: {
        batchSize: 16,
        steps: 500,
        fewestSteps: 500,
        optimiser: { kind: 'adam', learningRate: 2e-3 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: (chosen) => uniformChance(ordersOf(chosen).length),
  refuses: (item, chosen) => {
    if (item.kind !== 'clip') return 'it is not a clip';
    const { size, frames, clips, interval } = chosen;
    if (item.frames < span(chosen)) {
      return `${item.frames} frames are fewer than the ${span(chosen)} of ${clips} clips of ${frames}, ${interval} between them`;
    }
    return Math.min(item.height, item.width) < size / 2
      ? `${item.width}×${item.height} pixels are fewer than half the network input of ${size}×${size}`
      : undefined;
  },
  refusesPictures: refusesStill,
  inputs: ({ options: chosen, channels }) => ({
    clips: { dtype: 'float32', shape: [chosen.clips, channels, chosen.frames, chosen.size, chosen.size] },
    order: { dtype: 'int64', shape: [] },
    ...keptUnitsSpec(hiddenOf(chosen), chosen.dropout),
  }),
  presentation: ({ options: { size, frames }, channels }) => ({
    channels,
    frames,
    stride: 1,
    size,
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs: { clips, order, keptUnits }, scope, trunk }) => {
    const { dropout } = chosen;
    const [batch, count, ...clip] = clips.shape;
    const trunkOutput = trunk(reshape(clips, [batch * count, ...clip]));
    const joined = pairFeatures(scope, trunkOutput.features, count, {
      features: chosen.pairFeatures,
      joining: chosen.joining,
    });
    const [drop] = unitDrops(scope, keptUnits, dropout, [joined.shape[1]]);
    const names = ordersOf(chosen).map(nameOf);
    const logits = linearLayer(scope, 'order', drop(joined), { features: names.length });
    return classificationTask(trunkOutput, logits, order, names);
  },
  draw: ({ inputs: { clips }, factors }, { options: chosen, channels }, { view, answer }) => {
    const { size, frames } = chosen;
    const orders = ordersOf(chosen);
    const order = orders[Number(factors.order)];
    const length = channels * frames * size * size;
    const panels = order.map((clip, place): Panel => {
      const part = (clips.data as Float32Array).subarray(place * length, (place + 1) * length);
      const reply = answer === undefined ? '' : `, answered ${orders[largest(answer)][place] + 1}`;
      return {
        caption: `clip ${clip + 1}${reply}`,
        picture: stretched(channelsLast(part, [frames, size, size, channels])),
        role: 'input',
      };
    });
    return {
      question: 'In which order do these clips follow each other?',
      answer: nameOf(order),
      rows: factors.item === view.item.id ? [[sourcePanel(view, factors)], panels] : [panels],
    };
  },
});
