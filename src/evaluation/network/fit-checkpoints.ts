/**
 * What a fit leaves behind so that it can go on, and who keeps it.
 * @module
 */
import type { HostArray } from '../../tensor/host-array.ts';

export interface FitCheckpoint {
  /** Steps done. */
  readonly step: number;
  /** Evaluations so far. */
  readonly curve: readonly { readonly step: number; readonly score: number; readonly loss: number }[];
  readonly state: ReadonlyMap<string, HostArray>;
  /** Weights of the best evaluation. */
  readonly best: ReadonlyMap<string, HostArray>;
}

export interface FitCheckpoints {
  /** The newest checkpoint, `undefined` where there is none. */
  read(): FitCheckpoint | undefined;
  write(checkpoint: FitCheckpoint): void;
}
