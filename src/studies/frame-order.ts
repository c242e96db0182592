/**
 * Hypothesis H4: networks trained on tasks of video use the order of frames. A probe learns from clips in order whether
 * the heart contracts or relaxes, which no single frame tells, and is tried on clips in order, shuffled, backwards and
 * standing still.
 * @module
 */
import { itemsByPart } from '../data/split.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import type { FeatureTable } from '../evaluation/feature-table.ts';
import { linear } from '../evaluation/protocols/linear.ts';
import { runtimeMatrixProduct } from '../evaluation/runtime-matrix-product.ts';
import type { OrderedAnswers } from '../explanation/ordered-questions.ts';
import { type FrameOrder, frameOrders } from '../explanation/reordered-frames.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { mean } from '../statistics/descriptive.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import { halfSpan, reorderedWindows, withDirection } from './clip-windows.ts';
import type { Evidence, Prediction } from './hypothesis.ts';
import { keptAnswer } from './kept-answers.ts';
import { type StudiedTrial, type StudyOptions, studiedTrials } from './studied-trials.ts';
import { type TaskOrders, taskAnswers, taskPredictions, taskTable } from './task-order.ts';
import type { WhichEncoder } from './trial-features.ts';

/** What is asked: two things that need time (a frame alone is passed on the way out and on the way back), one that does not. */
const questions = ['direction', 'phase', 'view'] as const;
type Question = (typeof questions)[number];

/** Of every test clip whether it was answered right, by order of its frames. */
type ByOrder = Readonly<Record<FrameOrder, readonly number[]>>;

export interface OrderAnswers {
  readonly patients: readonly string[];
  readonly right: Readonly<Record<Question, ByOrder>>;
}

/** One method under every seed. */
export interface OrderGroup {
  readonly name: string;
  readonly sees: 'clips' | 'pictures';
  readonly trained: readonly OrderAnswers[];
  readonly untrained: readonly OrderAnswers[];
}

export interface OrderStudy {
  /** Methods whose networks see several frames at once, and some that see one. */
  readonly clips: readonly string[];
  readonly pictures: readonly string[];
  /** Those whose task asks for the order itself: shuffled, their own questions have no right answer left. */
  readonly asksOrder: readonly string[];
}

export async function orderEvidence(study: OrderStudy, options: StudyOptions): Promise<Evidence | undefined> {
  const needs = [...study.clips, ...study.pictures].map((method) => ({ method, heads: true }));
  const groups = await studiedTrials(needs, options);
  if (groups === undefined || !groups.some(({ name }) => study.clips.includes(name))) return undefined;
  const total = 3 * groups.reduce((sum, { trials }) => sum + trials.length, 0);
  let done = 0;
  const answered: OrderGroup[] = [];
  const tasks: TaskOrders[] = [];
  for (const { name, trials } of groups) {
    const answers: Record<WhichEncoder, OrderAnswers[]> = { trained: [], untrained: [] };
    for (const trial of trials) {
      for (const which of ['trained', 'untrained'] as const) {
        if (options.signal?.aborted) return undefined;
        answers[which].push(await orderAnswers(trial, which, options));
        options.onProgress?.(`orders of frames in ${name}, seed ${trial.seed}, ${which}`, ++done, total);
      }
    }
    const own: OrderedAnswers[] = [];
    for (const trial of trials) {
      if (options.signal?.aborted) return undefined;
      const given = await taskAnswers(trial, options);
      if (given !== undefined) own.push(given);
      options.onProgress?.(`questions of ${name}, seed ${trial.seed}`, ++done, total);
    }
    const { chance } = trials[0].result.pretext;
    if (own.length === trials.length) {
      tasks.push({ name, asksOrder: study.asksOrder.includes(name), chance: chance.accuracy, seeds: own });
    }
    answered.push({ name, sees: study.clips.includes(name) ? 'clips' : 'pictures', ...answers });
  }
  const seeds = Math.min(...answered.map(({ trained }) => trained.length));
  const names = (sees: OrderGroup['sees']) => answered.filter((group) => group.sees === sees).map(({ name }) => name);
  const pictures = names('pictures');
  const predictions = [...orderPredictions(answered, seeds), ...taskPredictions(tasks, seeds)];
  const before = predictions.find(({ name }) => name.startsWith('untrained'))!;
  return {
    predictions,
    seeds,
    material: `Networks of clips: ${names('clips').join(', ')}${pictures.length === 0 ? '' : `; of single pictures: ${pictures.join(', ')}`}. The heart phantom, one clip a recording, each layer one number a channel; probes learned on all training patients, layers chosen on validation patients, ${new Set(answered[0].trained[0].patients).size} test patients.`,
    figures: [orderFigure(answered)],
    ...(tasks.length === 0 ? {} : { tables: [taskTable(tasks)] }),
    ...(before.difference.low > 0
      ? {
          summary:
            'Untrained networks of clips use the order of frames as well: a convolution over time compares frames whatever it has learned.',
        }
      : {}),
    remarks: [
      ...(tasks.length === 0
        ? [
            'This asks the features. The tasks’ own questions can be put again to trials that have kept their heads only: train them again to ask.',
          ]
        : []),
      'Where a task asks for the order itself, its own questions lose their right answer when frames are shuffled: their fall is no finding, and does not decide.',
      'The probe has learned from clips in order; shuffled and standing clips are also strange to it, for which the view of the heart, a question without time, is the control.',
    ],
  };
}

async function orderAnswers(
  { paths, task }: StudiedTrial,
  which: WhichEncoder,
  { directory, threads = 1 }: StudyOptions,
): Promise<OrderAnswers> {
  const parts = [paths.folder.split('/').at(-1), which, questions, frameOrders, halfSpan];
  const answer = await keptAnswer(directory, 'orders', parts, async (): Promise<OrderAnswers> => {
    const encoder = await openEncoder(await loadModel(which === 'trained' ? paths.encoder : paths.randomEncoder), {
      threads,
    });
    try {
      const store = withDirection(task.dataset.store);
      const { train, validation, test } = itemsByPart(store.index.split, store.index.items);
      const settings = { ...task.extraction, windows: 1 };
      const learned = await extractFeatures(encoder, store, { ...settings, only: [...train, ...validation] });
      const asked = {} as Record<FrameOrder, FeatureTable[]>;
      for (const order of frameOrders) {
        asked[order] = await extractFeatures(encoder, reorderedWindows(store, order), { ...settings, only: test });
      }
      const right = {} as Record<Question, ByOrder>;
      for (const question of questions) right[question] = await answersOf(question, learned, asked);
      return { patients: asked.ordered[0].patients, right };
    } finally {
      await encoder.release();
    }
  });
  return answer!;
}

/** At the layer that does best in order on validation patients. */
async function answersOf(
  question: Question,
  learned: readonly FeatureTable[],
  asked: Readonly<Record<FrameOrder, readonly FeatureTable[]>>,
): Promise<ByOrder> {
  const probe = async (order: FrameOrder, tap?: string) => {
    const tables = learned.flatMap((table, i) =>
      tap === undefined || table.tap === tap ? [joined(table, asked[order][i])] : [],
    );
    const input = {
      tables,
      label: question,
      encoder: { name: 'encoder', role: 'pretrained' as const },
      product: runtimeMatrixProduct,
    };
    return (await linear.run(input, { resamples: 1, measure: 'accuracy' })).taps;
  };
  const taps = await probe('ordered');
  const best = taps.reduce((a, b) => (b.validation > a.validation ? b : a));
  const right = {} as Record<FrameOrder, readonly number[]>;
  for (const order of frameOrders) {
    const scored = order === 'ordered' ? best : (await probe(order, best.tap))[0];
    right[order] = scored.items!.map(({ correct }) => correct);
  }
  return right;
}

/** The rows of two tables of one tap. */
function joined(a: FeatureTable, b: FeatureTable): FeatureTable {
  const features = new Float32Array(a.features.length + b.features.length);
  features.set(a.features);
  features.set(b.features, a.features.length);
  const labels = Object.fromEntries(
    questions.map((name) => [name, [...(a.labels?.[name] ?? []), ...(b.labels?.[name] ?? [])]]),
  );
  return {
    tap: a.tap,
    rows: a.rows + b.rows,
    columns: a.columns,
    features,
    items: [...a.items, ...b.items],
    patients: [...a.patients, ...b.patients],
    parts: [...(a.parts ?? []), ...(b.parts ?? [])],
    labels,
  };
}

/** Right answers averaged over methods: `[seed][clip]`. */
function rightOf(
  groups: readonly OrderGroup[],
  seeds: number,
  which: WhichEncoder,
  question: Question,
  order: FrameOrder,
): number[][] {
  return Array.from({ length: seeds }, (_, seed) =>
    groups[0][which][seed].patients.map((_, i) =>
      mean(groups.map((group) => group[which][seed].right[question][order][i])),
    ),
  );
}

export function orderPredictions(groups: readonly OrderGroup[], seeds: number): Prediction[] {
  const clips = groups.filter(({ sees }) => sees === 'clips');
  const pictures = groups.filter(({ sees }) => sees === 'pictures');
  const { patients } = clips[0].trained[0];
  const less = (name: string, decides: boolean, a: number[][], b: number[][]): Prediction => ({
    name,
    unit: 'points',
    decides,
    ...nestedPairedBootstrap(a, b, patients, { resamples: 4000 }),
  });
  const of = (order: FrameOrder, question: Question = 'direction', which: WhichEncoder = 'trained', own = clips) =>
    rightOf(own, seeds, which, question, order);
  return [
    less('contracts or relaxes: in order less shuffled', true, of('ordered'), of('shuffled')),
    less('contracts or relaxes: in order less standing still', true, of('ordered'), of('frozen')),
    less(
      'contracts or relaxes, in order: trained less untrained',
      true,
      of('ordered'),
      of('ordered', 'direction', 'untrained'),
    ),
    less('contracts or relaxes: in order less backwards', false, of('ordered'), of('reversed')),
    less('quarter of the beat: in order less shuffled', false, of('ordered', 'phase'), of('shuffled', 'phase')),
    less(
      'quarter of the beat, in order: trained less untrained',
      false,
      of('ordered', 'phase'),
      of('ordered', 'phase', 'untrained'),
    ),
    less('view: in order less shuffled', false, of('ordered', 'view'), of('shuffled', 'view')),
    less(
      'untrained, contracts or relaxes: in order less shuffled',
      false,
      of('ordered', 'direction', 'untrained'),
      of('shuffled', 'direction', 'untrained'),
    ),
    ...(pictures.length === 0
      ? []
      : [
          less(
            'contracts or relaxes, in order: networks of clips less networks of pictures',
            false,
            of('ordered'),
            of('ordered', 'direction', 'trained', pictures),
          ),
        ]),
    ...clips.map((group) =>
      less(
        `${group.name}, contracts or relaxes: in order less shuffled`,
        false,
        of('ordered', 'direction', 'trained', [group]),
        of('shuffled', 'direction', 'trained', [group]),
      ),
    ),
  ];
}

function orderFigure(groups: readonly OrderGroup[]): Evidence['figures'][number] {
  const orderNames: Readonly<Record<FrameOrder, string>> = {
    ordered: 'in order',
    shuffled: 'shuffled',
    reversed: 'backwards',
    frozen: 'standing still',
  };
  return {
    kind: 'heat-map',
    name: 'orders',
    title: 'Does the heart contract or relax? Answers by order of frames',
    caption:
      'Accuracy on test patients in percent, means over seeds; half is guessing. The probe has learned from clips in order.',
    quantity: 'accuracy, %',
    rows: groups.flatMap(({ name }) => [name, 'untrained']),
    columns: frameOrders.map((order) => orderNames[order]),
    values: groups.flatMap((group) =>
      (['trained', 'untrained'] as const).map((which) =>
        frameOrders.map((order) => 100 * mean(group[which].flatMap(({ right }) => right.direction[order]))),
      ),
    ),
    domain: [0, 100],
    scale: 'sequential',
    decimals: 1,
  };
}
