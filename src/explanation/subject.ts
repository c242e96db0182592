/**
 * What is explained: an encoder, the same network untrained, how it was on the way, others beside it, the run it comes
 * from where there is one, and the pictures it is shown.
 * @module
 */
import type { DenseLabels } from '../data/dense-labels.ts';
import type { FrameStore } from '../data/media.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import type { MethodContext } from '../pretext/method.ts';
import type { HostArray } from '../tensor/host-array.ts';
import type { RunConfiguration } from '../training/configuration.ts';
import type { MetricsRecord, RunManifest } from '../training/run-record.ts';
import type { Laboratory } from './laboratory.ts';

export interface StudiedEncoder {
  /** As figures call it: `rotation, seed 0`, `untrained`, `step 200`. */
  readonly name: string;
  readonly role: 'trained' | 'random' | 'snapshot' | 'other';
  /** Of a snapshot, the step it was taken after. */
  readonly step?: number;
  /**
   * Of runs, the task and the trunk that were trained, and with which seed, so that seeds of one configuration are told
   * from others.
   */
  readonly method?: string;
  readonly seed?: number;
  /** A colour of its own, for ever. */
  readonly colour?: string;
  model(): Promise<OnnxModel>;
}

/** What it takes to put a run's own questions to it again. */
export interface AskedRun {
  readonly manifest: Pick<RunManifest, 'id'>;
  readonly configuration: RunConfiguration;
  readonly context: MethodContext<unknown>;
  /** Parameters, statistics and own state at the end of training, by name. */
  state(): ReadonlyMap<string, HostArray>;
}

/** The run an encoder comes from, opened again. */
export interface StudiedRun extends AskedRun {
  readonly manifest: RunManifest;
  readonly metrics: readonly MetricsRecord[];
  /**
   * The same after a step of which a snapshot was kept, or before the first (0); `undefined` where the heads were not
   * kept.
   */
  stateAt?(step: number): Promise<ReadonlyMap<string, HostArray> | undefined>;
}

export interface Subject {
  readonly name: string;
  readonly trained: StudiedEncoder;
  readonly untrained: StudiedEncoder | undefined;
  /** First to last, without the untrained and the finished network. */
  readonly snapshots: readonly StudiedEncoder[];
  /** Other encoders to compare with: further seeds, further methods. */
  readonly others: readonly StudiedEncoder[];
  readonly run: StudiedRun | undefined;
  readonly store: FrameStore;
  /** Masks of the data, where they have any. */
  readonly dense: DenseLabels | undefined;
  /** Items that may be looked at, by position in the store: those the encoder was not trained on, where that is known. */
  readonly items: readonly number[];
  /** Shows pictures to encoders and keeps what they answer. */
  readonly laboratory: Laboratory;
}
