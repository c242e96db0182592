/**
 * The description of a run: what it is made of, on which machine, with which versions.
 * @module
 */
import { arch, cpus, platform } from 'node:os';
import { Random } from '../base/random.ts';
import type { DatasetIndex } from '../data/media.ts';
import type { OpenFrameStore } from '../data/storage/frame-store.ts';
import { inputShape } from '../data/transform/presentation.ts';
import type { MethodContext } from '../pretext/method.ts';
import type { RunConfiguration } from './configuration.ts';
import type { Model } from './model.ts';
import { encoderProgram } from './model.ts';
import type { LeftOut, RunManifest } from './run-record.ts';
import { sampleView } from './sampling/views.ts';
import type { TrainRequest } from './train.ts';
import { versions } from './versions.ts';

/**
 * What a method knows while it samples and builds; `prepare` sees training items only, and is not asked again where its
 * answer was kept.
 */
export function methodContext(
  { method, methodOptions, seed }: RunConfiguration,
  store: OpenFrameStore,
  items: readonly number[],
  kept?: { readonly prepared: unknown },
): MethodContext<unknown> {
  const views = () => items.map((item) => sampleView(store, item, items));
  const random = new Random(seed).split('prepare');
  const prepared = kept === undefined ? method.prepare?.(views(), methodOptions, random) : kept.prepared;
  const colour = items.some((item) => store.sizeOf(item)[3] === 3);
  return { options: methodOptions, prepared, channels: colour ? 3 : 1 };
}

export function describeRun(
  {
    configuration,
    store,
    data,
    id,
    device = 'cpu',
    threads,
    logEvery,
    evaluateEvery,
    checkpointEvery,
    snapshots = 0,
  }: TrainRequest,
  model: Model,
  context: MethodContext<unknown>,
  leftOut: readonly LeftOut[],
  state: RunManifest['state'],
): RunManifest {
  const { method, methodOptions, trunk, trunkOptions, optimiser, schedule, steps, batchSize, seed } = configuration;
  const presentation = method.presentation(context);
  const encoder = encoderProgram(trunk, trunkOptions, [1, ...inputShape(presentation, trunk.rank)]);
  const { index, settings } = store;
  return {
    version: 1,
    id,
    state,
    method: { id: method.card.id, title: method.card.title, options: methodOptions },
    trunk: {
      id: trunk.id,
      options: trunkOptions,
      taps: Object.keys(encoder.output.taps),
      parameters: model.parameterCount,
    },
    ...(model.kept.length === 0 ? {} : { kept: model.kept }),
    data: {
      name: data.name,
      path: data.path,
      ...(data.reading === undefined ? {} : { reading: data.reading }),
      hash: index.hash,
      storedSize: settings.size === 'original' ? 0 : settings.size,
      ...(settings.preparation === undefined ? {} : { preparation: settings.preparation }),
      split: splitRecord(index),
      channels: context.channels,
      items: index.items.length,
      patients: new Set(index.items.map(({ patient }) => patient)).size,
      ...(leftOut.length === 0 ? {} : { leftOut }),
    },
    training: {
      steps,
      batchSize,
      seed,
      optimiser: { ...optimiser },
      schedule: { ...schedule },
      ...(configuration.augmentation === undefined ? {} : { augmentation: configuration.augmentation }),
      logEvery,
      evaluateEvery,
      checkpointEvery,
      snapshots,
    },
    answers: model.answerNames,
    chance: method.chance(methodOptions),
    machine: {
      platform: `${platform()} ${arch()}`,
      processor: cpus()[0]?.model ?? 'unknown',
      threads,
      device,
    },
    versions: versions(),
  };
}

function splitRecord({ items, split: { name, seed, recipe, parts } }: DatasetIndex): RunManifest['data']['split'] {
  const patients = { train: 0, validation: 0, test: 0 };
  for (const patient of new Set(items.map((item) => item.patient))) patients[parts[patient]]++;
  return { name, seed, ...(recipe === undefined ? {} : { recipe }), patients };
}
