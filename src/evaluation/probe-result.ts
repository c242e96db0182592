/**
 * The result of one protocol on one encoder: plain data, stored in `results/`, read by the report and the lab.
 * @module
 */

/** An estimate with its interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface TapScore {
  readonly tap: string;
  readonly dimensions: number;
  /** The protocol's headline number on test patients. */
  readonly score: Estimate;
  /** Other measures, by name: `balancedAccuracy`, `macroF1`, … */
  readonly measures: Readonly<Record<string, Estimate>>;
  /** Value on validation patients, by which taps and hyper-parameters are chosen. */
  readonly validation: number;
  readonly hyperparameters: Readonly<Record<string, number>>;
  /** Row = truth, column = answer, in the order of `classes`. */
  readonly confusion?: readonly (readonly number[])[];
  /**
   * One row a test item, for paired comparisons: which patient, and what the answer adds to the score (0 or 1 for
   * accuracy). The mean of `correct` is the headline number.
   */
  readonly items?: readonly { readonly item?: string; readonly patient: string; readonly correct: number }[];
}

export interface ProbeResult {
  readonly version: 1;
  readonly protocol: string;
  readonly label: string;
  readonly measure: 'accuracy' | 'balancedAccuracy' | 'r2' | 'auroc';
  readonly classes?: readonly string[];
  /** What guessing reaches on the test patients (the most frequent class for accuracy). */
  readonly chance: number;
  /** Who is measured: the run, `random initialisation` or `supervised`. */
  readonly encoder: { readonly name: string; readonly role: 'pretrained' | 'random' | 'supervised' | 'pixels' };
  readonly counts: {
    readonly train: { readonly items: number; readonly patients: number };
    readonly validation: { readonly items: number; readonly patients: number };
    readonly test: { readonly items: number; readonly patients: number };
  };
  readonly interval: {
    readonly method: 'bootstrap over patients';
    readonly level: number;
    readonly resamples: number;
    readonly seed: number;
  };
  /** First layer to last. */
  readonly taps: readonly TapScore[];
}

/** Paired difference of two encoders at a tap (`a − b`). */
export interface TapDifference {
  readonly tap: string;
  readonly difference: Estimate;
  readonly p: number;
}
