/**
 * One trial: a method with its options is trained under a seed, and its encoder is measured beside the same network
 * untrained. Trials are named by what they are made of, so that one that was done is not done again.
 * @module
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { AskedRun } from '../explanation/subject.ts';
import type { MethodContext } from '../pretext/method.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { decodeSafetensors } from '../tensor/safetensors.ts';
import { writeHeads } from '../training/artefacts.ts';
import { configureRun, type RunConfiguration, type RunRequest } from '../training/configuration.ts';
import { methodContext } from '../training/manifest.ts';
import { buildModel } from '../training/model.ts';
import type { MetricsRecord } from '../training/run-record.ts';
import { readLatestCheckpoint } from '../training/storage/checkpoint.ts';
import { readMetrics, runPaths, writeAtomically } from '../training/storage/run-folder.ts';
import { train } from '../training/train.ts';
import { usableItems } from '../training/usable-items.ts';
import { versions } from '../training/versions.ts';
import { type Measurement, measureEncoder } from './measurement.ts';
import type { OpenTask } from './task.ts';

/** How well the questions of the method itself were answered, on patients held out of training. */
export interface PretextOutcome {
  readonly chance: { readonly accuracy?: number; readonly loss?: number };
  /** Before the first step. */
  readonly lossBefore: number;
  readonly loss: number;
  /** Where answers are not equally often right: the mean over answers, as `chance.accuracy` is. */
  readonly accuracy?: number;
}

export interface TrialResult {
  readonly version: 1;
  readonly method: string;
  readonly seed: number;
  readonly steps: number;
  readonly batchSize: number;
  readonly pretext: PretextOutcome;
  readonly pretrained: Measurement;
  /** The same network with the weights it began with. */
  readonly random: Measurement;
  readonly versions: Readonly<Record<string, string>>;
}

export interface TrialOptions {
  /** Where results are kept. */
  readonly directory: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  readonly onStep?: (step: number) => void;
  /** Train again what was kept without its heads. */
  readonly heads?: boolean;
}

/** What is kept of a trial: its result, and both encoders for whoever asks more of them later. */
export interface TrialPaths {
  readonly folder: string;
  readonly result: string;
  readonly encoder: string;
  readonly randomEncoder: string;
  /** Weights of the heads, so that the method's own questions can be put to it; trials kept before they were lack them. */
  readonly heads: string;
}

/** Where a trial is kept; the folder is named by a digest of everything that decides it. */
export function trialPaths(request: RunRequest, task: OpenTask, directory: string): TrialPaths {
  const { method, trunk, ...configuration } = configureRun(request);
  const { dataset, ...asked } = task;
  const parts = { method: method.card.id, trunk: trunk.id, configuration, asked, data: dataset.index.hash };
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  return pathsIn(join(directory, `${method.card.id}-seed${configuration.seed}-${digest}`));
}

const pathsIn = (folder: string): TrialPaths => ({
  folder,
  result: join(folder, 'result.json'),
  encoder: join(folder, 'encoder.onnx'),
  randomEncoder: join(folder, 'encoder-random.onnx'),
  heads: join(folder, 'heads.safetensors'),
});

/** The kept result, or a new one. `undefined` when it was stopped. */
export async function runTrial(
  request: RunRequest,
  task: OpenTask,
  options: TrialOptions,
): Promise<TrialResult | undefined> {
  const kept = trialPaths(request, task, options.directory);
  if (existsSync(kept.result) && (options.heads !== true || existsSync(kept.heads)))
    return JSON.parse(readFileSync(kept.result, 'utf8')) as TrialResult;
  mkdirSync(options.directory, { recursive: true });
  const home = mkdtempSync(join(options.directory, 'run-'));
  try {
    const configuration = configureRun(request);
    const result = await trainAndMeasure(configuration, task, join(home, 'run'), options);
    if (result !== undefined) keep(result, configuration, task, home, kept.folder);
    return result;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

/** All files or none: the folder takes its name when it is complete. */
function keep(
  result: TrialResult,
  configuration: RunConfiguration,
  { dataset: { store } }: OpenTask,
  home: string,
  folder: string,
): void {
  const [ready, run] = [pathsIn(join(home, 'kept')), runPaths(join(home, 'run'))];
  mkdirSync(ready.folder);
  const context = trialContext(configuration, store);
  const model = buildModel({ ...configuration, context });
  writeHeads(configuration, context, model, readLatestCheckpoint(run)!.state, ready.heads);
  copyFileSync(run.encoder, ready.encoder);
  copyFileSync(run.randomEncoder, ready.randomEncoder);
  writeAtomically(ready.result, `${JSON.stringify(result)}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(ready.folder, folder);
}

/** What the method knows of the data, as in training: the same items, the same draws. */
function trialContext(configuration: RunConfiguration, store: OpenTask['dataset']['store']): MethodContext<unknown> {
  return methodContext(configuration, store, usableItems(configuration, store).train);
}

/** A trial's own questions, to be put to it again. `undefined` where it was kept without its heads. */
export async function trialQuestions(
  request: RunRequest,
  { dataset: { store } }: OpenTask,
  { folder, encoder, heads }: TrialPaths,
): Promise<AskedRun | undefined> {
  if (!existsSync(heads)) return undefined;
  const configuration = configureRun(request);
  const { graph } = await loadModel(encoder);
  const state = new Map([...graph.initialisers, ...decodeSafetensors(readFileSync(heads), heads).tensors]);
  return {
    manifest: { id: basename(folder) },
    configuration,
    context: trialContext(configuration, store),
    state: () => state,
  };
}

async function trainAndMeasure(
  configuration: RunConfiguration,
  task: OpenTask,
  home: string,
  { threads = 1, signal, onStep }: TrialOptions,
): Promise<TrialResult | undefined> {
  const { steps, batchSize, seed, method } = configuration;
  const { dataset } = task;
  const manifest = await train({
    configuration,
    store: dataset.store,
    data: { name: dataset.name, path: dataset.path },
    directory: home,
    id: method.card.id,
    threads,
    workers: 1,
    logEvery: Math.max(1, Math.floor(steps / 10)),
    evaluateEvery: steps,
    checkpointEvery: steps,
    ...(signal === undefined ? {} : { signal }),
    onRecord: ({ step }) => onStep?.(step),
  });
  if (manifest.state !== 'finished') return undefined;
  const paths = runPaths(home);
  const measured = async (path: string) => measureEncoder(await loadModel(path), task, threads);
  return {
    version: 1,
    method: method.card.id,
    seed,
    steps,
    batchSize,
    pretext: pretextOutcome(readMetrics(paths), manifest.chance),
    pretrained: await measured(paths.encoder),
    random: await measured(paths.randomEncoder),
    versions: versions(),
  };
}

function pretextOutcome(metrics: readonly MetricsRecord[], chance: TrialResult['pretext']['chance'] & Shares) {
  const { accuracy, loss, shares } = chance;
  const [before, after] = [metrics[0], metrics[metrics.length - 1]];
  const answered = shares === undefined ? after.validationAccuracy : balanced(after.validationConfusion);
  return {
    chance: { ...(accuracy === undefined ? {} : { accuracy }), ...(loss === undefined ? {} : { loss }) },
    lossBefore: before.validationLoss ?? before.loss,
    loss: after.validationLoss ?? after.loss,
    ...(answered === undefined ? {} : { accuracy: answered }),
  };
}

interface Shares {
  readonly shares?: readonly number[];
}

/** Mean over answers of how often each was found when it was the right one. */
function balanced(confusion: MetricsRecord['validationConfusion']): number | undefined {
  const rows = confusion?.map((row, i) => row[i] / row.reduce((sum, count) => sum + count, 0)).filter(Number.isFinite);
  return rows === undefined || rows.length === 0
    ? undefined
    : rows.reduce((sum, share) => sum + share, 0) / rows.length;
}
