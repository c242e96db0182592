/**
 * Full supervision beside an encoder: given as a model, or trained here and taken from disk from then on.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { SondeError, usageError } from '../base/errors.ts';
import type { FrameStore } from '../data/media.ts';
import type { Contender, SettledTask } from '../evaluation/measure.ts';
import { networkSource } from '../evaluation/network/learning-network.ts';
import { supervisedDetector } from '../evaluation/network/supervised-detector.ts';
import { supervisedTwin, twinMultiplyAdds } from '../evaluation/network/supervised-twin.ts';
import { type NetworkInput, supervisionOf } from '../evaluation/protocols/protocol.ts';
import { loadModel, saveModel } from '../runtime/storage/onnx-file.ts';
import type { ProbeOptions } from './probing.ts';
import { progressReporter } from './progress.ts';
import { openTarget, type Target } from './target.ts';

/** Training steps for a model from elsewhere; a run's twin trains for as many steps as the run did. */
const stepsElsewhere = 400;

/** Multiply-adds that are spent without being asked for: about ten minutes of a core. */
const mostUnasked = 4e12;

const encoder = { name: 'full supervision', role: 'supervised' as const };

/** A task that full supervision is to stand beside. */
interface Supervisable {
  readonly task: SettledTask;
  failure?: SondeError;
  /** Where full supervision is to be seen, or why it is not. */
  supervision?: string;
}

/**
 * Puts full supervision beside every task: the model that the user names, a network that the protocol trains from random
 * initialisation itself, or one that is trained here and measured as the encoder is. Otherwise the task is told why not.
 *
 * @param measure measures a network under tasks and keeps the results
 */
export async function supervise<T extends Supervisable>(
  target: Target,
  outcomes: readonly T[],
  store: FrameStore,
  options: ProbeOptions,
  measure: (twin: Contender, outcomes: readonly T[]) => Promise<void>,
): Promise<void> {
  if (options.supervised === false) return;
  if (typeof options.supervised === 'string') {
    const given = await openTarget(options.supervised, { ...options, data: options.data ?? '' });
    await measure({ ...given.encoder, encoder }, outcomes);
    return;
  }
  const twins = new Map<string, Supervised>();
  for (const outcome of outcomes) {
    if (outcome.failure !== undefined) continue;
    const { task } = outcome;
    const way = supervisionOf(task);
    if (way === undefined) {
      const twin = twins.get(task.label) ?? (await twinOrReason(target, task, store, options));
      twins.set(task.label, twin);
      if (typeof twin === 'string') outcome.supervision = twin;
      else await measure(twin, [outcome]);
    } else if ('shown' in way) {
      outcome.supervision = way.shown;
    } else if (target.random !== undefined) {
      const whole = { ...outcome, task: { ...task, options: way.options } };
      await measure({ ...target.random, encoder }, [whole]);
      outcome.failure = whole.failure;
    }
  }
}

/** The same network trained with labels, or in a sentence why there is none. */
type Supervised = Contender | string;

/** A twin that nobody asked for and that cannot be trained takes nothing with it. */
async function twinOrReason(...given: Parameters<typeof trainedTwin>): Promise<Supervised> {
  try {
    return await trainedTwin(...given);
  } catch (error) {
    const [, , , { supervised }] = given;
    if (!(error instanceof SondeError) || supervised === true) throw error;
    return `Full supervision is not shown: ${error.message.split('\n')[0]}.`;
  }
}

/** The same network trained on what a task predicts. */
async function trainedTwin(
  { random, manifest, home }: Target,
  { label, protocol, options: asked }: SettledTask,
  store: FrameStore,
  options: ProbeOptions,
): Promise<Supervised> {
  if (random === undefined) {
    const sentence = 'this model cannot be trained with labels: its graph is not one that learns';
    if (options.supervised !== true) return `Full supervision is not shown: ${sentence}.`;
    throw usageError(sentence, { hint: 'give a supervised model: --supervised model.onnx' });
  }
  const steps = manifest?.training.steps ?? stepsElsewhere;
  // Text as it was given: the schema of what trains reads it.
  const passed = ['bins', 'without', 'proposals', 'most', 'pictures'].filter((name) => asked[name] !== undefined);
  const settings = { steps, ...Object.fromEntries(passed.map((name) => [name, asked[name]])) };
  const identity = JSON.stringify([label, settings, store.index.hash, store.index.split, manifest?.training.seed]);
  const key = createHash('sha256').update(identity).digest('hex').slice(0, 8);
  const file = join(home, 'supervised', `${label.replace(/[^A-Za-z0-9-]+/g, '-')}-${key}.onnx`);
  if (existsSync(file)) return { model: await loadModel(file), encoder };
  const work = twinMultiplyAdds(networkSource(random.model), steps);
  if (options.supervised !== true && work > mostUnasked) {
    return `Full supervision is not shown: training it takes ${Math.round(work / 1e12)} · 10¹² multiplications, which --supervised allows.`;
  }
  const reporter = progressReporter({ silent: options.json === true });
  const input: NetworkInput = {
    model: random.model,
    encoder,
    store,
    label,
    device: options.device,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onProgress: (stage, done, total) =>
      reporter.update({
        name: `${stage} ${encoder.name}`,
        done,
        total,
        unit: stage === 'train' ? 'steps' : 'pictures',
      }),
  };
  const model = await (protocol.predicts === 'boxes' ? supervisedDetector : supervisedTwin)(input, settings);
  reporter.end();
  mkdirSync(join(home, 'supervised'), { recursive: true });
  await saveModel(file, model);
  return { model, encoder };
}
