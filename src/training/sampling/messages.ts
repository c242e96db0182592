/**
 * What the training thread and its sampling workers say to each other.
 * @module
 */
import type { AugmentationOptions } from '../../data/augment/options.ts';
import type { Factors, InputSpec, MethodContext } from '../../pretext/method.ts';

export interface WorkerSetup {
  readonly method: string;
  readonly context: MethodContext<unknown>;
  readonly storeDirectory: string;
  /** All frames in shared memory, when they fit. */
  readonly frames: SharedArrayBuffer | undefined;
  /** Positions in the store of its items, where some are left out. */
  readonly kept: readonly number[] | undefined;
  readonly items: readonly number[];
  readonly batchSize: number;
  readonly seed: number;
  readonly augmentation: AugmentationOptions | undefined;
  readonly specs: Readonly<Record<string, InputSpec>>;
  /** Batches in shared memory that are filled in turn: input name → buffer. */
  readonly slots: readonly Readonly<Record<string, SharedArrayBuffer>>[];
}

export interface StepMessage {
  /** Counted from 0. */
  readonly step: number;
  readonly slot: number;
}

export interface FilledMessage extends StepMessage {
  readonly factors?: readonly Factors[];
  readonly items?: readonly number[];
  readonly error?: string;
}
