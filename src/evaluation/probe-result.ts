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

/** One answered item of the test patients: what paired comparisons and tables by patient are made of. */
export interface AnsweredItem {
  readonly item?: string;
  readonly patient: string;
  /**
   * What the answer adds to the headline number, which is the mean of `correct` where that is possible: 0 or 1 for
   * accuracy, bits for compression, right or wrong for measures of rankings. `headline.ts` makes the number of items.
   */
  readonly correct: number;
  /** Codes of the true class and of the answer, or measurements. */
  readonly truth?: number;
  readonly answer?: number;
  /** What the classifier says of each class: probabilities, or scores whose order alone has a meaning. */
  readonly scores?: readonly number[];
  /** An answer to the control task rather than to the task itself. */
  readonly control?: true;
  /** Detections in a picture: class, score, and 1 for a right one. */
  readonly detections?: readonly (readonly [target: number, score: number, right: 0 | 1])[];
  /** Objects of each class that are in it. */
  readonly objects?: readonly number[];
  /** Further measures of the item alone, by name: surface distances of a segmented case, … */
  readonly measures?: Readonly<Record<string, number>>;
  /** `correct` at every point of the curve, in its order. */
  readonly along?: readonly number[];
}

/** One class against the others. */
export interface ClassScore {
  readonly name: string;
  readonly items: number;
  readonly patients: number;
  /** Shares of the class that was found, and of the answers that are right; absent where undefined. */
  readonly recall?: number;
  readonly precision?: number;
  readonly f1?: number;
  /** Area under the ROC curve, its interval by DeLong's method for clustered observations. */
  readonly auroc?: Estimate;
  readonly averagePrecision?: number;
}

/** The headline number as something grows: labels, patients, neighbours. */
export interface ScoreCurve {
  /** What grows, such as `labelled examples a class`. */
  readonly axis: string;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  readonly at: number;
  /** Mean over repeats, with an interval over repeats and patients. */
  readonly score: Estimate;
  /** The headline number of each repeat. */
  readonly repeats: readonly number[];
  /** Standard deviation over repeats (divisor n − 1); absent for one. */
  readonly deviation?: number;
  /** Further measures, means over repeats. */
  readonly measures?: Readonly<Record<string, number>>;
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
  readonly perClass?: readonly ClassScore[];
  readonly curve?: ScoreCurve;
  /** One row a test item. */
  readonly items?: readonly AnsweredItem[];
  /** The headline number of each encoder, where the score is a mean over encoders trained with several seeds. */
  readonly seeds?: readonly number[];
}

export interface ProbeResult {
  readonly version: 1;
  readonly protocol: string;
  readonly label: string;
  readonly measure:
    | 'accuracy'
    | 'balancedAccuracy'
    | 'macroF1'
    | 'averagePrecision'
    | 'auroc'
    | 'r2'
    | 'compression'
    | 'selectivity'
    | 'dice'
    | 'retrieval'
    | 'ap50'
    | 'pck';
  readonly classes?: readonly string[];
  /** What guessing reaches on the test patients (the most frequent class for accuracy). */
  readonly chance: number;
  /** Who is measured: the run, `random initialisation` or `supervised`. */
  readonly encoder: {
    readonly name: string;
    readonly role: 'pretrained' | 'random' | 'supervised' | 'pixels';
    /** Names of the encoders of several seeds that the result is a mean over. */
    readonly seeds?: readonly string[];
  };
  readonly counts: {
    readonly train: { readonly items: number; readonly patients: number };
    readonly validation: { readonly items: number; readonly patients: number };
    readonly test: { readonly items: number; readonly patients: number };
  };
  /** Whose answers are scored; `test` where it is absent. */
  readonly judged?: 'train';
  readonly interval: {
    readonly method: 'bootstrap over patients' | 'bootstrap over seeds and patients';
    readonly level: number;
    readonly resamples: number;
    readonly seed: number;
  };
  /** What a reader has to know to read the numbers, a sentence each. */
  readonly notes?: readonly string[];
  /** First layer to last. */
  readonly taps: readonly TapScore[];
}

/** Paired difference of two encoders at a tap (`a − b`). */
export interface TapDifference {
  readonly tap: string;
  readonly difference: Estimate;
  readonly p: number;
}
