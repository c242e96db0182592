/**
 * The one loop in which protocols train a network on labels: steps on training patients, the best of several evaluations
 * on validation patients kept. It goes on from a checkpoint to the very same weights. Before every evaluation the stored
 * statistics of normalisation are measured on training pictures with the weights as they are (precise batch normalisation:
 * Wu and Johnson, 2021), so that a fit of few steps answers as it trained.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { Random } from '../../base/random.ts';
import { inputShape } from '../../data/transform/presentation.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import type { InputSpec } from '../../pretext/method.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import { compile } from '../../runtime/compile.ts';
import type { CompiledProgram, Program } from '../../runtime/program.ts';
import { State } from '../../runtime/state.ts';
import { float32, type HostArray, hostArray } from '../../tensor/host-array.ts';
import { allocateBatch, type BatchArrays, itemsOfStep } from '../../training/sampling/batch.ts';
import { scheduleFactor } from '../../training/schedule.ts';
import type { FitCheckpoints } from './fit-checkpoints.ts';
import { buildPrograms } from './fit-programs.ts';
import { type FitTask, picturesInput } from './fit-task.ts';
import { encoderPrefix, type NetworkSource, withWeights } from './learning-network.ts';
import { type Recipe, scheduleOf } from './recipe.ts';
import { rescaleChannels } from './rescale.ts';
import { rescaleLayers } from './rescale-between.ts';

export interface FitRequest {
  readonly source: NetworkSource;
  readonly task: FitTask;
  readonly recipe: Recipe;
  /** The last stage that is held fast; see `learningNetwork`. */
  readonly frozen?: string | undefined;
  readonly backend: Backend;
  readonly threads?: number | undefined;
  /** Number of training examples. */
  readonly examples: number;
  /** Writes an example into its place of each array of the batch. */
  readonly fill: (example: number, random: Random, batch: BatchArrays, slot: number) => void;
  readonly validate: (network: AnsweringNetwork) => Promise<Validation>;
  readonly checkpoints?: FitCheckpoints | undefined;
  readonly onStep?: ((done: number, total: number) => void) | undefined;
}

/** How good the network is on validation patients: more is better; the loss decides between equals. */
export interface Validation {
  readonly score: number;
  readonly loss: number;
}

export interface AnsweringNetwork {
  /**
   * Feeds `count` inputs, batch by batch. `take` gets what the network answers to each: the batch's arrays, valid until it
   * returns, and the place in them.
   */
  answer(
    count: number,
    fill: (input: number, batch: BatchArrays, slot: number) => void,
    take: (input: number, outputs: Readonly<Record<string, HostArray>>, slot: number) => void,
  ): Promise<void>;
}

export interface FittedNetwork extends AnsweringNetwork {
  /** Of the evaluation that was kept. */
  readonly validation: Validation;
  /** Steps after which it was. */
  readonly step: number;
  /** Every evaluation. */
  readonly curve: readonly { readonly step: number; readonly score: number; readonly loss: number }[];
  /** The model with the weights it has now. */
  model(): OnnxModel;
  /** Current values of encoder and head by name; not copies. */
  weights(): ReadonlyMap<string, HostArray>;
  dispose(): Promise<void>;
}

/** @throws SondeError `training/diverged` where the loss stops being a number */
export async function fitNetwork(request: FitRequest): Promise<FittedNetwork> {
  const { source, task, recipe, backend, threads, frozen } = request;
  const batchSize = source.fixedBatch ?? recipe.batchSize;
  const random = new Random(recipe.seed).split('fit');
  const built = buildPrograms(source, task, recipe, batchSize, frozen);
  const state = new State(built.initialState(random.split('initial')));
  const options = threads === undefined ? {} : { threads };
  const compiled: CompiledProgram[] = [];
  const compiling = async (program: Program) => {
    const ready = await compile(program, state, backend, options);
    compiled.push(ready);
    return ready;
  };
  const pictures: InputSpec = { dtype: 'float32', shape: inputShape(source.presentation, source.rank) };
  let fit: FittedNetwork | undefined;
  try {
    const evaluation = await compiling(built.evaluation);
    const answering = new Answering(
      evaluation,
      allocateBatch({ [picturesInput]: pictures, ...task.inputs }, batchSize),
      batchSize,
    );
    const training = await compiling(built.training);
    const calibration = built.calibration && (await compiling(built.calibration));
    const preparation = built.preparation && (await compiling(built.preparation));
    const batch = allocateBatch({ [picturesInput]: pictures, ...task.inputs, ...task.targets }, batchSize);
    await measureStatistics(preparation, request, batch, batchSize, random.split('preparation'));
    if (recipe.rescale !== 'none') {
      const shown = function* () {
        for (const _ of drawnBatches(request, batch, batchSize, random.split('rescaling'))) yield batch;
      };
      await rescaleChannels(built.network, state, compiling, shown);
      if (recipe.rescale === 'between') {
        await rescaleLayers(built.network, state, compiling, shown, random.split('between layers'));
      }
    }
    const kept = await trainAndChoose(request, { state, training, calibration, answering, batch, batchSize, random });
    fit = fitted(request, answering, state, kept);
    return fit;
  } finally {
    // What was fitted goes on answering; the rest, and everything after a failure, has done its work.
    for (const program of compiled.slice(fit === undefined ? 0 : 1)) await program.dispose();
  }
}

interface Loop {
  readonly state: State;
  readonly training: CompiledProgram;
  readonly calibration: CompiledProgram | undefined;
  readonly answering: Answering;
  readonly batch: BatchArrays;
  readonly batchSize: number;
  readonly random: Random;
}

/** Batches that statistics are measured on. */
const mostMeasured = 8;

/** Draws the examples of a step. */
function fillStep(
  { examples, fill }: FitRequest,
  batch: BatchArrays,
  batchSize: number,
  step: number,
  order: Random,
): void {
  const drawn = order.split('step', step);
  const all = Array.from({ length: examples }, (_, i) => i);
  itemsOfStep(all, step, batchSize, order).forEach((example, slot) => {
    fill(example, drawn.split(slot), batch, slot);
  });
}

/** Fills the batch with training examples again and again, to measure statistics on; numbers of the batches. */
function* drawnBatches(request: FitRequest, batch: BatchArrays, batchSize: number, order: Random): Generator<number> {
  const count = Math.min(mostMeasured, Math.ceil(request.examples / batchSize));
  for (let k = 0; k < count; k++) {
    fillStep(request, batch, batchSize, k, order);
    yield k;
  }
}

/** Statistics of normalisation with the weights held still, by a program that moves them towards those of a batch. */
async function measureStatistics(
  program: CompiledProgram | undefined,
  request: FitRequest,
  batch: BatchArrays,
  batchSize: number,
  order: Random,
): Promise<void> {
  if (program === undefined) return;
  for (const k of drawnBatches(request, batch, batchSize, order)) {
    // 1, 1/2, 1/3, …: the plain mean over the batches.
    await program.run({ ...batch, momentum: float32([], 1 / (k + 1)) });
  }
}

type Evaluated = FittedNetwork['curve'][number];

async function trainAndChoose(request: FitRequest, loop: Loop): Promise<{ best: Evaluated; curve: Evaluated[] }> {
  const { recipe, validate, checkpoints, onStep } = request;
  const { state, training, calibration, answering, batch, batchSize, random } = loop;
  const { steps } = recipe;
  const schedule = scheduleOf(recipe);
  const resumed = checkpoints?.read();
  for (const [name, value] of resumed?.state ?? []) state.set(name, value);
  const curve = [...(resumed?.curve ?? [])];
  let best = curve.reduce<Evaluated | undefined>((most, entry) => (isBetter(entry, most) ? entry : most), undefined);
  let kept = resumed?.best ?? new Map<string, HostArray>();
  const every = Math.max(1, Math.round(steps / recipe.evaluations));
  const stale = () => best !== undefined && curve.length - 1 - curve.indexOf(best) >= recipe.patience;
  const calibrate = () => measureStatistics(calibration, request, batch, batchSize, random.split('calibration'));
  for (let step = resumed?.step ?? 0; step < steps && !stale(); step++) {
    fillStep(request, batch, batchSize, step, random);
    const { loss } = await training.run({
      ...batch,
      learningRate: float32([], recipe.learningRate * scheduleFactor(schedule, step, steps)),
      step: float32([], step + 1),
    });
    if (!Number.isFinite(Number(loss.data[0]))) {
      throw new SondeError('training/diverged', `the loss at step ${step + 1} of fine-tuning is not a number`, {
        hint: 'ask for a lower learning rate (--set learningRate=…)',
      });
    }
    onStep?.(step + 1, steps);
    const done = step + 1;
    if (done % every !== 0 && done !== steps) continue;
    await calibrate();
    const entry = { step: done, ...(await validate(answering)) };
    curve.push(entry);
    if (isBetter(entry, best)) {
      best = entry;
      kept = copied(state.snapshot());
    }
    checkpoints?.write({ step: done, curve, state: state.snapshot(), best: kept });
  }
  if (stale()) onStep?.(steps, steps);
  for (const [name, value] of kept) state.set(name, value);
  return { best: best!, curve };
}

function isBetter(entry: Validation, best: Validation | undefined): boolean {
  return best === undefined || entry.score > best.score || (entry.score === best.score && entry.loss < best.loss);
}

/** Weights alone: what an optimiser remembers is of no use to a network that has learned. */
function copied(state: ReadonlyMap<string, HostArray>): Map<string, HostArray> {
  return new Map(
    [...state]
      .filter(([name]) => !name.startsWith('optimiser/'))
      .map(([name, { dtype, shape, data }]) => [name, hostArray(dtype, shape, data.slice() as typeof data)]),
  );
}

function fitted(
  { source }: FitRequest,
  answering: Answering,
  state: State,
  { best, curve }: { best: Evaluated; curve: readonly Evaluated[] },
): FittedNetwork {
  return {
    validation: best,
    step: best.step,
    curve,
    answer: (count, fill, take) => answering.answer(count, fill, take),
    weights: () => new Map([...state.snapshot()].filter(([name]) => !name.startsWith('optimiser/'))),
    model: () => {
      const own = [...copied(state.snapshot())].filter(([name]) => name.startsWith(encoderPrefix));
      return withWeights(source.model, new Map(own.map(([name, value]) => [name.slice(encoderPrefix.length), value])));
    },
    dispose: () => answering.dispose(),
  };
}

class Answering implements AnsweringNetwork {
  readonly #program: CompiledProgram;
  readonly #batch: BatchArrays;
  readonly #size: number;

  constructor(program: CompiledProgram, batch: BatchArrays, size: number) {
    this.#program = program;
    this.#batch = batch;
    this.#size = size;
  }

  async answer(...[count, fill, take]: Parameters<AnsweringNetwork['answer']>): Promise<void> {
    for (let first = 0; first < count; first += this.#size) {
      const held = Math.min(this.#size, count - first);
      for (let slot = 0; slot < held; slot++) fill(first + slot, this.#batch, slot);
      const outputs = await this.#program.run(this.#batch);
      for (let slot = 0; slot < held; slot++) take(first + slot, outputs, slot);
    }
  }

  dispose(): Promise<void> {
    return this.#program.dispose();
  }
}
