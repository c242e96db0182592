/**
 * Worker threads that decode and resize whole items.
 * @module
 */
import type { Worker } from 'node:worker_threads';
import { SondeError } from '../../base/errors.ts';
import { startWorker } from '../../base/node/worker.ts';
import type { MediaItem } from '../media.ts';
import type { ScannedItem } from '../quality/scan.ts';
import type { StoredFrames, StoreSettings } from './stored-frames.ts';

export interface PreparationJob {
  readonly root: string;
  readonly item: MediaItem;
  /** How its frames are stored; absent where they are looked at instead (`scanItem`). */
  readonly settings?: StoreSettings;
}

/** Frames or findings, or the sentence that says why there are none. */
export interface PreparationResult {
  readonly frames?: StoredFrames;
  readonly scanned?: ScannedItem;
  readonly error?: string;
}

export class PreparationPool {
  readonly #workers: Worker[];

  constructor(size: number) {
    this.#workers = Array.from({ length: size }, () => startWorker(import.meta.url, 'preparation-worker'));
  }

  /** Results in the order of the jobs; at most two jobs a worker are done ahead of the reader. */
  async *inOrder(jobs: readonly PreparationJob[]): AsyncGenerator<PreparationResult> {
    const idle = [...this.#workers];
    const waiting: ((worker: Worker) => void)[] = [];
    const take = () =>
      new Promise<Worker>((resolve) => {
        const worker = idle.pop();
        if (worker === undefined) waiting.push(resolve);
        else resolve(worker);
      });
    const give = (worker: Worker) => {
      const next = waiting.shift();
      if (next === undefined) idle.push(worker);
      else next(worker);
    };
    const run = async (job: PreparationJob) => {
      const worker = await take();
      try {
        return await ask(worker, job);
      } finally {
        give(worker);
      }
    };
    const ahead: Promise<PreparationResult>[] = [];
    let next = 0;
    for (let position = 0; position < jobs.length; position++) {
      while (next < jobs.length && ahead.length < 2 * this.#workers.length) {
        const started = run(jobs[next++]);
        // A failure is met where its turn comes; until then it must not count as unhandled.
        started.catch(() => undefined);
        ahead.push(started);
      }
      yield await ahead.shift()!;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }
}

function ask(worker: Worker, job: PreparationJob): Promise<PreparationResult> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    const onMessage = (result: PreparationResult) => {
      settle();
      resolve(result);
    };
    const onError = (error: Error) => {
      settle();
      reject(error);
    };
    const onExit = (code: number) => {
      settle();
      reject(new SondeError('internal', `a thread that decodes ended with code ${code}`));
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    worker.postMessage(job);
  });
}
