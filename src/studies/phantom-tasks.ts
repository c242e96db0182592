/**
 * The questions asked on phantoms, whose every factor is known: one for each kind of picture.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { PretextMethod } from '../pretext/method.ts';
import { type OpenTask, openTask, type Task } from './task.ts';

// One number a channel: what a layer has recognised, not where.
const recognised = { windows: 1, dimensions: 1 };
const viewFromFew = { label: 'view', labelledPatients: 3, draws: 8, extraction: recognised };

/** The first that a method can use is its own. Few labels and many patients to be judged on: no ceiling, narrow intervals. */
export const phantomTasks: readonly Task[] = [
  {
    data: { path: 'phantom:patients=110,frames=24,size=64', storedSize: 64, fractions: [0.4, 0.1, 0.5] },
    ...viewFromFew,
  },
  {
    // At 25 frames a second three clips last longer than half a beat, and their order is not decided.
    data: { path: 'phantom:patients=110,frames=24,frameRateHz=50,size=64', storedSize: 64, fractions: [0.4, 0.1, 0.5] },
    ordered: true,
    ...viewFromFew,
  },
  {
    data: { path: 'head-phantom:patients=110,size=48,slices=40', storedSize: 48, fractions: [0.4, 0.1, 0.5] },
    // Lesions are too small for networks that see a head in thirty voxels a side.
    label: 'brainMl',
    labelledPatients: 20,
    draws: 8,
    extraction: recognised,
  },
  {
    data: { path: 'endoscopy-phantom:patients=110,size=64', storedSize: 64, fractions: [0.4, 0.1, 0.5] },
    label: 'finding',
    labelledPatients: 12,
    draws: 8,
    extraction: recognised,
  },
];

/** Opens tasks once each, as they are asked for. */
export class PhantomTasks {
  readonly #opened = new Map<Task, Promise<OpenTask>>();
  readonly #onProgress: ((stage: string, done: number, total: number) => void) | undefined;

  constructor(onProgress?: (stage: string, done: number, total: number) => void) {
    this.#onProgress = onProgress;
  }

  /** The first task none of whose items the method refuses, of those with moments in order where it asks for that. Throws `data/unsuitable` where there is none. */
  async fitting(method: PretextMethod, options: unknown): Promise<OpenTask> {
    let reason: string | undefined;
    const suited = phantomTasks.filter(({ ordered }) => ordered === method.card.asksOrder);
    for (const task of suited) {
      const open = await this.open(task);
      const refused = open.dataset.index.items.map((item) => method.refuses(item, options)).find((why) => why);
      if (refused === undefined) return open;
      reason = refused;
    }
    throw new SondeError('data/unsuitable', `no phantom is fit for ${method.card.title}`, {
      ...(reason === undefined ? {} : { found: reason }),
      hint: 'add one to src/studies/phantom-tasks.ts',
    });
  }

  open(task: Task): Promise<OpenTask> {
    let opened = this.#opened.get(task);
    if (opened === undefined) this.#opened.set(task, (opened = openTask(task, this.#onProgress)));
    return opened;
  }
}
