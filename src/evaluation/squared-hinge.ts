/**
 * Linear support vector machines with the squared hinge and an L2 penalty: `½ |w|² + cost · Σ weight · max(0, 1 − y f)²`
 * where the bias is one more weight on a constant feature of 1 and is penalised like the others, as in LIBLINEAR (Fan et
 * al., JMLR 9, 2008) and scikit-learn's `LinearSVC`. Solved in the primal by L-BFGS, from the smallest cost to the
 * largest, each fit starting where its neighbour ended. Several problems on the same rows, one-against-all or without the
 * rows of a fold, go in step: each pass over the features serves all of them.
 * @module
 */
import { choleskyFactor, solveWithFactor } from './cholesky.ts';
import { covarianceOf, steeringPays } from './covariance.ts';
import { addGradient, addScores, type Matrix } from './linear-scores.ts';
import type { MatrixProduct } from './matrix-product.ts';
import { type Asked, type Evaluation, minimiseTogether } from './minimise.ts';

export interface HingeOptions {
  readonly costs: readonly number[];
  /** Weights of errors on positives and on negatives. */
  readonly positiveWeight: number;
  readonly negativeWeight: number;
  readonly maxIterations: number;
}

/** Rows where `positive` is 1 against the others; rows where `left` is 1 are left out. */
export interface HingeProblem {
  readonly positive: ArrayLike<number>;
  readonly left?: ArrayLike<number>;
}

export interface HingeFit {
  readonly cost: number;
  /** `[columns + 1]`, the bias last. */
  readonly weights: Float64Array;
}

/** What an error of each row costs in each problem, and its side. */
export interface Margins {
  readonly problems: number;
  /** 1 or −1, row-major `[rows, problems]`. */
  readonly sides: Float32Array;
  /** Weight over the number of rows of the problem; 0 for a row that is left out. */
  readonly weights: Float32Array;
}

/**
 * Mean weighted squared hinges and their gradients for the problems asked for, without the penalty.
 */
export interface HingePass {
  evaluate(asked: readonly Asked[]): readonly Evaluation[] | Promise<readonly Evaluation[]>;
  /** When a fit is taken for finished, given the accuracy of the pass. */
  readonly settings: { readonly tolerance: number; readonly valueTolerance: number };
  dispose(): Promise<void>;
}

/** For each problem, one fit a cost, smallest first. */
export async function fitHinges(
  features: Matrix,
  problems: readonly HingeProblem[],
  options: HingeOptions,
  product: MatrixProduct,
): Promise<HingeFit[][]> {
  const { rows, columns } = features;
  const costs = [...options.costs].sort((a, b) => a - b);
  const covariance = steeringPays(rows, columns, 2) ? await covarianceOf(features, product) : undefined;
  const margins = marginsOf(rows, problems, options);
  const learned = problems.map(({ left }) => rows - countOf(left));
  const pass = await passOver(features, margins);
  const fits = problems.map((): HingeFit[] => []);
  try {
    let starts = problems.map(() => new Float64Array(columns + 1));
    for (const cost of costs) {
      const penalties = learned.map((count) => 1 / (cost * count));
      const found = await minimiseTogether(
        async (asked) => penalised(asked, await pass.evaluate(asked), penalties),
        starts,
        {
          ...pass.settings,
          maxIterations: options.maxIterations,
          precondition: covariance && hessianSolver(covariance, features, cost, options),
        },
      );
      starts = found.map(({ point }) => Float64Array.from(point));
      found.forEach(({ point }, problem) => {
        fits[problem].push({ cost, weights: point });
      });
    }
    return fits;
  } finally {
    await pass.dispose();
  }
}

/** Distances from the margin, one a row. */
export function decisionValues({ weights }: Pick<HingeFit, 'weights'>, features: Matrix): Float64Array {
  const scores = new Float64Array(features.rows);
  addScores(weights, features, 1, 0, features.rows, scores);
  return scores;
}

function countOf(flags: ArrayLike<number> | undefined): number {
  let count = 0;
  for (let i = 0; i < (flags?.length ?? 0); i++) count += flags![i];
  return count;
}

function marginsOf(
  rows: number,
  problems: readonly HingeProblem[],
  { positiveWeight, negativeWeight }: HingeOptions,
): Margins {
  const width = problems.length;
  const sides = new Float32Array(rows * width);
  const weights = new Float32Array(rows * width);
  problems.forEach(({ positive, left }, k) => {
    const count = rows - countOf(left);
    for (let row = 0; row < rows; row++) {
      const ours = positive[row] === 1;
      sides[row * width + k] = ours ? 1 : -1;
      weights[row * width + k] = left?.[row] === 1 ? 0 : (ours ? positiveWeight : negativeWeight) / count;
    }
  });
  return { problems: width, sides, weights };
}

/** Large passes through the runtime. */
async function passOver(features: Matrix, margins: Margins): Promise<HingePass> {
  const { hingePassByRuntime, runtimePays } = await import('./runtime-hinge.ts');
  return runtimePays(features, margins) ? hingePassByRuntime(features, margins) : hingePass(features, margins);
}

/** Rows whose scores and gradients are formed together. */
const batch = 64;

/** The pass in plain loops. */
function hingePass(features: Matrix, { problems, sides, weights }: Margins): HingePass {
  const { rows, columns } = features;
  const stride = columns + 1;
  return {
    settings: { tolerance: 1e-7, valueTolerance: 1e-10 },
    dispose: async () => {},
    evaluate: (asked) => {
      const width = asked.length;
      const points = new Float64Array(width * stride);
      asked.forEach(({ point }, k) => {
        points.set(point, k * stride);
      });
      const gradient = new Float64Array(width * stride);
      const losses = new Float64Array(width);
      const scores = new Float64Array(batch * width);
      for (let from = 0; from < rows; from += batch) {
        const to = Math.min(rows, from + batch);
        scores.fill(0);
        addScores(points, features, width, from, to, scores);
        for (let row = from; row < to; row++) {
          for (let k = 0; k < width; k++) {
            const at = (row - from) * width + k;
            const margin = row * problems + asked[k].problem;
            const short = Math.max(0, 1 - sides[margin] * scores[at]);
            losses[k] += weights[margin] * short * short;
            scores[at] = -2 * weights[margin] * sides[margin] * short;
          }
        }
        addGradient(scores, features, width, from, to, gradient);
      }
      return asked.map((_, k) => ({ value: losses[k], gradient: gradient.slice(k * stride, (k + 1) * stride) }));
    },
  };
}

/** The objective divided by `cost · rows`, so that its size does not depend on either. */
function penalised(
  asked: readonly Asked[],
  found: readonly Evaluation[],
  penalties: readonly number[],
): readonly Evaluation[] {
  return found.map(({ value, gradient }, i) => {
    const { problem, point } = asked[i];
    let squares = 0;
    for (let p = 0; p < point.length; p++) {
      squares += point[p] * point[p];
      gradient[p] += penalties[problem] * point[p];
    }
    return { value: value + (penalties[problem] / 2) * squares, gradient };
  });
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
