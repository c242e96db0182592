/**
 * What a counter-measure buys, an option of the method or a change of the data: the method trained twice for a few steps
 * from the same weights, guarded and open. A
 * shortcut that is worth closing makes the open one better at its questions and no better, or worse, at the probe.
 * @module
 */
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { itemsByPart } from '../../data/split.ts';
import { openEncoder } from '../../evaluation/encoder.ts';
import { extractFeatures } from '../../evaluation/extraction.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { linear } from '../../evaluation/protocols/linear.ts';
import { runtimeMatrixProduct } from '../../evaluation/runtime-matrix-product.ts';
import type { Shortcut as DeclaredShortcut } from '../../pretext/card.ts';
import type { MethodContext } from '../../pretext/method.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { parseOptions, type RunConfiguration } from '../../training/configuration.ts';
import { exportEncoder } from '../../training/encoder-file.ts';
import { sampleView, storedItem } from '../../training/sampling/views.ts';
import { PretextNetwork } from '../pretext-network.ts';
import type { StudiedRun, Subject } from '../subject.ts';
import { balancedShare } from './balanced-share.ts';
import { Questioner } from './questions.ts';
import { shortTraining } from './short-training.ts';

export interface Retrained {
  /** The option, and its two values as they are set; `data`, and how they are closed and as they are. */
  readonly option: string;
  readonly guarded: unknown;
  readonly open: unknown;
  readonly steps: number;
  /** Open less guarded: balanced accuracy of the held-out questions. */
  readonly pretext: Estimate;
  /** Open less guarded: balanced accuracy of the linear probe at the tap chosen on validation patients. */
  readonly probe?: Estimate & { readonly label: string };
  /** Δpretext − Δprobe (methods.md 7.9): above 0 the shortcut pays in questions and not in features. */
  readonly index?: number;
}

/** Two ways to train: with an option set one way and the other, or on data without the shortcut and with it. */
export interface CounterMeasure extends NonNullable<DeclaredShortcut['counter']> {
  /** The data without the shortcut; the option is then none of the method's. */
  readonly closed?: (store: FrameStore) => FrameStore;
}

/** One of the two. */
interface Way {
  readonly change: Readonly<Record<string, unknown>>;
  readonly store: FrameStore;
}

export interface RetrainRequest {
  readonly steps: number;
  readonly questions: number;
  /** Label of the probe; without one only the questions are compared. */
  readonly label?: string;
  readonly level: number;
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly onStep: (done: number, total: number) => void;
}

interface Outcome {
  readonly patients: readonly string[];
  readonly truth: readonly number[];
  readonly hits: readonly number[];
  readonly classes: number;
  readonly probe?: readonly { readonly patient: string; readonly truth: number; readonly hit: number }[];
}

/** Throws `usage` where the method refuses the open value. */
export async function retrain(
  subject: Subject,
  run: StudiedRun,
  { option, guarded, open, closed }: CounterMeasure,
  request: RetrainRequest,
): Promise<Retrained> {
  const total = 2 * request.steps;
  const { store } = subject;
  const way = (value: unknown): Way => ({ change: closed === undefined ? { [option]: value } : {}, store });
  const guardedWay = closed === undefined ? way(guarded) : { change: {}, store: closed(store) };
  const [safe, free] = [
    await outcome(subject, run, guardedWay, request, (step) => request.onStep(step, total)),
    await outcome(subject, run, way(open), request, (step) => request.onStep(request.steps + step, total)),
  ];
  const patients = [...safe.patients, ...free.patients];
  const cut = safe.patients.length;
  const share = ({ hits, truth, classes }: Outcome, weights: Float64Array) =>
    balancedShare(hits, truth, classes, weights);
  const { intervals } = clusterBootstrap(
    patients,
    (weights) => [share(free, weights.subarray(cut)) - share(safe, weights.subarray(0, cut))],
    { level: request.level },
  );
  const [pretext] = intervals;
  const probe = probeDifference(safe, free, request);
  return {
    option,
    guarded,
    open,
    steps: request.steps,
    pretext,
    ...(probe === undefined ? {} : { probe, index: pretext.value - probe.value }),
  };
}

function probeDifference({ probe: safe }: Outcome, { probe: free }: Outcome, { label, level }: RetrainRequest) {
  if (safe === undefined || free === undefined || label === undefined) return undefined;
  const truth = safe.map((row) => row.truth);
  const classes = 1 + Math.max(...truth);
  const hits = (rows: typeof safe) => rows.map(({ hit }) => hit);
  const { intervals } = clusterBootstrap(
    safe.map(({ patient }) => patient),
    (weights) => [
      balancedShare(hits(free), truth, classes, weights) - balancedShare(hits(safe), truth, classes, weights),
    ],
    { level },
  );
  return { ...intervals[0], label };
}

async function outcome(
  subject: Subject,
  run: StudiedRun,
  { change, store }: Way,
  request: RetrainRequest,
  onStep: (step: number) => void,
): Promise<Outcome> {
  const { method, methodOptions } = run.configuration;
  const options = parseOptions(`method ${method.card.id}`, method.options, methodOptions, change);
  const usable = (items: readonly number[]) =>
    items.filter((item) => method.refuses(storedItem(store, item), options) === undefined);
  const train = usable(itemsByPart(store.index.split, store.index.items).train);
  const views = () => train.map((item) => sampleView(store, item, train));
  const prepared = method.prepare?.(views(), options, new Random(run.configuration.seed).split('prepare'));
  const context: MethodContext<unknown> = { options, prepared, channels: run.context.channels };
  const configuration = { ...run.configuration, methodOptions: options };
  const { steps, signal } = request;
  const state = await shortTraining(
    { configuration, context, store, items: train, steps, ...(signal === undefined ? {} : { signal }) },
    onStep,
  );
  const network = new PretextNetwork({ ...run, configuration, context }, { backend: processor, state, context });
  const questioner = new Questioner(network);
  const patients: string[] = [];
  const truth: number[] = [];
  const hits: number[] = [];
  try {
    for (const batch of questioner.ask(store, usable(subject.items), request.questions, request.random)) {
      const { questions, given } = await questioner.answered(batch);
      questions.forEach(({ patient, answer }, row) => {
        patients.push(patient);
        truth.push(answer);
        hits.push(given[row] === answer ? 1 : 0);
      });
    }
  } finally {
    await questioner.release();
  }
  const probe =
    request.label === undefined ? undefined : await probed(subject, configuration, context, state, request.label);
  return { patients, truth, hits, classes: questioner.classes, ...(probe === undefined ? {} : { probe }) };
}

/** The answers of a linear probe to the test items, at the tap that does best on validation patients. */
async function probed(
  { store }: Subject,
  { method, trunk, trunkOptions }: RunConfiguration,
  context: MethodContext<unknown>,
  state: ReadonlyMap<string, HostArray>,
  label: string,
) {
  const presentation = method.presentation(context);
  const encoder = await openEncoder(
    exportEncoder({ trunk, trunkOptions, presentation, state, origin: method.card.id }),
  );
  try {
    const tables = await extractFeatures(encoder, store, { windows: 2, dimensions: 256 });
    const result = await linear.run(
      { tables, label, encoder: { name: method.card.id, role: 'pretrained' }, product: runtimeMatrixProduct },
      { measure: 'balancedAccuracy', resamples: 200 },
    );
    const best = result.taps.reduce((a, b) => (b.validation > a.validation ? b : a));
    return best.items?.flatMap(({ patient, truth, answer }) =>
      truth === undefined ? [] : [{ patient, truth, hit: answer === truth ? 1 : 0 }],
    );
  } finally {
    await encoder.release();
  }
}
