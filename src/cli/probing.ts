/**
 * What `sonde probe` does: protocols on every tap of one or several encoders, beside random initialisation and full
 * supervision.
 * @module
 */
import { join } from 'node:path';
import { SondeError, usageError } from '../base/errors.ts';
import type { FrameStore } from '../data/media.ts';
import { denseLabels } from '../data/storage/dense-labels.ts';
import type { OpenedDataset } from '../data/storage/open-dataset.ts';
import { withinNote } from '../data/storage/within-patients.ts';
import type { InputLengths } from '../evaluation/input-lengths.ts';
import {
  againstBaseline,
  type Comparison,
  type Contender,
  measureTasks,
  type SettledTask,
  settleTask,
} from '../evaluation/measure.ts';
import { besideTaps, pixelsContender } from '../evaluation/pixels.ts';
import type { ProbeResult } from '../evaluation/probe-result.ts';
import { findProtocol } from '../evaluation/protocols/index.ts';
import { optionNames } from '../evaluation/protocols/protocol.ts';
import { combineSeeds } from '../evaluation/seeds.ts';
import { fitFiles, forgetFits } from '../evaluation/storage/fit-files.ts';
import { featureKeeper } from '../evaluation/storage/kept-features.ts';
import { type ProbeRecord, resultFiles, writeProbeRecord } from '../evaluation/storage/probe-files.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import { type ContenderGroup, contenderGroups } from './contenders.ts';
import { dataIdentity, extractionOptions, keptFolder } from './measuring.ts';
import type { DataOptions } from './options.ts';
import { showProbes, writeProbeFigures } from './probe-output.ts';
import { progressReporter } from './progress.ts';
import { supervise } from './supervision.ts';
import { openTarget, type Target } from './target.ts';
import { openTargetData, requireUnseen } from './target-data.ts';

export interface ProbeOptions extends DataOptions, InputLengths {
  readonly data?: string;
  readonly device: DeviceId;
  readonly threads?: number;
  readonly label?: readonly string[];
  readonly protocol?: readonly string[];
  readonly taps?: readonly string[];
  readonly windows?: number;
  readonly dimensions?: number;
  readonly pooling?: 'average' | 'max';
  readonly set?: Readonly<Record<string, unknown>>;
  /** An encoder trained with labels, true to train one whatever it takes, false for none; default: where it is affordable. */
  readonly supervised?: string | boolean;
  /** Raw pixels beside it. */
  readonly pixels?: boolean;
  readonly detail?: boolean;
  readonly json?: boolean;
}

const stageUnits: Readonly<Record<string, string>> = {
  extract: 'windows',
  train: 'steps',
  'propose for': 'pictures',
  describe: 'pictures',
  'learn classes for': 'classes',
  'read masks of': 'items',
  'read points of': 'items',
};

/** What was measured of one task, and why it could not be where it could not. */
interface Outcome {
  readonly task: SettledTask;
  readonly group: ContenderGroup;
  readonly pretrained: ProbeResult[];
  readonly random: ProbeResult[];
  readonly supervised: ProbeResult[];
  readonly pixels: ProbeResult[];
  failure?: SondeError;
  /** Where full supervision is to be seen, or why it is not. */
  supervision?: string;
}

export async function probe(paths: readonly string[], options: ProbeOptions): Promise<void> {
  const silent = options.json === true;
  const targets = [];
  for (const path of paths) targets.push(await openTarget(path, options));
  const [first] = targets;
  const elsewhere = targets.find(({ data }) => data !== first.data);
  if (elsewhere !== undefined) {
    throw usageError('the runs were trained on different data', {
      found: `${first.data} and ${elsewhere.data}`,
      hint: 'name what they are to be measured on with --data',
    });
  }
  const dataset = await openTargetData(first, options, silent);
  const { store } = dataset;
  for (const target of targets) requireUnseen(target, dataset);
  const { tasks, failures } = settle(options, store);
  const outcomes: Outcome[] = [];
  for (const group of contenderGroups(targets)) {
    outcomes.push(...(await measureGroup(group, tasks, dataset, options)));
  }
  const files: string[] = [];
  const records: ProbeRecord[] = [];
  for (const task of tasks) {
    const own = outcomes.filter((outcome) => outcome.task === task);
    failures.push(...own.flatMap(({ failure }) => failure ?? []));
    const record = recordOf(own);
    if (record.probes.length === 0) continue;
    const name = nameOfResult(task, targets);
    const file = join(first.home, 'results', `${name}.json`);
    writeProbeRecord(file, record);
    files.push(file, ...writeProbeFigures(join(first.home, 'figures'), name, record));
    records.push(record);
  }
  for (const { home } of targets) forgetFits(join(home, 'results', 'fits'));
  if (silent) console.log(JSON.stringify(records.length === 1 ? records[0] : records, null, 2));
  else for (const record of records) console.log(`${showProbes(record, options)}\n`);
  if (!silent && files.length > 0) console.log(files.join('\n'));
  if (failures.length === 0) return;
  // What could be measured is written; what could not is said, and the exit code tells.
  const [failure, ...others] = failures;
  if (records.length > 0 || others.length > 0) {
    const sentences = [...new Set(failures.map(({ message }) => message))];
    throw new SondeError(failure.code, sentences.join('\n'), {});
  }
  throw failure;
}

/** Of a result's files: a folder may hold several models, and a run be probed alone and together with others. */
function nameOfResult({ protocol, label }: SettledTask, [first, ...others]: readonly Target[]): string {
  const model = first.manifest === undefined ? [first.encoder.encoder.name.replace(/\.onnx$/, '')] : [];
  const together = others.length === 0 ? [] : [`${others.length + 1}-runs`];
  return [protocol.id, label, ...model, ...together].join('-').replace(/[^A-Za-z0-9._-]+/g, '-');
}

/** Every label under every protocol; a label that cannot be measured does not take the others with it. */
function settle(options: ProbeOptions, store: FrameStore): { tasks: SettledTask[]; failures: SondeError[] } {
  const protocols = (options.protocol ?? []).map(findProtocol);
  const known = new Set(protocols.flatMap(optionNames));
  const stray = Object.keys(options.set ?? {}).find((name) => protocols.length > 1 && !known.has(name));
  if (stray !== undefined) {
    throw usageError(`none of the protocols has an option '${stray}'`, { expected: [...known].join(', ') });
  }
  const tasks: SettledTask[] = [];
  const failures: SondeError[] = [];
  for (const label of options.label ?? [undefined]) {
    for (const protocol of protocols.length > 0 ? protocols : [undefined]) {
      const mine = (name: string) => protocols.length < 2 || optionNames(protocol!).includes(name);
      const settings = Object.fromEntries(Object.entries(options.set ?? {}).filter(([name]) => mine(name)));
      try {
        tasks.push(settleTask({ label, ...(protocol && { protocol: protocol.id }), options: settings }, store));
      } catch (error) {
        if (!(error instanceof SondeError) || error.code !== 'evaluation/labels') throw error;
        failures.push(error);
      }
    }
  }
  if (tasks.length === 0) throw failures[0];
  return { tasks, failures };
}

async function measureGroup(
  group: ContenderGroup,
  tasks: readonly SettledTask[],
  dataset: OpenedDataset,
  options: ProbeOptions,
): Promise<Outcome[]> {
  const outcomes = tasks.map(
    (task): Outcome => ({ task, group, pretrained: [], random: [], supervised: [], pixels: [] }),
  );
  for (const { encoder, random, home } of group.members) {
    await run(encoder, outcomes, 'pretrained', home, dataset, options);
    if (random !== undefined) await run(random, outcomes, 'random', home, dataset, options);
  }
  if (options.pixels) {
    const asked = outcomes.filter(({ task }) => task.protocol.needs === 'features');
    const [{ encoder, home }] = group.members;
    const { taps: _, ...whole } = options;
    await run(pixelsContender(encoder.model), asked, 'pixels', home, dataset, whole);
  }
  const [target] = group.members;
  await supervise(target, outcomes, dataset.store, options, (twin, asked) =>
    run(twin, asked, 'supervised', target.home, dataset, options),
  );
  return outcomes;
}

/** Measures one encoder under all tasks that have not failed yet. */
async function run(
  contender: Contender,
  outcomes: readonly Outcome[],
  role: 'pretrained' | 'random' | 'supervised' | 'pixels',
  home: string,
  dataset: OpenedDataset,
  options: ProbeOptions,
): Promise<void> {
  const { store } = dataset;
  const open = outcomes.filter(({ failure }) => failure === undefined);
  if (open.length === 0) return;
  let stage: string | undefined;
  let reporter = progressReporter({ silent: options.json === true });
  const settings = open.map(({ task }) => [task.protocol.id, task.label, task.options]);
  const checkpoints = fitFiles(join(home, 'results', 'fits'), contender.model, [
    settings,
    store.index.hash,
    store.index.split,
  ]);
  const extraction = extractionOptions(options);
  const data = dataIdentity(store);
  const finished = resultFiles(join(home, 'results', 'fits'), contender, [
    { data, split: store.index.split, items: store.index.items.map(({ id }) => id) },
    { ...extraction, taps: options.taps, device: options.device, threads: options.threads },
  ]);
  const results = await measureTasks(
    contender,
    store,
    open.map(({ task }) => task),
    {
      device: options.device,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.taps === undefined ? {} : { taps: options.taps }),
      ...extraction,
      features: featureKeeper(keptFolder(home), { data }),
      finished,
      checkpoints,
      dense: denseLabels(dataset),
      onStage: (next, name, done, total) => {
        if (next !== stage) {
          if (stage !== undefined) reporter.end();
          stage = next;
          reporter = progressReporter({ silent: options.json === true });
        }
        reporter.update({ name: `${next} ${name}`, done, total, unit: stageUnits[next] ?? 'taps' });
      },
    },
  );
  reporter.end();
  const within = store.index.split.recipe?.within;
  results.forEach((result, i) => {
    if (result instanceof SondeError) open[i].failure = result;
    else open[i][role].push(within === undefined ? result : noted(result, withinNote(within)));
  });
}

function noted(result: ProbeResult, note: string): ProbeResult {
  return { ...result, notes: [...(result.notes ?? []), note] };
}

/** The results of one task, means over seeds where a group has several, and their paired comparisons. */
function recordOf(outcomes: readonly Outcome[]): ProbeRecord {
  const probes: ProbeResult[] = [];
  const differences: Comparison[] = [];
  for (const { task, group, pretrained, random, supervised, pixels, failure, supervision } of outcomes) {
    if (failure !== undefined) continue;
    const untrained = group.randomName;
    const own = combineSeeds(pretrained, group.name);
    probes.push(supervision === undefined ? own : noted(own, supervision));
    if (random.length > 0) {
      probes.push(combineSeeds(random, untrained));
      differences.push(
        againstBaseline(pretrained, random, {
          encoder: probes.at(-2)!.encoder.name,
          against: probes.at(-1)!.encoder.name,
        }),
      );
    }
    // A network that a protocol trained as a whole has one answer, as pixels have.
    const whole = task.protocol.needs === 'network' && supervised.every(({ taps }) => taps.length === 1);
    const others = [
      ...(whole ? supervised.map((other) => besideTaps(other, pretrained[0])) : supervised),
      ...pixels.map((raw) => besideTaps(raw, pretrained[0])),
    ];
    for (const other of others) {
      probes.push(other);
      const twins = pretrained.map(() => other);
      differences.push(againstBaseline(pretrained, twins, { encoder: group.name, against: other.encoder.name }));
    }
  }
  return { probes, differences };
}
