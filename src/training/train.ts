/**
 * The one loop that trains every method: feed, step, measure, write down, keep.
 * @module
 */
import { mkdirSync, rmSync } from 'node:fs';
import { messageOf, SondeError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { OpenFrameStore } from '../data/storage/frame-store.ts';
import { writeSplit } from '../data/storage/split-file.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import { backendById } from '../runtime/backends/index.ts';
import { compile } from '../runtime/compile.ts';
import type { CompiledProgram } from '../runtime/program.ts';
import { State } from '../runtime/state.ts';
import { float32, type HostArray } from '../tensor/host-array.ts';
import { writeEncoder, writeKept, writePuzzles, writeSnapshot } from './artefacts.ts';
import type { RunConfiguration } from './configuration.ts';
import { HeldOut } from './held-out.ts';
import { describeRun, methodContext } from './manifest.ts';
import { alarmOf, updateRatios } from './measurements.ts';
import { MetricsWindow } from './metrics-window.ts';
import { buildModel, type Model } from './model.ts';
import type { MetricsRecord, RunManifest } from './run-record.ts';
import { SamplingPool } from './sampling/pool.ts';
import { assertAugmentable } from './sampling/reads-items.ts';
import { scheduleFactor } from './schedule.ts';
import { snapshotSteps } from './snapshots.ts';
import { readLatestCheckpoint, writeCheckpoint } from './storage/checkpoint.ts';
import { readPrepared, writePrepared } from './storage/prepared-file.ts';
import { appendMetrics, type RunPaths, rewindMetrics, runPaths, writeManifest } from './storage/run-folder.ts';
import { usableItems } from './usable-items.ts';

export interface TrainRequest {
  readonly configuration: RunConfiguration;
  readonly store: OpenFrameStore;
  /** Name and path of the data and how they were read, for the manifest. */
  readonly data: Pick<RunManifest['data'], 'name' | 'path' | 'reading'>;
  readonly directory: string;
  readonly id: string;
  /** Go on from the newest checkpoint in the directory, where there is one. */
  readonly resume?: boolean;
  /** What computes the training step, default `cpu`. Another device may round differently. */
  readonly device?: DeviceId;
  readonly threads: number;
  readonly workers: number;
  readonly logEvery: number;
  readonly evaluateEvery: number;
  readonly checkpointEvery: number;
  /** Copies of the encoder kept on the way; none by default. */
  readonly snapshots?: number;
  readonly signal?: AbortSignal;
  readonly onRecord?: (record: MetricsRecord, manifest: RunManifest) => void;
}

/** Items drawn for the held-out measure. */
const heldOutQuestions = 64;

/**
 * Trains a method to its last step, or from its last checkpoint to there, and exports the encoder. The weights depend on
 * configuration, data, seed and thread count only: not on interruptions, workers or speed.
 * @throws SondeError `training/diverged` when the loss stops being a number; the run folder keeps what was learned before
 */
export async function train(request: TrainRequest): Promise<RunManifest> {
  const { configuration, store, directory } = request;
  const paths = runPaths(directory);
  const parts = usableItems(configuration, store);
  const resumed = request.resume ? readLatestCheckpoint(paths) : undefined;
  const kept = resumed === undefined ? undefined : readPrepared(paths);
  const context = methodContext(configuration, store, parts.train, kept);
  if (configuration.augmentation !== undefined) {
    assertAugmentable(configuration.method, context, store, parts.train);
  }
  const model = buildModel({ ...configuration, context });
  const random = new Random(configuration.seed);
  const state = new State(resumed?.state ?? model.initialState(random.split('initial')));
  const firstStep = resumed?.loop.step ?? 0;
  if (resumed === undefined)
    for (const old of [paths.metrics, paths.checkpoints, paths.snapshots])
      rmSync(old, { recursive: true, force: true });
  else rewindMetrics(paths, firstStep);
  const manifest = describeRun(request, model, context, parts.leftOut, 'running');
  writeManifest(paths, manifest);
  if (kept === undefined) writePrepared(paths, context.prepared);
  writeSplit(paths.split, store.index.split);
  const loop = new Loop(request, model, state, paths, manifest);
  try {
    const heldOut = new HeldOut(
      configuration.method,
      context,
      store,
      parts.validation,
      configuration.batchSize,
      Math.max(1, Math.round(heldOutQuestions / configuration.batchSize)),
      random.split('held-out'),
    );
    const untrained = model.initialState(random.split('initial'));
    writeEncoder(configuration, context, untrained, paths.randomEncoder);
    writeKept(configuration, context, untrained, paths.randomKept);
    const outcome = await loop.run(firstStep, context, parts.train, heldOut);
    if (outcome === 'finished') {
      const learned = state.snapshot();
      writeEncoder(configuration, context, learned, paths.encoder);
      writeKept(configuration, context, learned, paths.kept);
    }
    const final = describeRun(request, model, context, parts.leftOut, outcome);
    writeManifest(paths, final);
    return final;
  } catch (error) {
    writeManifest(paths, { ...describeRun(request, model, context, parts.leftOut, 'failed'), error: messageOf(error) });
    throw error;
  }
}

class Loop {
  readonly #request: TrainRequest;
  readonly #model: Model;
  readonly #state: State;
  readonly #paths: RunPaths;
  readonly #manifest: RunManifest;

  constructor(request: TrainRequest, model: Model, state: State, paths: RunPaths, manifest: RunManifest) {
    this.#request = request;
    this.#model = model;
    this.#state = state;
    this.#paths = paths;
    this.#manifest = manifest;
  }

  async run(
    firstStep: number,
    context: ReturnType<typeof methodContext>,
    items: readonly number[],
    heldOut: HeldOut,
  ): Promise<'finished' | 'stopped'> {
    const { configuration, store, threads, workers } = this.#request;
    const { method, batchSize, seed, steps } = configuration;
    if (firstStep >= steps) return 'finished';
    const kept = new Set(snapshotSteps(steps, this.#request.snapshots ?? 0));
    if (kept.size > 0) mkdirSync(this.#paths.snapshots, { recursive: true });
    const options = { threads };
    const backend = backendById(this.#request.device ?? 'cpu');
    const programs: CompiledProgram[] = [];
    for (const program of this.#model.steps) programs.push(await compile(program, this.#state, backend, options));
    const evaluation = await compile(this.#model.evaluation, this.#state, backend, options);
    const pool = new SamplingPool({
      method,
      context,
      store,
      items,
      batchSize,
      seed,
      ...(configuration.augmentation === undefined ? {} : { augmentation: configuration.augmentation }),
      workers,
      firstStep,
      lastStep: steps,
    });
    try {
      if (firstStep === 0) await this.#before(evaluation, heldOut);
      await writePuzzles(this.#paths, method, context, heldOut, evaluation);
      const window = new MetricsWindow(batchSize, items.length);
      for (let step = firstStep; step < steps; step++) {
        if (this.#request.signal?.aborted) {
          this.#checkpoint(step);
          return 'stopped';
        }
        await this.#step(step, programs, pool, window);
        await this.#afterStep(step + 1, window, evaluation, heldOut);
        if (kept.has(step + 1)) {
          writeSnapshot(configuration, context, this.#model, this.#state.snapshot(), this.#paths, step + 1);
        }
      }
      await writePuzzles(this.#paths, method, context, heldOut, evaluation);
      return 'finished';
    } finally {
      await pool.close();
      await Promise.all([...programs, evaluation].map((program) => program.dispose()));
    }
  }

  async #step(step: number, programs: readonly CompiledProgram[], pool: SamplingPool, window: MetricsWindow) {
    const { method, methodOptions, optimiser, schedule, steps } = this.#request.configuration;
    const asked = performance.now();
    const { arrays } = await pool.next();
    const started = performance.now();
    const learningRate = optimiser.learningRate * scheduleFactor(schedule, step, steps);
    const scalars: Record<string, HostArray> = {
      learningRate: float32([], learningRate),
      step: float32([], step + 1),
    };
    for (const [name, at] of Object.entries(method.schedules ?? {})) {
      scalars[name] = float32([], at(step / steps, methodOptions));
    }
    for (const program of programs) window.add(await program.run({ ...arrays, ...scalars }));
    window.close(learningRate, started - asked, performance.now() - asked);
  }

  async #afterStep(done: number, window: MetricsWindow, evaluation: CompiledProgram, heldOut: HeldOut) {
    const { logEvery, evaluateEvery, checkpointEvery, configuration } = this.#request;
    const last = done === configuration.steps;
    if (done % logEvery === 0 || last) {
      const measured = done % evaluateEvery === 0 || last ? await heldOut.measure(evaluation) : undefined;
      const alarm = alarmOf(window.loss, window.gradientNorm, measured?.spread);
      this.#write({
        ...window.record(done),
        updateRatio: updateRatios(this.#state, this.#model.parameters),
        ...(measured === undefined ? {} : heldOutFields(measured)),
        ...(alarm === undefined ? {} : { alarm }),
      });
      if (!Number.isFinite(window.loss)) {
        throw new SondeError('training/diverged', `the loss at step ${done} is not a number`, {
          hint: 'train again with a lower learning rate (--learning-rate)',
        });
      }
      window.clear();
    }
    if (done % checkpointEvery === 0 || last) this.#checkpoint(done);
  }

  /** The untrained network, as the first point of every curve. */
  async #before(evaluation: CompiledProgram, heldOut: HeldOut) {
    const measured = await heldOut.measure(evaluation);
    const { accuracy } = measured;
    const start = { step: 0, epoch: 0, loss: measured.loss, learningRate: 0 };
    this.#write({ ...start, ...(accuracy === undefined ? {} : { accuracy }), ...heldOutFields(measured) });
  }

  #write(record: MetricsRecord): void {
    appendMetrics(this.#paths, record);
    this.#request.onRecord?.(record, this.#manifest);
  }

  #checkpoint(step: number): void {
    writeCheckpoint(this.#paths, { loop: { version: 1, step }, state: this.#state.snapshot() });
  }
}

function heldOutFields({ loss, accuracy, measures, confusion, rankMe }: Awaited<ReturnType<HeldOut['measure']>>) {
  return {
    validationLoss: loss,
    rankMe,
    ...(accuracy === undefined ? {} : { validationAccuracy: accuracy }),
    ...(Object.keys(measures).length === 0 ? {} : { validationMeasures: measures }),
    ...(confusion === undefined ? {} : { validationConfusion: confusion }),
  };
}
