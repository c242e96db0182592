/**
 * Full supervision beside an encoder: given as a model, trained when asked for, and taken from disk once it was.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../base/errors.ts';
import type { FrameStore } from '../data/media.ts';
import type { Contender } from '../evaluation/measure.ts';
import type { LabelFitSettings } from '../evaluation/network/label-problem.ts';
import { supervisedTwin } from '../evaluation/network/supervised-twin.ts';
import { loadModel, saveModel } from '../runtime/storage/onnx-file.ts';
import type { ProbeOptions } from './probing.ts';
import { progressReporter } from './progress.ts';
import { openTarget, type Target } from './target.ts';

/** Training steps for a model from elsewhere; a run's twin trains for as many steps as the run did. */
const stepsElsewhere = 400;

/** The supervised contender, or nothing where none was asked for and none was trained before. */
export async function supervisedContender(
  { random, manifest, home }: Target,
  label: string,
  store: FrameStore,
  options: ProbeOptions,
): Promise<Contender | undefined> {
  const encoder = { name: 'full supervision', role: 'supervised' as const };
  if (typeof options.supervised === 'string') {
    const given = await openTarget(options.supervised, { ...options, data: options.data ?? '' });
    return { model: given.encoder.model, encoder };
  }
  if (random === undefined) {
    if (options.supervised === undefined) return undefined;
    throw usageError('this model cannot be trained with labels: its graph is not one that learns', {
      hint: 'give a supervised model: --supervised model.onnx',
    });
  }
  const { bins, without } = options.set ?? {};
  // Text as it was given: the protocol's own schema reads it.
  const settings = {
    steps: manifest?.training.steps ?? stepsElsewhere,
    ...(bins === undefined ? {} : { bins }),
    ...(without === undefined ? {} : { without }),
  } as Partial<LabelFitSettings>;
  const identity = JSON.stringify([label, settings, store.index.hash, store.index.split, manifest?.training.seed]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  const file = join(home, 'supervised', `${label.replace(/[^A-Za-z0-9-]+/g, '-')}-${key}.onnx`);
  if (existsSync(file)) return { model: await loadModel(file), encoder };
  if (options.supervised === undefined) return undefined;
  const reporter = progressReporter({ silent: options.json === true });
  const onProgress = (stage: string, done: number, total: number) =>
    reporter.update({ name: `${stage} ${encoder.name}`, done, total, unit: 'steps' });
  const { device } = options;
  const model = await supervisedTwin({ model: random.model, encoder, store, label, device, onProgress }, settings);
  reporter.end();
  mkdirSync(join(home, 'supervised'), { recursive: true });
  await saveModel(file, model);
  return { model, encoder };
}
