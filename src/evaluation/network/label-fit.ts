/**
 * A network trained to tell a label: windows of labelled items, a linear layer on the mean of a tap, answers averaged over
 * the windows of an item.
 * @module
 */
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import { framesSpanned } from '../../data/transform/presentation.ts';
import { multiply, reduceMean, reshape, subtract } from '../../graph/primitives.ts';
import { linearLayer } from '../../nn/layers/linear.ts';
import { globalAveragePool } from '../../nn/layers/pooling.ts';
import { crossEntropy } from '../../nn/losses/cross-entropy.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import type { BatchArrays } from '../../training/sampling/batch.ts';
import { type ClassMeasure, classStatistic } from '../class-measures.ts';
import { averageByUnit, type ExamplePart, type Examples } from '../examples.ts';
import { factsOf, type Row, requireRows, rowsOf } from '../extraction.ts';
import { logLoss } from '../metrics/calibration.ts';
import { mostProbable } from '../metrics/confusion.ts';
import { meanOf, meanSquaredError } from '../number-task.ts';
import { type AnsweringNetwork, type FittedNetwork, fitNetwork, type Validation } from './fit.ts';
import type { FitCheckpoints } from './fit-checkpoints.ts';
import { type FitTask, picturesInput } from './fit-task.ts';
import { bestOfRates } from './fit-variants.ts';
import type { NetworkSource } from './learning-network.ts';
import { drawPlacement } from './placement.ts';
import type { RecipeOptions } from './recipe.ts';
import { ShownWindows } from './shown-windows.ts';

/** The windows of a data set, and what is known of each. */
export interface LabelledWindows {
  readonly rows: readonly Row[];
  readonly facts: ReturnType<typeof factsOf>;
  readonly shown: ShownWindows;
  /** Starts that a training window may have, by row: as far as the item reaches. */
  readonly lastStart: (item: number) => number;
}

/** Throws `data/unsuitable` where no item is long enough. */
export function labelledWindows(source: NetworkSource, store: FrameStore, windows: number): LabelledWindows {
  const rows = rowsOf(source, store, windows);
  requireRows(rows, source, store);
  const span = framesSpanned(source.presentation);
  return {
    rows,
    facts: factsOf(store, rows, span),
    shown: new ShownWindows(store, source.presentation),
    lastStart: (item) => (source.presentation.whole ? 0 : store.sizeOf(item)[0] - span),
  };
}

export interface LabelFitRequest {
  readonly source: NetworkSource;
  readonly windows: LabelledWindows;
  readonly examples: Examples;
  /** Number of classes; absent where the label is a measurement. */
  readonly classes: number | undefined;
  /** What validation patients choose by, where it names classes. */
  readonly measure: ClassMeasure;
  readonly tap: string;
  readonly frozen: string | undefined;
  readonly recipe: RecipeOptions;
  readonly backend: Backend;
  readonly threads?: number | undefined;
  /** Keeps what has been learned, by a name of its own for each learning rate. */
  readonly checkpoints?: ((name: string) => FitCheckpoints) | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
}

/** In which order a network is shown the frames of a window. */
export type FrameOrder = 'as recorded' | 'shuffled' | 'backwards';

export interface LabelFit {
  readonly network: FittedNetwork;
  readonly learningRate: number;
  /** Features that the head reads. */
  readonly features: number;
  /** What the network answers to each row of a part: probabilities `[rows, classes]`, or numbers `[rows, 1]`. */
  answer(part: ExamplePart, order?: FrameOrder): Promise<Float64Array>;
}

/** Fits once for each learning rate and keeps the fit that validation patients prefer. */
export async function fitLabel(request: LabelFitRequest): Promise<LabelFit> {
  const { learningRate: rates } = request.recipe;
  let begun = -1;
  const { fit, learningRate } = await bestOfRates(rates, (rate) => {
    const before = ++begun;
    const onStep = (done: number, total: number) => request.onStep?.(before * total + done, rates.length * total);
    return fitOnce(request, rate, onStep);
  });
  return { ...fit, learningRate };
}

async function fitOnce(
  request: LabelFitRequest,
  learningRate: number,
  onStep: (done: number, total: number) => void,
): Promise<Omit<LabelFit, 'learningRate'>> {
  const { source, windows, examples, classes, backend, threads, frozen, recipe, checkpoints } = request;
  const { train } = examples;
  const scale = targetScale(train, classes);
  const varying =
    new Set(train.unitOfRow).size === train.rows.length &&
    train.rows.length > new Set(train.units.map((unit) => unit.item)).size;
  const width = classes ?? 1;
  const answer = (network: AnsweringNetwork, part: ExamplePart, order: FrameOrder = 'as recorded') =>
    answersOf(
      network,
      (row, batch, slot) => show(windows, row, batch, slot, order),
      part,
      width,
      classes === undefined ? scale : undefined,
    );
  const show = reordering(source, recipe.seed);
  const network = await fitNetwork({
    source,
    task: labelTask(request),
    recipe: { ...recipe, learningRate },
    frozen,
    backend,
    threads,
    examples: train.rows.length,
    fill: (example, random, batch, slot) => {
      const row = windows.rows[train.rows[example]];
      // A label that holds for the whole item holds for any of its windows.
      const start = varying ? row.start : random.integer(windows.lastStart(row.item) + 1);
      const placement = drawPlacement(recipe, source.presentation.size, random);
      windows.shown.put({ item: row.item, start }, batch, slot, placement);
      const target = train.targets[example];
      if (classes === undefined) batch.target.data[slot] = (target - scale.mean) / scale.deviation;
      else batch.target.data[slot] = BigInt(target);
    },
    validate: async (answering) => validation(request, await answer(answering, examples.validation)),
    checkpoints: checkpoints?.(`rate ${learningRate}`),
    onStep,
  });
  const features = network.weights().get('head.linear.weight')!.shape[1];
  return { network, features, answer: (part, order) => answer(network, part, order) };
}

function labelTask({ tap, classes }: LabelFitRequest): FitTask {
  return {
    taps: [tap],
    targets: { target: { dtype: classes === undefined ? 'float32' : 'int64', shape: [] } },
    head: ({ taps, targets, scope }) => {
      const features = pooledTap(taps[tap]);
      const answers = linearLayer(scope, 'linear', features, { features: classes ?? 1 });
      if (targets === undefined) return { outputs: { answers } };
      if (classes !== undefined) return { outputs: { answers }, loss: crossEntropy(answers, targets.target) };
      const difference = subtract(reshape(answers, targets.target.shape), targets.target);
      return { outputs: { answers }, loss: reduceMean(multiply(difference, difference)) };
    },
  };
}

/** `[B, F]`: the mean over all places of a map. */
function pooledTap(tap: Parameters<typeof globalAveragePool>[0]) {
  return tap.shape.length > 2 ? globalAveragePool(tap) : tap;
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and deviation of the training targets: what a network has to tell is then of the size of 1. */
function targetScale({ targets }: ExamplePart, classes: number | undefined): Scale {
  if (classes !== undefined) return { mean: 0, deviation: 1 };
  const mean = targets.reduce((sum, value) => sum + value / targets.length, 0);
  const variance = targets.reduce((sum, value) => sum + (value - mean) ** 2 / targets.length, 0);
  return { mean, deviation: Math.sqrt(variance) };
}

/** Shows a window with its frames in the order asked for; shuffled as the seed and the row say. */
function reordering({ presentation: { channels, frames, size } }: NetworkSource, seed: number) {
  const random = new Random(seed).split('frame order');
  return ({ rows, shown }: LabelledWindows, row: number, batch: BatchArrays, slot: number, order: FrameOrder) => {
    shown.put(rows[row], batch, slot);
    if (order === 'as recorded') return;
    const plane = size * size;
    const length = channels * frames * plane;
    const pictures = (batch[picturesInput].data as Float32Array).subarray(slot * length, (slot + 1) * length);
    const before = pictures.slice();
    const from = order === 'shuffled' ? random.split(row).permutation(frames) : undefined;
    for (let channel = 0; channel < channels; channel++) {
      for (let t = 0; t < frames; t++) {
        const source = channel * frames + (from === undefined ? frames - 1 - t : from[t]);
        pictures.set(before.subarray(source * plane, (source + 1) * plane), (channel * frames + t) * plane);
      }
    }
  };
}

async function answersOf(
  network: AnsweringNetwork,
  show: (row: number, batch: BatchArrays, slot: number) => void,
  part: ExamplePart,
  width: number,
  scale: Scale | undefined,
): Promise<Float64Array> {
  const answers = new Float64Array(part.rows.length * width);
  const take = (row: number, { answers: output }: Readonly<Record<string, HostArray>>, slot: number) => {
    const values = (output.data as Float32Array).subarray(slot * width, (slot + 1) * width);
    if (scale !== undefined) answers[row] = values[0] * scale.deviation + scale.mean;
    else answers.set(softmax(values), row * width);
  };
  await network.answer(part.rows.length, (row, batch, slot) => show(part.rows[row], batch, slot), take);
  return answers;
}

export function softmax(logits: ArrayLike<number>): Float64Array {
  const most = Array.from(logits).reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(logits, (value) => Math.exp(value - most));
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

function validation({ examples, classes, measure }: LabelFitRequest, rowAnswers: Float64Array): Validation {
  const part = examples.validation;
  const truth = part.units.map((unit) => unit.target);
  const answers = averageByUnit(part, rowAnswers, classes ?? 1);
  if (classes === undefined) {
    const error = meanSquaredError(truth, answers);
    const spread = meanSquaredError(truth, new Float64Array(truth.length).fill(meanOf(truth)));
    // A single validation value has no spread to explain; its error still tells fits apart.
    return { score: spread > 0 ? 1 - error / spread : -error, loss: error };
  }
  const given = { classes, truth, answers: mostProbable(answers, classes), scores: answers };
  const score = classStatistic(measure, given)();
  // Undefined where validation patients show one class only: the loss alone decides then.
  return { score: Number.isNaN(score) ? 0 : score, loss: logLoss(truth, answers, classes) };
}
