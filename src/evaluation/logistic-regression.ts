/**
 * Multinomial logistic regression with an L2 penalty on the weights and none on the biases, fitted by full-batch
 * L-BFGS. The minimised value is `mean cross-entropy + l2 / 2 · Σ weights²`, so `l2 = 1 / (C · rows)` in
 * scikit-learn's terms.
 * @module
 */
import { addGradient, addScores, type Matrix } from './linear-scores.ts';
import { type MinimiseOptions, minimise } from './minimise.ts';

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

/** When a fit is taken for finished. */
export const fitSettings = { tolerance: 1e-5, valueTolerance: 1e-9, maxIterations: 300 } as const;

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
    ...fitSettings,
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
export function softmaxInPlace(scores: Float64Array, at: number, classes: number): number {
  let largest = scores[at];
  for (let k = 1; k < classes; k++) largest = Math.max(largest, scores[at + k]);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += scores[at + k] = Math.exp(scores[at + k] - largest);
  for (let k = 0; k < classes; k++) scores[at + k] /= sum;
  return largest + Math.log(sum);
}
