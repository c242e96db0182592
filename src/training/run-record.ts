/**
 * What a run writes down: the types of `run.json` and of the lines of `metrics.jsonl`.
 * @module
 */

import type { AugmentationOptions } from '../data/augment/options.ts';
import type { Split, SplitPart } from '../data/media.ts';
import type { Preparation } from '../data/preparation.ts';
import type { ReadingOptions } from '../data/storage/open-dataset.ts';

/** An item that the method cannot use. */
export interface LeftOut {
  readonly item: string;
  readonly reason: string;
}

export interface RunManifest {
  readonly version: 1;
  readonly id: string;
  readonly state: 'running' | 'finished' | 'failed' | 'stopped';
  readonly method: { readonly id: string; readonly title: string; readonly options: Readonly<Record<string, unknown>> };
  readonly trunk: {
    readonly id: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly taps: readonly string[];
    readonly parameters: number;
  };
  /** Networks exported beside the encoder, by the name of their file without `.onnx`. */
  readonly kept?: readonly string[];
  readonly data: {
    readonly name: string;
    readonly path: string;
    /** How the folder was read: table of labels, layout, what to do with duplicates. */
    readonly reading?: ReadingOptions;
    readonly hash: string;
    /** Longer side of the stored frames, in pixels. */
    readonly storedSize: number;
    /** How items were brought to a common form before that. */
    readonly preparation?: Preparation;
    /** How patients were split; which one is where is in `split.json`. */
    readonly split?: Pick<Split, 'name' | 'seed' | 'recipe'> & {
      readonly patients: Readonly<Record<SplitPart, number>>;
    };
    readonly channels: 1 | 3;
    readonly items: number;
    readonly patients: number;
    /** Items that the method cannot use, where there are any. */
    readonly leftOut?: readonly LeftOut[];
  };
  readonly training: {
    readonly steps: number;
    readonly batchSize: number;
    readonly seed: number;
    readonly optimiser: Readonly<Record<string, unknown>>;
    readonly schedule: Readonly<Record<string, unknown>>;
    /** How items were changed before the method saw them; absent where they were not. */
    readonly augmentation?: AugmentationOptions;
    /** Steps between lines of metrics, held-out evaluations and checkpoints. */
    readonly logEvery: number;
    readonly evaluateEvery: number;
    readonly checkpointEvery: number;
    /** Copies of the encoder kept on the way. */
    readonly snapshots?: number;
  };
  /** Names of the answers the network chooses from, in the order of confusion tables. */
  readonly answers: readonly string[];
  /** Which accuracy guessing would reach, and the loss at that point. */
  readonly chance: { readonly accuracy?: number; readonly loss?: number };
  readonly machine: {
    readonly platform: string;
    readonly processor: string;
    readonly threads: number;
    readonly device: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly error?: string;
}

/** One line of `metrics.jsonl`; steps count from 1. Live measurements appear at their own intervals. */
export interface MetricsRecord {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  /** Named parts of the loss, where there is more than one. */
  readonly parts?: Readonly<Record<string, number>>;
  /** What else the method measures of itself: errors of baselines, accuracies of further questions. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Fraction of pretext questions answered right, over this record's steps. */
  readonly accuracy?: number;
  /** The same on patients held out of training. */
  readonly validationLoss?: number;
  readonly validationAccuracy?: number;
  readonly validationMeasures?: Readonly<Record<string, number>>;
  /** Confusion counts on held-out patients: row = truth, column = answer. */
  readonly validationConfusion?: readonly (readonly number[])[];
  readonly learningRate: number;
  readonly gradientNorm?: number;
  /** ‖ΔW‖ / ‖W‖ by layer. */
  readonly updateRatio?: Readonly<Record<string, number>>;
  /** exp(entropy of the singular values) of held-out embeddings. */
  readonly rankMe?: number;
  readonly itemsPerSecond?: number;
  /** Fraction of time the step waited for the samplers. */
  readonly waiting?: number;
  readonly peakMemoryBytes?: number;
  readonly alarm?: string;
}
