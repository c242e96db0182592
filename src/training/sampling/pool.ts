/**
 * Worker threads that keep the training step fed: a ring of batches in shared memory, filled ahead of the step that
 * reads them. Each step's content depends on the seed and the step's number only, whatever the number of workers.
 * @module
 */
import type { Worker } from 'node:worker_threads';
import { SondeError } from '../../base/errors.ts';
import { startWorker } from '../../base/node/worker.ts';
import type { AugmentationOptions } from '../../data/augment/options.ts';
import type { OpenFrameStore } from '../../data/storage/frame-store.ts';
import type { Factors, MethodContext, PretextMethod } from '../../pretext/method.ts';
import { allocateBatch, type BatchArrays } from './batch.ts';
import type { FilledMessage, WorkerSetup } from './messages.ts';

export interface PoolOptions {
  readonly method: PretextMethod;
  readonly context: MethodContext<unknown>;
  readonly store: OpenFrameStore;
  readonly items: readonly number[];
  readonly batchSize: number;
  readonly seed: number;
  readonly augmentation?: AugmentationOptions;
  readonly workers: number;
  /** First and one past the last step that will be asked for. */
  readonly firstStep: number;
  readonly lastStep: number;
}

export interface FilledBatch {
  readonly arrays: BatchArrays;
  readonly factors: readonly Factors[];
  readonly items: readonly number[];
}

interface Waiting {
  resolve: (message: FilledMessage) => void;
  reject: (error: unknown) => void;
}

/** Batches in the order of steps; `next` frees the batch given before. */
export class SamplingPool {
  readonly #workers: readonly Worker[];
  readonly #slots: readonly BatchArrays[];
  readonly #filled = new Map<number, FilledMessage>();
  readonly #firstStep: number;
  readonly #lastStep: number;
  #waiting: Waiting | undefined;
  #failure: SondeError | undefined;
  #requested: number;
  #given: number;
  #closing = false;

  constructor(options: PoolOptions) {
    const { method, context, store, items, batchSize, seed, augmentation, workers, firstStep, lastStep } = options;
    const specs = method.inputs(context);
    // One batch is read by the step while every worker fills one and has one finished.
    this.#slots = Array.from({ length: 2 * workers + 1 }, () => allocateBatch(specs, batchSize));
    const setup: WorkerSetup = {
      method: method.card.id,
      context,
      storeDirectory: store.directory,
      frames: store.shared,
      kept: store.kept,
      items,
      batchSize,
      seed,
      augmentation,
      specs,
      slots: this.#slots.map(buffersOf),
    };
    this.#firstStep = firstStep;
    this.#lastStep = lastStep;
    this.#requested = firstStep;
    this.#given = firstStep - 1;
    this.#workers = Array.from({ length: workers }, () => this.#start(setup));
    for (let i = 0; i < this.#slots.length; i++) this.#request();
  }

  /** The batch of the next step; the one before may be overwritten from now on. */
  async next(): Promise<FilledBatch> {
    if (this.#failure !== undefined) throw this.#failure;
    // The batch given before is free now: the step that comes a round later goes into its slot.
    if (this.#given >= this.#firstStep) this.#request();
    const step = this.#given + 1;
    const early = this.#filled.get(step);
    const message =
      early ??
      (await new Promise<FilledMessage>((resolve, reject) => {
        this.#waiting = { resolve, reject };
      }));
    this.#filled.delete(step);
    this.#given = step;
    return { arrays: this.#slots[message.slot], factors: message.factors!, items: message.items! };
  }

  async close(): Promise<void> {
    this.#closing = true;
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  #start(setup: WorkerSetup): Worker {
    const worker = startWorker(import.meta.url, 'worker', { workerData: setup });
    worker.on('message', (message: FilledMessage) => this.#receive(message));
    worker.on('error', (error) => this.#fail(error.message));
    worker.on('exit', (code) => {
      if (!this.#closing && code !== 0) this.#fail(`a sampling worker ended with code ${code}`);
    });
    return worker;
  }

  #request(): void {
    const step = this.#requested;
    if (step >= this.#lastStep) return;
    this.#requested++;
    this.#workers[step % this.#workers.length].postMessage({ step, slot: step % this.#slots.length });
  }

  #receive(message: FilledMessage): void {
    if (message.error !== undefined) {
      this.#fail(message.error);
      return;
    }
    this.#filled.set(message.step, message);
    const wanted = this.#filled.get(this.#given + 1);
    if (this.#waiting !== undefined && wanted !== undefined) {
      const { resolve } = this.#waiting;
      this.#waiting = undefined;
      resolve(wanted);
    }
  }

  #fail(problem: string): void {
    this.#failure ??= new SondeError('internal', `sampling failed: ${problem}`);
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
  }
}

function buffersOf(arrays: BatchArrays): Record<string, SharedArrayBuffer> {
  return Object.fromEntries(
    Object.entries(arrays).map(([name, { data }]) => [name, data.buffer as unknown as SharedArrayBuffer]),
  );
}
