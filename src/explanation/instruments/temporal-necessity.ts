/**
 * Does the network need time? The same pretext questions about clips in order, shuffled, backwards and standing still;
 * and how far every layer's answer moves when the order of frames does (methods.md 3.1, 7, hypothesis H4).
 * @module
 */
import { z } from 'zod';
import type { Random } from '../../base/random.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import type { FigureData, Finding } from '../finding.ts';
import { defineInstrument, type InstrumentContext } from '../instrument.ts';
import { onSphere } from '../measures/geometry.ts';
import { answeredByOrder } from '../ordered-questions.ts';
import { PretextNetwork } from '../pretext-network.ts';
import { type FrameOrder, frameOrders, reorderedFrames } from '../reordered-frames.ts';
import type { Subject } from '../subject.ts';

const options = z.strictObject({
  questions: z.int().min(16).default(192).describe('pretext questions asked of each order'),
  inputs: z.int().min(16).default(128).describe('clips shown to every layer'),
});
type Options = z.infer<typeof options>;

interface OrderAnswers {
  readonly order: FrameOrder;
  readonly accuracy: Estimate;
  /** Accuracy in order less accuracy in this order, on the same questions. */
  readonly loss?: Estimate;
}

interface LayerMove {
  readonly tap: string;
  /** Mean cosine between the answer to the clip in order and otherwise, by order. */
  readonly cosine: Readonly<Record<string, Estimate>>;
}

export const temporalNecessity = defineInstrument<Options>({
  id: 'temporal-necessity',
  title: 'Temporal necessity',
  question: 'Does the network use the order of frames, or would a single frame do?',
  source: 'methods.md 3.1 and 10.3, hypothesis H4',
  usual: true,
  options,
  unfit: (subject) =>
    subject.items.some((item) => subject.store.sizeOf(item)[0] > 2 && subject.store.index.items[item].kind === 'clip')
      ? undefined
      : 'the data hold no clips',
  async look(subject, chosen, context) {
    const asked = await ordersAnswered(subject, chosen, context);
    const { frames } = (await subject.laboratory.encoder(subject.trained)).presentation;
    const moves = frames > 1 ? await layersMoved(subject, chosen, context) : [];
    const still = frames > 1 ? await stillBackwards(subject, chosen.inputs, context.random.split('still')) : undefined;
    return findingOf(subject, chosen, frames, asked, moves, still);
  },
});

interface Asked {
  readonly answers: readonly OrderAnswers[];
  /** Orders in which the method finds nothing to ask about. */
  readonly refused: readonly FrameOrder[];
}

async function ordersAnswered(
  { run, store, items }: Subject,
  { questions }: Options,
  { random, onProgress }: InstrumentContext,
): Promise<Asked> {
  const none = { answers: [], refused: [] };
  if (run === undefined) return none;
  const usable = items.filter(
    (item) => run.configuration.method.refuses(store.index.items[item], run.context.options) === undefined,
  );
  if (usable.length === 0) return none;
  const network = new PretextNetwork(run, { backend: processor });
  if (!network.chooses) return none;
  const { patients, right, refused } = await answeredByOrder(network, {
    store,
    items: usable,
    questions,
    random,
    onBatch: (done, total) => onProgress(done, total, 'batches'),
  });
  const mean = (values: readonly number[], weights: Float64Array) => {
    let [sum, total] = [0, 0];
    for (let i = 0; i < values.length; i++) [sum, total] = [sum + weights[i] * values[i], total + weights[i]];
    return sum / total;
  };
  const answers = frameOrders.flatMap((order): OrderAnswers[] => {
    const own = right[order];
    if (own === undefined) return [];
    const { intervals } = clusterBootstrap(patients, (weights) => [
      mean(own, weights),
      mean(right.ordered, weights) - mean(own, weights),
    ]);
    return [{ order, accuracy: intervals[0], ...(order === 'ordered' ? {} : { loss: intervals[1] }) }];
  });
  return { answers, refused: frameOrders.filter((order) => refused[order] !== undefined) };
}

async function layersMoved(
  { laboratory, trained, store }: Subject,
  { inputs: count }: Options,
  { random }: InstrumentContext,
) {
  const ordered = await laboratory.inputs(trained, count);
  const opened = await laboratory.encoder(trained);
  const windows = ordered.items.map((item, i) => ({ item, start: ordered.starts[i] }));
  const before = await laboratory.features(trained, ordered, 1);
  const cosines = new Map<string, Record<string, Estimate>>();
  for (const order of frameOrders.slice(1)) {
    const shown = laboratory.show(opened, windows, reorderedFrames(store, order, random.split('order')));
    const after = await laboratory.features(trained, shown, 1);
    before.forEach((table, t) => {
      const [a, b] = [onSphere(table), onSphere(after[t])];
      const cosine = Float64Array.from({ length: table.rows }, (_, row) => {
        let sum = 0;
        for (let j = 0; j < table.columns; j++)
          sum += a.data[row * table.columns + j] * b.data[row * table.columns + j];
        return sum;
      });
      const { intervals } = clusterBootstrap(ordered.patients, (weights) => [
        cosine.reduce((sum, value, row) => sum + weights[row] * value, 0) /
          weights.reduce((sum, weight) => sum + weight, 0),
      ]);
      cosines.set(table.tap, { ...cosines.get(table.tap), [order]: intervals[0] });
    });
  }
  return [...cosines].map(([tap, cosine]): LayerMove => ({ tap, cosine }));
}

/**
 * Largest difference, over what the layer answers at most, between clips that stand still and the same clips backwards:
 * nothing but the order was changed, and the network answers the same twice.
 */
async function stillBackwards({ laboratory, trained, store }: Subject, count: number, random: Random): Promise<number> {
  const opened = await laboratory.encoder(trained);
  const inputs = await laboratory.inputs(trained, Math.min(count, mostStill));
  const windows = inputs.items.map((item, i) => ({ item, start: inputs.starts[i] }));
  const frozen = reorderedFrames(store, 'frozen', random);
  const [still, turned] = [frozen, reorderedFrames(frozen, 'reversed', random)].map((shown) =>
    laboratory.show(opened, windows, shown),
  );
  const [a, b] = [await laboratory.features(trained, still, 1), await laboratory.features(trained, turned, 1)];
  return Math.max(
    ...a.map(({ data }, t) => {
      const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
      return data.reduce((most, value, i) => Math.max(most, Math.abs(value - b[t].data[i])), 0) / largest;
    }),
  );
}

const orderNames = {
  ordered: 'in order',
  shuffled: 'shuffled',
  reversed: 'backwards',
  frozen: 'standing still',
} as const;
/** Clips played both ways that stand still. */
const mostStill = 8;
const oneFrame = 'The network sees one frame at a time: it cannot use their order';

function findingOf(
  subject: Subject,
  { questions, inputs }: Options,
  frames: number,
  { answers, refused }: Asked,
  moves: readonly LayerMove[],
  still: number | undefined,
): Finding {
  const percent = ({ value, low, high }: Estimate) =>
    `${(value * 100).toFixed(1)} % [${(low * 100).toFixed(1)}, ${(high * 100).toFixed(1)}]`;
  const shuffled = answers.find(({ order }) => order === 'shuffled');
  const needs = shuffled?.loss !== undefined && shuffled.loss.low > 0;
  const title =
    shuffled?.loss === undefined
      ? frames === 1
        ? oneFrame
        : 'How far each layer moves when the order of frames does'
      : frames === 1 && !needs
        ? oneFrame
        : needs
          ? `The network uses the order of frames: shuffled, it loses ${percent(shuffled.loss)} of its pretext accuracy`
          : `The network does not need the order of frames: shuffled, its pretext accuracy changes by ${percent(shuffled.loss)}`;
  const sentences: string[] = [];
  const inOrder = 'accuracy in order less accuracy shuffled';
  if (answers.length > 0) {
    sentences.push(
      `Pretext accuracy: ${answers.map(({ order, accuracy }) => `${orderNames[order]} ${percent(accuracy)}`).join(', ')}.`,
    );
    sentences.push(
      needs
        ? `The temporal necessity index, ${inOrder}, is ${percent(shuffled!.loss!)}.`
        : `The temporal necessity index, ${inOrder}, cannot be told from zero${shuffled?.loss === undefined ? '' : `: ${percent(shuffled.loss)}`}. If motion is what you are after, choose a task about order.`,
    );
  } else if (subject.run === undefined) {
    sentences.push('A model from elsewhere has no pretext questions to ask; its layers are compared instead.');
  }
  if (refused.length > 0) {
    sentences.push(
      `Not asked ${refused.map((order) => orderNames[order]).join(', ')}: the method asks about what moves, and there nothing does.`,
    );
  }
  const last = moves.at(-1);
  if (last !== undefined) {
    sentences.push(
      `At ${last.tap} the answer to a shuffled clip keeps a cosine of ${last.cosine.shuffled.value.toFixed(3)} to that of the clip in order, to one that stands still ${last.cosine.frozen.value.toFixed(3)}.`,
    );
  }
  const figures: FigureData[] = [];
  if (answers.length > 0) {
    const { chance } = subject.run!.manifest;
    figures.push({
      kind: 'intervals',
      name: 'orders',
      title,
      caption: `Pretext accuracy on ${questions} held-out questions, the same for every order; 95 % intervals by bootstrap over patients.`,
      quantity: 'pretext accuracy, %',
      entries: answers.map(({ order, accuracy }) => ({
        name: orderNames[order],
        value: accuracy.value * 100,
        low: accuracy.low * 100,
        high: accuracy.high * 100,
      })),
      ...(chance.accuracy === undefined ? {} : { levels: [{ name: 'chance', value: chance.accuracy * 100 }] }),
    });
  }
  if (moves.length > 0) {
    figures.push({
      kind: 'lines',
      name: 'layers',
      title: 'How much of each layer’s answer survives another order of frames',
      caption: `Mean cosine to the answer for the clip in order, ${inputs} clips at the most; bands: 95 % by bootstrap over patients.`,
      x: 'layers, first to last',
      y: 'cosine',
      places: moves.map(({ tap }) => tap),
      series: frameOrders.slice(1).map((order) => ({
        name: orderNames[order],
        role: 'other' as const,
        points: moves.map(({ cosine }, x) => ({ x, ...cosine[order] })),
      })),
    });
  }
  return {
    instrument: 'temporal-necessity',
    title,
    sentences,
    checks: [
      ...(answers.length === 0
        ? []
        : [
            {
              statement: 'The network answers its questions better than chance, so that there is something to lose',
              passed: answers[0].accuracy.low > (subject.run!.manifest.chance.accuracy ?? 0),
              detail: `in order ${percent(answers[0].accuracy)}`,
            },
          ]),
      ...(still === undefined
        ? []
        : [
            {
              statement: 'Every layer answers a clip that stands still the same when it is played backwards',
              passed: still < 1e-4,
              detail: `they differ by ${still.toExponential(0)} of what a layer answers at most`,
            },
          ]),
    ],
    figures,
    data: { frames, answers, refused, moves },
  };
}
