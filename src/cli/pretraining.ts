/**
 * What `sonde pretrain` does: opens the data, trains, prints.
 * @module
 */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { SondeError } from '../base/errors.ts';
import { isPhantom } from '../data/storage/open-dataset.ts';
import { facts } from '../report/terminal.ts';
import { type DeviceId, deviceIds } from '../runtime/backends/devices.ts';
import { configureRun, type RunConfiguration, type RunRequest } from '../training/configuration.ts';
import { runIntervals } from '../training/intervals.ts';
import { configurationOf } from '../training/open-run.ts';
import type { MetricsRecord, RunManifest } from '../training/run-record.ts';
import { defaultSnapshots } from '../training/snapshots.ts';
import { readManifest, runPaths } from '../training/storage/run-folder.ts';
import { type TrainRequest, train } from '../training/train.ts';
import { openWithProgress } from './data-progress.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';
import { splitOf } from './target-data.ts';

export interface PretrainRequest extends DataOptions {
  readonly method: string;
  readonly data: string;
  readonly preset?: string;
  readonly trunk?: string;
  readonly trunkPreset?: string;
  readonly set?: Record<string, unknown>;
  readonly setTrunk?: Record<string, unknown>;
  readonly augment?: string;
  readonly setAugment?: Record<string, unknown>;
  readonly steps?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly accumulate?: number;
  readonly clipNorm?: number;
  readonly seed: number;
  readonly out?: string;
  readonly device: DeviceId;
  readonly threads: number;
  readonly workers: number;
  readonly checkpointEvery?: number;
  readonly snapshots?: number;
  readonly json?: boolean;
}

/** Trains from the start. */
export async function pretrain(request: PretrainRequest): Promise<RunManifest> {
  const configuration = configureRun(toRunRequest(request));
  const hint = rateHint(request, configuration);
  if (hint !== undefined && request.json !== true) console.error(hint);
  const dataset = await openWithProgress({ ...request, path: request.data }, request.json === true);
  const id = `${request.method}-${nameOf(request.data, dataset.name)}-seed${request.seed}`;
  const directory = resolve(request.out ?? freeFolder(join('runs', id)));
  return run(
    {
      configuration,
      store: dataset.store,
      data: { name: dataset.name, path: dataset.path, reading: dataset.reading },
      directory,
      id: basename(directory),
      ...runIntervals(configuration.steps, request.checkpointEvery),
      snapshots: request.snapshots ?? defaultSnapshots,
      device: request.device,
      threads: request.threads,
      workers: request.workers,
    },
    request.json === true,
  );
}

/**
 * Says where the rate of a preset is too high for a smaller batch: that of SGD goes in proportion to it (Goyal et al.,
 * 2017). A rate that is too high still learns the task, but leaves features of few directions, which transfer badly.
 */
export function rateHint(
  { preset = 'tiny', batch, learningRate }: Pick<PretrainRequest, 'preset' | 'batch' | 'learningRate'>,
  { method, optimiser, batchSize }: Pick<RunConfiguration, 'method' | 'optimiser' | 'batchSize'>,
): string | undefined {
  const meant = method.presets[preset].recipe.batchSize;
  const shown = batchSize * (optimiser.accumulate ?? 1);
  if (batch === undefined || learningRate !== undefined || optimiser.kind !== 'sgd' || shown >= meant) return undefined;
  const rate = Number(((optimiser.learningRate * shown) / meant).toPrecision(3));
  return `the learning rate ${optimiser.learningRate} is that of batches of ${meant}; in proportion to ${shown} it is ${rate} (--learning-rate ${rate})`;
}

/** Goes on with a run; method, data, seed, device and thread count are the run's own. */
export async function resume(
  folder: string,
  options: { workers: number; json?: boolean } & DataOptions,
): Promise<RunManifest> {
  const directory = resolve(folder);
  const manifest = readManifest(runPaths(directory));
  const { training, data, machine } = manifest;
  const split = splitOf({ manifest, home: directory });
  const dataset = await openWithProgress(
    {
      ...data.reading,
      ...options,
      ...data.preparation,
      path: data.path,
      storedSize: data.storedSize,
      ...(split === undefined ? {} : { givenSplit: split }),
    },
    options.json === true,
  );
  if (dataset.index.hash !== data.hash) {
    throw new SondeError('usage', `the data of run ${manifest.id} have changed since it began`, {
      where: data.path,
      hint: 'restore the data, or start a new run',
    });
  }
  const configuration = configurationOf(manifest);
  return run(
    {
      configuration,
      store: dataset.store,
      data: { name: data.name, path: data.path, reading: dataset.reading },
      directory,
      id: manifest.id,
      resume: true,
      logEvery: training.logEvery,
      evaluateEvery: training.evaluateEvery,
      checkpointEvery: training.checkpointEvery,
      snapshots: training.snapshots ?? 0,
      device: deviceIds.find((id) => id === machine.device) ?? 'cpu',
      threads: machine.threads,
      workers: options.workers,
    },
    options.json === true,
  );
}

async function run(request: TrainRequest, json: boolean): Promise<RunManifest> {
  const { configuration, directory } = request;
  const unit = configuration.method.card.inputs[0] === 'clip' ? 'clips' : 'items';
  const reporter = progressReporter({ silent: json, perUnit: { count: configuration.batchSize, unit } });
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    const manifest = await train({
      ...request,
      signal: stop.signal,
      onRecord: (record, current) => {
        if (json) console.log(JSON.stringify(record));
        else reporter.update(progressOf(record, current));
      },
    });
    reporter.end();
    if (json) console.log(JSON.stringify({ run: directory, ...manifest }));
    else console.log(summary(manifest, directory));
    return manifest;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/** One line of metrics as a line of progress. */
export function progressOf({ step, loss, accuracy }: MetricsRecord, { method, training, chance }: RunManifest) {
  return {
    name: method.id,
    done: step,
    total: training.steps,
    unit: 'steps',
    measures: [
      { name: 'loss', value: loss, ...(chance.loss === undefined ? {} : { chance: chance.loss }) },
      ...(accuracy === undefined
        ? []
        : [
            {
              name: 'accuracy',
              value: accuracy,
              percent: true,
              ...(chance.accuracy === undefined ? {} : { chance: chance.accuracy }),
            },
          ]),
    ],
  };
}

type Row = readonly [name: string, value: string];

/** Reasons that are spelt out at the end of a run. */
const mostReasons = 3;

/** How many items the method could not use, and of each reason the first by name. */
function leftOut({ data }: RunManifest): Row[] {
  const reasons = new Map<string, string[]>();
  for (const { item, reason } of data.leftOut ?? []) reasons.set(reason, [...(reasons.get(reason) ?? []), item]);
  const rows = [...reasons].map(([reason, [first, ...others]]): Row => {
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return ['left out', `${first}${more}: ${reason}`];
  });
  if (rows.length <= mostReasons) return rows;
  return [...rows.slice(0, mostReasons), ['', `and for ${rows.length - mostReasons} more reasons: see run.json`]];
}

function summary(manifest: RunManifest, directory: string): string {
  const stopped = manifest.state === 'stopped';
  return facts([
    ['run', directory],
    ['state', manifest.state],
    ...leftOut(manifest),
    ['encoder', stopped ? `not yet: go on with sonde pretrain --resume ${directory}` : join(directory, 'encoder.onnx')],
    ...(stopped ? [] : (manifest.kept ?? []).map((name): Row => ['also kept', join(directory, `${name}.onnx`)])),
    ['next', `sonde probe ${directory} --label …`],
  ]);
}

function toRunRequest(request: PretrainRequest): RunRequest {
  const { preset = 'tiny', set, setTrunk, setAugment, batch } = request;
  return {
    ...request,
    preset,
    ...(set === undefined ? {} : { methodOptions: set }),
    ...(setTrunk === undefined ? {} : { trunkOptions: setTrunk }),
    ...(setAugment === undefined ? {} : { augmentOptions: setAugment }),
    ...(batch === undefined ? {} : { batchSize: batch }),
  };
}

function nameOf(path: string, name: string): string {
  return isPhantom(path) ? 'phantom' : name.replace(/[^\w.-]+/g, '-');
}

function freeFolder(path: string): string {
  if (!existsSync(path)) return path;
  for (let k = 2; ; k++) if (!existsSync(`${path}-${k}`)) return `${path}-${k}`;
}
