/**
 * Logistic regressions over a whole grid of penalties, strongest first: each fit starts where its stronger neighbour
 * ended, and is steered by the covariance of the features, with which a fit takes a dozen iterations instead of hundreds.
 * @module
 */
import { choleskyFactor, solveWithFactor } from './cholesky.ts';
import { covarianceOf, steeringPays } from './covariance.ts';
import type { Matrix } from './linear-scores.ts';
import { fitLogistic, type LogisticFit, type LogisticOptions, predictProbabilities } from './logistic-regression.ts';
import type { MatrixProduct } from './matrix-product.ts';

export interface LogisticPathOptions {
  readonly penalties: readonly number[];
  readonly maxIterations?: number;
}

/** One fit a penalty, strongest penalty first. */
export async function* logisticPath(
  features: Matrix,
  targets: ArrayLike<number>,
  classes: number,
  { penalties, maxIterations }: LogisticPathOptions,
  product: MatrixProduct,
): AsyncGenerator<LogisticFit> {
  const { rows, columns } = features;
  const covariance = steeringPays(rows, columns, classes) ? await covarianceOf(features, product) : undefined;
  let start: Float64Array | undefined;
  for (const l2 of [...penalties].sort((a, b) => b - a)) {
    const precondition = covariance && inverseHessian(covariance, features, classes, l2, start);
    const fit = await fitAnywhere(features, targets, classes, {
      l2,
      start,
      precondition,
      ...(maxIterations === undefined ? {} : { maxIterations }),
    });
    start = fit.weights;
    yield fit;
  }
}

/** Large fits through the runtime. */
async function fitAnywhere(
  features: Matrix,
  targets: ArrayLike<number>,
  classes: number,
  options: LogisticOptions,
): Promise<LogisticFit> {
  const { fitLogisticByRuntime, runtimePays } = await import('./runtime-logistic.ts');
  const fit = runtimePays(features.rows, features.columns, classes) ? fitLogisticByRuntime : fitLogistic;
  return fit(features, targets, classes, options);
}

/**
 * Solves with `s · covariance + l2 · 1` for each class, where s is the mean of p (1 − p) at `start`: the Hessian of the
 * penalised cross-entropy, were all rows equally uncertain and the classes uncoupled.
 */
function inverseHessian(
  covariance: Float64Array,
  features: Matrix,
  classes: number,
  l2: number,
  start: Float64Array | undefined,
): (vector: Float64Array) => void {
  const { columns } = features;
  const uncertainty = start === undefined ? (classes - 1) / classes ** 2 : meanUncertainty(start, features, classes);
  const matrix = covariance.map((entry) => uncertainty * entry);
  // Columns that are combinations of others leave the covariance singular to rounding.
  for (let p = 0; p < columns; p++) matrix[p * (columns + 1)] += l2 + 1e-6 * uncertainty;
  choleskyFactor(matrix, columns);
  return (vector) => {
    for (let k = 0; k < classes; k++) {
      const from = k * (columns + 1);
      solveWithFactor(matrix, vector.subarray(from, from + columns), columns);
      vector[from + columns] /= uncertainty;
    }
  };
}

function meanUncertainty(weights: Float64Array, features: Matrix, classes: number): number {
  const probabilities = predictProbabilities({ classes, columns: features.columns, weights }, features);
  let sum = 0;
  for (const p of probabilities) sum += p * (1 - p);
  return Math.max(sum / probabilities.length, 1e-6);
}
