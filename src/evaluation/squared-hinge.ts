/**
 * Linear support vector machines with the squared hinge and an L2 penalty: `½ |w|² + cost · Σ weight · max(0, 1 − y f)²`
 * where the bias is one more weight on a constant feature of 1 and is penalised like the others, as in LIBLINEAR (Fan et
 * al., JMLR 9, 2008) and scikit-learn's `LinearSVC`. Solved in the primal by L-BFGS, from the smallest cost to the
 * largest, each fit starting where its neighbour ended.
 * @module
 */
import { choleskyFactor, solveWithFactor } from './cholesky.ts';
import { covarianceOf, steeringPays } from './covariance.ts';
import { addGradient, addScores, type Matrix } from './linear-scores.ts';
import type { MatrixProduct } from './matrix-product.ts';
import { minimise } from './minimise.ts';

export interface HingeOptions {
  readonly costs: readonly number[];
  /** Weights of errors on positives and on negatives. */
  readonly positiveWeight: number;
  readonly negativeWeight: number;
  readonly maxIterations: number;
}

export interface HingeFit {
  readonly cost: number;
  /** `[columns + 1]`, the bias last. */
  readonly weights: Float64Array;
}

/** One fit a cost, smallest first, of the rows where `positive` is 1 against the others. */
export type HingePath = (positive: ArrayLike<number>) => HingeFit[];

/**
 * Makes the paths of several one-against-all problems on the same rows, which share the covariance that steers them and
 * its factor for every cost.
 */
export async function hingePaths(features: Matrix, options: HingeOptions, product: MatrixProduct): Promise<HingePath> {
  const { rows, columns } = features;
  const costs = [...options.costs].sort((a, b) => a - b);
  const covariance = steeringPays(rows, columns, 2) ? await covarianceOf(features, product) : undefined;
  const steering = new Map<number, (vector: Float64Array) => void>();
  const inverseHessian = (cost: number) => {
    if (covariance === undefined) return undefined;
    let solve = steering.get(cost);
    if (solve === undefined) steering.set(cost, (solve = hessianSolver(covariance, features, cost, options)));
    return solve;
  };
  return (positive) => {
    let start = new Float64Array(columns + 1);
    return costs.map((cost) => {
      const objective = squaredHinge(features, positive, cost, options);
      const { point } = minimise(objective, start, {
        tolerance: 1e-7,
        valueTolerance: 1e-10,
        maxIterations: options.maxIterations,
        precondition: inverseHessian(cost),
      });
      start = Float64Array.from(point);
      return { cost, weights: point };
    });
  };
}

/** Distances from the margin, one a row. */
export function decisionValues({ weights }: Pick<HingeFit, 'weights'>, features: Matrix): Float64Array {
  const scores = new Float64Array(features.rows);
  addScores(weights, features, 1, 0, features.rows, scores);
  return scores;
}

/** Rows whose scores and gradients are formed together. */
const batch = 64;

/** The objective divided by `cost · rows`, so that its size does not depend on either. */
function squaredHinge(
  features: Matrix,
  positive: ArrayLike<number>,
  cost: number,
  { positiveWeight, negativeWeight }: HingeOptions,
) {
  const { rows } = features;
  const l2 = 1 / (cost * rows);
  const scores = new Float64Array(batch);
  return (weights: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let from = 0; from < rows; from += batch) {
      const to = Math.min(rows, from + batch);
      scores.fill(0);
      addScores(weights, features, 1, from, to, scores);
      for (let row = from; row < to; row++) {
        const side = positive[row] === 1 ? 1 : -1;
        const weight = side > 0 ? positiveWeight : negativeWeight;
        const short = Math.max(0, 1 - side * scores[row - from]);
        loss += weight * short * short;
        scores[row - from] = (-2 * weight * side * short) / rows;
      }
      addGradient(scores, features, 1, from, to, gradient);
    }
    let squares = 0;
    for (let i = 0; i < weights.length; i++) {
      squares += weights[i] * weights[i];
      gradient[i] += l2 * weights[i];
    }
    return loss / rows + (l2 / 2) * squares;
  };
}

/** Solves with the Hessian there would be if every row were short of its margin and errors weighed the same. */
function hessianSolver(
  covariance: Float64Array,
  { rows, columns }: Matrix,
  cost: number,
  { positiveWeight, negativeWeight }: HingeOptions,
): (vector: Float64Array) => void {
  const curvature = positiveWeight + negativeWeight;
  const l2 = 1 / (cost * rows);
  const matrix = covariance.map((entry) => curvature * entry);
  for (let p = 0; p < columns; p++) matrix[p * (columns + 1)] += l2 + 1e-6 * curvature;
  choleskyFactor(matrix, columns);
  return (vector) => {
    solveWithFactor(matrix, vector.subarray(0, columns), columns);
    vector[columns] /= curvature + l2;
  };
}
