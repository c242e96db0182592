/**
 * Hypothesis H4: networks trained on tasks of video use the order of frames. A probe learns from clips in order whether
 * the heart contracts or relaxes, which no single frame tells, and is tried on clips in order, shuffled, backwards and
 * standing still.
 * @module
 */
import { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import { itemsByPart } from '../data/split.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import type { FeatureTable } from '../evaluation/feature-table.ts';
import { linear } from '../evaluation/protocols/linear.ts';
import { runtimeMatrixProduct } from '../evaluation/runtime-matrix-product.ts';
import { type FrameOrder, frameOrders } from '../explanation/reordered-frames.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { mean } from '../statistics/descriptive.ts';
import { nestedPairedBootstrap } from '../statistics/nested-bootstrap.ts';
import type { Evidence, Prediction } from './hypothesis.ts';
import { keptAnswer } from './kept-answers.ts';
import { type StudiedTrial, type StudyOptions, studiedTrials } from './studied-trials.ts';
import type { WhichEncoder } from './trial-features.ts';

/** What is asked: one thing that needs time, one that does not. */
const questions = ['direction', 'view'] as const;
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
}

export async function orderEvidence(study: OrderStudy, options: StudyOptions): Promise<Evidence | undefined> {
  const needs = [...study.clips, ...study.pictures].map((method) => ({ method }));
  const groups = await studiedTrials(needs, options);
  if (groups === undefined || !groups.some(({ name }) => study.clips.includes(name))) return undefined;
  const total = 2 * groups.reduce((sum, { trials }) => sum + trials.length, 0);
  let done = 0;
  const answered: OrderGroup[] = [];
  for (const { name, trials } of groups) {
    const answers: Record<WhichEncoder, OrderAnswers[]> = { trained: [], untrained: [] };
    for (const trial of trials) {
      for (const which of ['trained', 'untrained'] as const) {
        if (options.signal?.aborted) return undefined;
        answers[which].push(await orderAnswers(trial, which, options));
        options.onProgress?.(`orders of frames in ${name}, seed ${trial.seed}, ${which}`, ++done, total);
      }
    }
    answered.push({ name, sees: study.clips.includes(name) ? 'clips' : 'pictures', ...answers });
  }
  const seeds = Math.min(...answered.map(({ trained }) => trained.length));
  const names = (sees: OrderGroup['sees']) => answered.filter((group) => group.sees === sees).map(({ name }) => name);
  const pictures = names('pictures');
  const predictions = orderPredictions(answered, seeds);
  const before = predictions.find(({ name }) => name.startsWith('untrained'))!;
  return {
    predictions,
    seeds,
    material: `Networks of clips: ${names('clips').join(', ')}${pictures.length === 0 ? '' : `; of single pictures: ${pictures.join(', ')}`}. The heart phantom, one clip a recording, each layer one number a channel; probes learned on all training patients, layers chosen on validation patients, ${new Set(answered[0].trained[0].patients).size} test patients.`,
    figures: [orderFigure(answered)],
    ...(before.difference.low > 0
      ? {
          summary:
            'Untrained networks of clips use the order of frames as well: a convolution over time compares frames whatever it has learned.',
        }
      : {}),
    remarks: [
      'This asks the features. Whether the answer to the pretext task itself needs the order of frames is what `sonde explain RUN --with temporal-necessity` says of a run; trials keep no heads to ask.',
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

/** Frames on each side over which the volume of the ventricle is compared. */
const halfSpan = 2;

/** The store with a label for each frame: 1 where the ventricle empties, 0 where it fills. */
export function withDirection(store: FrameStore): FrameStore {
  const { index } = store;
  const items = index.items.map((item) => {
    const volume = item.frameLabels?.volume;
    if (volume === undefined) return item;
    const at = (t: number) => volume[Math.min(volume.length - 1, Math.max(0, t))];
    const direction = volume.map((_, t) => Number(at(t + halfSpan) < at(t - halfSpan)));
    return { ...item, frameLabels: { ...item.frameLabels, direction } };
  });
  return {
    index: { ...index, items },
    sizeOf: (item) => store.sizeOf(item),
    read: (item, window) => store.read(item, window),
  };
}

/** A store whose windows hold the same frames in another order: what is seen stays, what follows what does not. */
export function reorderedWindows(store: FrameStore, order: FrameOrder): FrameStore {
  if (order === 'ordered') return store;
  const random = new Random('order of a window');
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const { data, shape } = store.read(item, window);
      const [count] = shape;
      const places =
        order === 'shuffled'
          ? random.split(item, window?.start ?? 0).permutation(count)
          : Array.from({ length: count }, (_, t) => (order === 'reversed' ? count - 1 - t : count >> 1));
      const length = data.length / count;
      const moved = new Float32Array(data.length);
      for (let t = 0; t < count; t++)
        moved.set(data.subarray(places[t] * length, (places[t] + 1) * length), t * length);
      return { data: moved, shape };
    },
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
