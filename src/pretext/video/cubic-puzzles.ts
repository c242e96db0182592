/**
 * Space-time cubic puzzles: four cells of a clip, neighbours in space or in time, in one of 24 orders.
 * Kim, Cho and Kweon, "Self-supervised video representation learning with space-time cubic puzzles", AAAI 2019.
 * One trunk learns from both kinds of tuple, each with a head of its own; cells meet only there.
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import { channelsFirst, channelsLast, standardise, stretched, withChannels } from '../../data/transform/layout.ts';
import type { Pixels } from '../../data/transform/pixels.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { split } from '../../graph/layout.ts';
import { add, cast, concat, equal, greater, multiply, reduceMean, reshape } from '../../graph/primitives.ts';
import { normalInitialiser } from '../../nn/initialisers.ts';
import { zeroBias } from '../../nn/layers/convolution.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { binaryCrossEntropy } from '../../nn/losses/binary-cross-entropy.ts';
import { hostArray, int64 } from '../../tensor/host-array.ts';
import { classificationTask, largest, uniformChance } from '../classification.ts';
import type { Panel } from '../drawing.ts';
import { defineMethod, type MethodContext, type Sample, type SampleView } from '../method.ts';
import { cropFactors, sourcePanel } from '../source-panel.ts';
import {
  cellOrders,
  cutTuple,
  drawTuple,
  sideAxis,
  type TupleKind,
  timeAxis,
  tupleLength,
} from '../space-time-cells.ts';
import { randomSquarePart } from '../square-part.ts';
import { drawMovingStart, refusesStill } from '../still-recording.ts';
import { gridLength } from '../tile-grid.ts';

const length = (text: string, least: number, value: number) => z.int().min(least).default(value).describe(text);
const options = z.strictObject({
  tile: length('side of a cell as it is shown, in pixels (paper: 80)', 8, 80),
  gap: length('smallest space between neighbouring cells, in pixels (paper: 0)', 0, 8),
  jitter: length('pixels within which each cell moves besides (paper: 32)', 0, 24),
  tileFrames: length('frames of a cell (paper: 16)', 2, 16),
  frameGap: length('smallest space between cells in time, in frames (paper: 0)', 0, 4),
  frameJitter: length('frames within which each cell moves besides (paper: 16)', 0, 12),
  tuples: z
    .enum(['both', 'spatial', 'temporal'])
    .default('both')
    .describe('four places at one time, four times at one place, or one tuple of each (paper: both)'),
  colour: z
    .enum(['replicate', 'keep'])
    .default('replicate')
    .describe('replicate copies one colour channel, drawn at random, into all (paper: replicate)'),
  rotation: z
    .boolean()
    .default(true)
    .describe('turn each cell by 180° or not, and ask which are turned (paper: raises results)'),
  rotationWeight: z.number().min(0).default(1).describe('weight of that question in the loss'),
  normalise: z
    .enum(['cell', 'clip'])
    .default('cell')
    .describe('mean 0 and deviation 1 of every cell by itself, or of the clip'),
  mirror: z.boolean().default(true).describe('mirror clips at random'),
  smallestCrop: z.number().min(0.1).max(1).default(0.8).describe('shortest side of a random part, as a fraction'),
  largestCrop: z.number().min(0.1).max(1).default(1).describe('longest side of a random part, as a fraction'),
});
type Options = z.infer<typeof options>;
type Context = MethodContext<Options>;

const kindsOf = ({ tuples }: Options): readonly TupleKind[] => (tuples === 'both' ? ['spatial', 'temporal'] : [tuples]);
/** Cells of one place at several times look alike where nothing moves. */
const asksTime = ({ tuples }: Options): boolean => tuples !== 'spatial';
const clipSide = (chosen: Options): number => gridLength(sideAxis(chosen));
const clipFrames = (chosen: Options): number => gridLength(timeAxis(chosen));
const names = cellOrders.map((order) => order.map((cell) => cell + 1).join(' '));

/** One colour channel in place of all. */
function replicated({ data, shape }: Pixels<Float32Array>, channel: number): Pixels<Float32Array> {
  const channels = shape[3];
  return { data: data.map((_, i) => data[i - (i % channels) + channel]), shape };
}

function sample(given: SampleView, random: Random, { options: chosen, channels }: Context): Sample {
  const { smallestCrop, largestCrop, tile, tileFrames } = chosen;
  const { view, start } = asksTime(chosen)
    ? drawMovingStart(given, random, clipFrames(chosen))
    : { view: given, start: random.integer(given.frames - clipFrames(chosen) + 1) };
  const window = { start, count: clipFrames(chosen) };
  const { box, ...part } = randomSquarePart(view, window, random, clipSide(chosen), smallestCrop, largestCrop);
  const pixels = withChannels(part.pixels, channels);
  const mirrored = chosen.mirror && random.bernoulli();
  const channel = random.integer(channels);
  const seen = mirrored ? flipHorizontally(pixels) : pixels;
  const coloured = chosen.colour === 'replicate' ? replicated(seen, channel) : seen;
  const clip = chosen.normalise === 'clip' ? standardise(coloured) : coloured;
  const tuples = kindsOf(chosen).map((kind) => drawTuple(kind, chosen, chosen.rotation, random));
  const size = channels * tileFrames * tile * tile;
  const data = new Float32Array(tuples.length * tupleLength * size);
  tuples.forEach((tuple, t) => {
    cutTuple(clip, tuple, chosen, chosen.normalise === 'cell').forEach((cell, place) => {
      data.set(channelsFirst(cell), (t * tupleLength + place) * size);
    });
  });
  const turned = Float32Array.from(tuples.flatMap((tuple) => tuple.turned));
  const answers = tuples.map(({ answer }) => answer);
  return {
    inputs: {
      cells: hostArray('float32', [tuples.length, tupleLength, channels, tileFrames, tile, tile], data),
      orders: int64([tuples.length], answers),
      ...(chosen.rotation ? { turned: hostArray('float32', [tuples.length, tupleLength], turned) } : {}),
    },
    factors: {
      item: view.item.id,
      frame: start + (clipFrames(chosen) >> 1),
      start,
      ...cropFactors(box),
      mirrored: mirrored ? 1 : 0,
      channel,
      answers,
      where: tuples.map(({ where }) => where),
      corners: tuples.flatMap(({ corners }) => corners.flat()),
      turned: [...turned],
    },
  };
}

export const cubicPuzzles = defineMethod<Options>({
  card: {
    id: 'cubic-puzzles',
    title: 'Space-time cubic puzzles',
    idea: 'To put cells of a clip back into order, a network must know what lies beside what and what follows what.',
    question: 'In which order are these four cells of the clip?',
    inputs: ['clip'],
    paper: {
      authors: 'Kim, Cho and Kweon',
      title: 'Self-supervised video representation learning with space-time cubic puzzles',
      venue: 'AAAI',
      year: 2019,
      url: 'https://arxiv.org/abs/1811.09795',
    },
    colour: '#117733',
    shortcuts: [
      {
        id: 'edges',
        title: 'Lines that continue across cells',
        why: 'Where cells touch, an edge that runs on, or a frame that follows the last, joins them without any content.',
        counter: { option: 'gap', guarded: 8, open: 0 },
      },
      {
        id: 'distance',
        title: 'Cells at fixed distances',
        why: 'Cells cut at the same places each time show the same borders of the field of view at the same pixels.',
        counter: { option: 'jitter', guarded: 24, open: 0 },
      },
      {
        id: 'colour',
        title: 'Fringes of colour',
        why: 'Lenses shift colours towards the border, which tells where in the picture a cell was.',
        counter: { option: 'colour', guarded: 'replicate', open: 'keep' },
      },
      {
        id: 'statistics',
        title: 'Brightness and contrast of cells',
        why: 'Attenuation darkens what lies deep, and gain drifts with time: mean and deviation alone order the cells.',
        counter: { option: 'normalise', guarded: 'cell', open: 'clip' },
      },
    ],
    expectations:
      'Spatial tuples are learned sooner than temporal ones. Temporal tuples of a motion that repeats, such as a heartbeat, ' +
      'can be undecidable: look at both accuracies. All 16 cells at once would be hopeless, say the authors.',
  },
  options,
  presets: {
    paper: {
      options: { gap: 0, jitter: 32, frameGap: 0, frameJitter: 16 },
      trunk: { id: 'resnet3d-18', preset: 'paper' },
      recipe: {
        batchSize: 128,
        steps: 100_000,
        optimiser: { kind: 'sgd', learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4 },
        schedule: { kind: 'steps', at: [0.5, 0.75], factor: 0.1 },
      },
    },
    tiny: {
      options: { tile: 16, gap: 2, jitter: 4, tileFrames: 4, frameGap: 1, frameJitter: 1 },
      trunk: { id: 'resnet3d-18', preset: 'tiny' },
      recipe: {
        batchSize: 8,
        steps: 400,
        optimiser: { kind: 'adam', learningRate: 1e-3 },
        schedule: { kind: 'cosine', warmup: 0.05 },
      },
    },
  },
  chance: ({ rotation, rotationWeight }) => {
    const orders = uniformChance(cellOrders.length);
    if (!rotation) return orders;
    return { ...orders, loss: orders.loss + rotationWeight * Math.LN2, answerLoss: orders.loss };
  },
  refuses: (item, chosen) => {
    if (item.kind !== 'clip') return 'it is not a clip';
    const [frames, side] = [clipFrames(chosen), clipSide(chosen)];
    if (item.frames < frames) return `${item.frames} frames are fewer than the ${frames} of a grid of cells`;
    return Math.min(item.height, item.width) < side / 2
      ? `${item.width}×${item.height} pixels are fewer than half the grid of ${side}×${side}`
      : undefined;
  },
  refusesPictures: (view, chosen) => (asksTime(chosen) ? refusesStill(view) : undefined),
  inputs: ({ options: chosen, channels }) => {
    const { tile, tileFrames, rotation } = chosen;
    const count = kindsOf(chosen).length;
    return {
      cells: { dtype: 'float32', shape: [count, tupleLength, channels, tileFrames, tile, tile] },
      orders: { dtype: 'int64', shape: [count] },
      ...(rotation ? { turned: { dtype: 'float32', shape: [count, tupleLength] } as const } : {}),
    };
  },
  presentation: ({ options: { tile, tileFrames }, channels }) => ({
    channels,
    frames: tileFrames,
    stride: 1,
    size: tile,
    mask: 'none',
    intensity: 'standardise',
  }),
  sample,
  build: ({ options: chosen, inputs: { cells, orders, turned }, scope, trunk }) => {
    const kinds = kindsOf(chosen);
    const [batch, tuples, , ...cell] = cells.shape;
    const trunkOutput = trunk(reshape(cells, [batch * tuples * tupleLength, ...cell]));
    const { features } = trunkOutput;
    const joined = reshape(features, [batch, tuples, tupleLength * features.shape[1]]);
    const small = { initialise: normalInitialiser(0.01), initialiseBias: zeroBias };
    const rows = split(joined, new Array<number>(tuples).fill(1), 1).map((tuple, i) => {
      const row = reshape(tuple, [batch, joined.shape[2]]);
      return reshape(linearLayer(scope, kinds[i], row, { features: names.length, ...small }), [batch, 1, names.length]);
    });
    const logits = reshape(concat(rows, 1), [batch * tuples, names.length]);
    const built = classificationTask(trunkOutput, logits, reshape(orders, [batch * tuples]), names);
    if (turned === undefined) return built;
    const turns = reshape(linearLayer(scope, 'turns', features, { features: 1, ...small }), turned.shape);
    const order = built.objectives[0].loss;
    const turning = binaryCrossEntropy(turns, turned);
    const right = equal(cast(greater(turns, 0), 'float32'), turned);
    return {
      ...built,
      objectives: [
        {
          name: 'classification',
          loss: add(order, multiply(turning, chosen.rotationWeight)),
          parts: { order, turns: turning },
        },
      ],
      measures: { ...built.measures, turnAccuracy: reduceMean(cast(right, 'float32')) },
    };
  },
  draw: ({ inputs: { cells, orders }, factors }, { options: chosen, channels }, { view, answer }) => {
    const { tile, tileFrames } = chosen;
    const size = channels * tileFrames * tile * tile;
    const turned = factors.turned as readonly number[];
    const truth = Array.from(orders.data as BigInt64Array, Number);
    const rows = truth.map((right, t) =>
      cellOrders[right].map((cell, place): Panel => {
        const at = t * tupleLength + place;
        const part = (cells.data as Float32Array).subarray(at * size, (at + 1) * size);
        const said = answer?.slice(t * names.length, (t + 1) * names.length);
        const reply = said === undefined ? '' : `, answered ${cellOrders[largest(said)][place] + 1}`;
        const turn = turned[at] === 1 ? ', turned' : '';
        return {
          caption: `${kindsOf(chosen)[t]}: cell ${cell + 1}${turn}${reply}`,
          picture: stretched(channelsLast(part, [tileFrames, tile, tile, channels])),
          role: 'input',
        };
      }),
    );
    return {
      question: 'In which order are these four cells, neighbours in space or in time?',
      answer: truth.map((right, t) => `${kindsOf(chosen)[t]} ${names[right]}`).join(', '),
      rows: factors.item === view.item.id ? [[sourcePanel(view, factors)], ...rows] : rows,
    };
  },
});
