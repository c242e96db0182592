/**
 * Whether each channel says one thing and each factor is said by one channel: disentanglement and completeness of a
 * matrix of importances. Eastwood and Williams, "A framework for the quantitative evaluation of disentangled
 * representations", ICLR 2018, section 2. Importances are magnitudes of lasso weights, as there.
 * @module
 */
import { correlationWith, type LassoProblem, lassoPath, lassoProblem } from './lasso.ts';

/** How much each channel counts for each factor, `[channels][factors]`, none negative. */
export type Importances = readonly (readonly number[])[];

export interface Dci {
  /** 1 where every channel that counts, counts for one factor; channels weighted by how much they count. */
  readonly disentanglement: number;
  /** Mean over factors: 1 where one channel says each. */
  readonly completeness: number;
}

export function dciOf(importances: Importances): Dci {
  const factors = importances[0]?.length ?? 0;
  const channels = importances.length;
  const whole = importances.reduce((sum, row) => sum + total(row), 0);
  if (!(whole > 0)) return { disentanglement: 0, completeness: 0 };
  const disentanglement = importances.reduce(
    (sum, row) => sum + (total(row) / whole) * (1 - relativeEntropy(row, factors)),
    0,
  );
  const columns = Array.from({ length: factors }, (_, j) => importances.map((row) => row[j]));
  const said = columns.filter((column) => total(column) > 0);
  const completeness = said.reduce((sum, column) => sum + 1 - relativeEntropy(column, channels), 0) / said.length;
  return { disentanglement, completeness };
}

const total = (row: readonly number[]) => row.reduce((sum, value) => sum + value, 0);

/** Entropy over its largest possible value; 0 for a single entry, and for none. */
function relativeEntropy(row: readonly number[], count: number): number {
  const sum = total(row);
  if (!(sum > 0) || count < 2) return 0;
  return (
    row.reduce((entropy, value) => (value > 0 ? entropy - (value / sum) * Math.log(value / sum) : entropy), 0) /
    Math.log(count)
  );
}

/** A factor as columns to be predicted: itself, or one column for each class (one of two). */
export interface FactorTargets {
  readonly name: string;
  readonly columns: readonly Float64Array[];
}

export interface FoldedImportances {
  /** From all rows. */
  readonly all: Importances;
  /** From the rows of all folds but one, fold by fold: what a jackknife needs. */
  readonly without: readonly Importances[];
  /** R² of each factor on rows not fitted on, over its columns together. */
  readonly informativeness: readonly number[];
}

/** Penalties as shares of the smallest one that leaves no weight. */
const shares = [0.7, 0.5, 0.35, 0.25, 0.18, 0.125, 0.09, 0.06, 0.04];

/**
 * Lasso weights of every factor on channels of zero mean and unit deviation; each factor's penalty is the one that
 * predicts the rows of left-out folds best.
 *
 * @param x row-major `[rows, channels]`
 * @param folds the fold of each row: those of one patient share theirs
 */
export function lassoImportances(
  x: ArrayLike<number>,
  channels: number,
  factors: readonly FactorTargets[],
  folds: readonly number[],
): FoldedImportances {
  const count = 1 + Math.max(...folds);
  const fits = Array.from({ length: count }, (_, fold) => new Fit(x, channels, (row) => folds[row] !== fold, folds));
  const whole = new Fit(x, channels, () => true, folds);
  const tables = [whole, ...fits].map(() => Array.from({ length: channels }, () => new Array<number>(factors.length)));
  const informativeness = factors.map(({ columns }, f) => {
    const paths = fits.map((fit) => columns.map((column) => fit.path(column)));
    const errors = shares.map((_, s) =>
      fits.reduce((sum, fit, i) => sum + columns.reduce((part, y, c) => part + fit.error(y, paths[i][c], s), 0), 0),
    );
    const chosen = errors.indexOf(Math.min(...errors));
    const complete = columns.map((column) => whole.path(column));
    for (const [i, own] of [complete, ...paths].entries()) {
      for (let k = 0; k < channels; k++) {
        tables[i][k][f] = own.reduce((sum, { weights }) => sum + Math.abs(weights[chosen][k]), 0);
      }
    }
    const spread = fits.reduce((sum, fit) => sum + columns.reduce((part, y) => part + fit.error(y), 0), 0);
    return spread > 0 ? 1 - errors[chosen] / spread : 0;
  });
  const [all, ...without] = tables;
  return { all, without, informativeness };
}

interface Path {
  readonly mean: number;
  readonly deviation: number;
  /** For each penalty, of standardised channels and target. */
  readonly weights: readonly Float64Array[];
}

/** Some of the rows, standardised by their own means and deviations. */
class Fit {
  readonly #channels: number;
  readonly #inside: readonly number[];
  readonly #outside: readonly number[];
  readonly #x: Float64Array;
  readonly #rest: Float64Array;
  readonly #problem: LassoProblem;

  constructor(x: ArrayLike<number>, channels: number, takes: (row: number) => boolean, folds: readonly number[]) {
    this.#channels = channels;
    this.#inside = folds.flatMap((_, row) => (takes(row) ? [row] : []));
    this.#outside = folds.flatMap((_, row) => (takes(row) ? [] : [row]));
    const scale = Array.from({ length: channels }, (_, k) => moments(this.#inside.map((row) => x[row * channels + k])));
    const standard = (rows: readonly number[]) =>
      Float64Array.from({ length: rows.length * channels }, (_, i) => {
        const { mean, deviation } = scale[i % channels];
        return deviation > 0 ? (x[rows[Math.floor(i / channels)] * channels + (i % channels)] - mean) / deviation : 0;
      });
    this.#x = standard(this.#inside);
    this.#rest = standard(this.#outside);
    this.#problem = lassoProblem(this.#x, this.#inside.length, channels);
  }

  path(y: Float64Array): Path {
    const own = this.#inside.map((row) => y[row]);
    const { mean, deviation } = moments(own);
    const standard = own.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
    const correlation = correlationWith(this.#x, standard, this.#channels);
    const largest = correlation.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const penalties = shares.map((share) => share * largest);
    return { mean, deviation, weights: lassoPath(this.#problem, correlation, penalties) };
  }

  /** Summed squared error on the rows left out; without a path, of guessing the mean of the others. */
  error(y: Float64Array, path?: Path, penalty = 0): number {
    const { mean, deviation } = path ?? moments(this.#inside.map((row) => y[row]));
    const weights = path?.weights[penalty];
    let sum = 0;
    this.#outside.forEach((row, i) => {
      let guess = 0;
      if (weights !== undefined) {
        for (let k = 0; k < this.#channels; k++) guess += weights[k] * this.#rest[i * this.#channels + k];
      }
      sum += (y[row] - mean - deviation * guess) ** 2;
    });
    return sum;
  }
}

function moments(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: variance > 1e-12 * mean * mean ? Math.sqrt(variance) : 0 };
}
