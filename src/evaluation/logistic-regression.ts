/**
 * Multinomial logistic regression with an L2 penalty on the weights and none on the biases, fitted by full-batch
 * L-BFGS. The minimised value is `mean cross-entropy + l2 / 2 · Σ weights²`, so `l2 = 1 / (C · rows)` in
 * scikit-learn's terms.
 * @module
 */
import { type MinimiseOptions, minimise } from './minimise.ts';

/** Rows of numbers, row-major `[rows, columns]`. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

export interface LogisticModel {
  readonly classes: number;
  readonly columns: number;
  /** Row-major `[classes, columns + 1]`, the bias last. */
  readonly weights: Float64Array;
}

export interface LogisticFit extends LogisticModel {
  readonly l2: number;
  readonly value: number;
  readonly iterations: number;
  readonly converged: boolean;
}

export interface LogisticOptions extends MinimiseOptions {
  readonly l2: number;
  /** Weights to begin with, e.g. of the fit at the neighbouring penalty. */
  readonly start?: Float64Array;
}

/** Fits `targets` (class codes 0 … classes − 1, one a row) from the rows of `features`. */
export function fitLogistic(
  features: Matrix,
  targets: ArrayLike<number>,
  classes: number,
  options: LogisticOptions,
): LogisticFit {
  const { l2, start, ...rest } = options;
  if (targets.length !== features.rows) {
    throw new RangeError(`fitLogistic: ${features.rows} rows but ${targets.length} targets`);
  }
  const objective = crossEntropy(features, targets, classes, l2);
  const initial = start ?? new Float64Array(classes * (features.columns + 1));
  const { point, value, iterations, converged } = minimise(objective, initial, {
    tolerance: 1e-5,
    valueTolerance: 1e-9,
    maxIterations: 300,
    ...rest,
  });
  return { classes, columns: features.columns, weights: point, l2, value, iterations, converged };
}

/** Class probabilities, row-major `[rows, classes]`. */
export function predictProbabilities(model: LogisticModel, features: Matrix): Float64Array {
  const { classes } = model;
  const scores = new Float64Array(features.rows * classes);
  addScores(model.weights, features, classes, 0, features.rows, scores);
  for (let row = 0; row < features.rows; row++) softmaxInPlace(scores, row * classes, classes);
  return scores;
}

/** Rows whose scores and gradients are formed together. */
const batch = 64;

function crossEntropy(features: Matrix, targets: ArrayLike<number>, classes: number, l2: number) {
  const { rows, columns } = features;
  const stride = columns + 1;
  const scores = new Float64Array(batch * classes);
  return (weights: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let from = 0; from < rows; from += batch) {
      const to = Math.min(rows, from + batch);
      scores.fill(0);
      addScores(weights, features, classes, from, to, scores);
      for (let row = from; row < to; row++) {
        const at = (row - from) * classes;
        const target = at + targets[row];
        const targetScore = scores[target];
        loss += softmaxInPlace(scores, at, classes) - targetScore;
        scores[target] -= 1;
        for (let k = 0; k < classes; k++) scores[at + k] /= rows;
      }
      addGradient(scores, features, classes, from, to, gradient);
    }
    let squares = 0;
    for (let k = 0; k < classes; k++) {
      for (let i = k * stride; i < k * stride + columns; i++) {
        squares += weights[i] * weights[i];
        gradient[i] += l2 * weights[i];
      }
    }
    return loss / rows + (l2 / 2) * squares;
  };
}

/** Turns `classes` scores into probabilities; returns the logarithm of the sum of their exponentials. */
function softmaxInPlace(scores: Float64Array, at: number, classes: number): number {
  let largest = scores[at];
  for (let k = 1; k < classes; k++) largest = Math.max(largest, scores[at + k]);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += scores[at + k] = Math.exp(scores[at + k] - largest);
  for (let k = 0; k < classes; k++) scores[at + k] /= sum;
  return largest + Math.log(sum);
}

/** Adds `features · weightsᵀ + bias` of rows `from … to` to `scores [to − from, classes]`. */
function addScores(
  weights: Float64Array,
  { data, columns }: Matrix,
  classes: number,
  from: number,
  to: number,
  scores: Float64Array,
): void {
  let row = from;
  // Four rows share each weight that is loaded.
  for (; row + 4 <= to; row += 4) {
    const x0 = row * columns;
    const x1 = x0 + columns;
    const x2 = x1 + columns;
    const x3 = x2 + columns;
    for (let k = 0; k < classes; k++) {
      const w = k * (columns + 1);
      const bias = weights[w + columns];
      let s0 = bias;
      let s1 = bias;
      let s2 = bias;
      let s3 = bias;
      for (let p = 0; p < columns; p++) {
        const weight = weights[w + p];
        s0 += weight * data[x0 + p];
        s1 += weight * data[x1 + p];
        s2 += weight * data[x2 + p];
        s3 += weight * data[x3 + p];
      }
      const at = (row - from) * classes + k;
      scores[at] += s0;
      scores[at + classes] += s1;
      scores[at + 2 * classes] += s2;
      scores[at + 3 * classes] += s3;
    }
  }
  for (; row < to; row++) {
    for (let k = 0; k < classes; k++) {
      const w = k * (columns + 1);
      let sum = weights[w + columns];
      for (let p = 0; p < columns; p++) sum += weights[w + p] * data[row * columns + p];
      scores[(row - from) * classes + k] += sum;
    }
  }
}

/** Adds `residualsᵀ · [features, 1]` of rows `from … to` to `gradient [classes, columns + 1]`. */
function addGradient(
  residuals: Float64Array,
  { data, columns }: Matrix,
  classes: number,
  from: number,
  to: number,
  gradient: Float64Array,
): void {
  let row = from;
  for (; row + 4 <= to; row += 4) {
    const x0 = row * columns;
    const x1 = x0 + columns;
    const x2 = x1 + columns;
    const x3 = x2 + columns;
    for (let k = 0; k < classes; k++) {
      const at = (row - from) * classes + k;
      const r0 = residuals[at];
      const r1 = residuals[at + classes];
      const r2 = residuals[at + 2 * classes];
      const r3 = residuals[at + 3 * classes];
      const g = k * (columns + 1);
      for (let p = 0; p < columns; p++) {
        gradient[g + p] += r0 * data[x0 + p] + r1 * data[x1 + p] + r2 * data[x2 + p] + r3 * data[x3 + p];
      }
      gradient[g + columns] += r0 + r1 + r2 + r3;
    }
  }
  for (; row < to; row++) {
    for (let k = 0; k < classes; k++) {
      const r = residuals[(row - from) * classes + k];
      const g = k * (columns + 1);
      for (let p = 0; p < columns; p++) gradient[g + p] += r * data[row * columns + p];
      gradient[g + columns] += r;
    }
  }
}
