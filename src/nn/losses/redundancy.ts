/**
 * Losses that keep embeddings from collapsing by what they share, without negatives: Barlow Twins and VICReg.
 * @module
 */

import {
  add,
  divide,
  literal,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  reduceSumSquare,
  relu,
  sqrt,
  subtract,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { float32 } from '../../tensor/host-array.ts';
import { meanSquaredError } from './distances.ts';

function identity(n: number): Tensor {
  const array = float32([n, n], 0);
  for (let i = 0; i < n; i++) array.data[i * (n + 1)] = 1;
  return literal(array);
}

/** Columns with their mean taken away. */
const centred = (z: Tensor): Tensor => subtract(z, reduceMean(z, { axes: [0], keep: true }));

/**
 * Σᵢ (1 − Cᵢᵢ)² + λ Σᵢ≠ⱼ Cᵢⱼ² of the cross-correlation C of two views' standardised embeddings; 0 where it is the identity.
 * Zbontar et al., "Barlow twins", ICML 2021 (λ = 0.0051 as released).
 *
 * @param a embeddings of first views, `[B, D]`
 * @param b of second views
 */
export function barlowTwins(a: Tensor, b: Tensor, { lambda = 0.0051, epsilon = 1e-5 } = {}): Tensor {
  const [batch, width] = a.shape;
  const standardised = (z: Tensor) => {
    const c = centred(z);
    return divide(c, sqrt(add(reduceMean(multiply(c, c), { axes: [0], keep: true }), epsilon)));
  };
  const correlation = divide(matmul(standardised(a), standardised(b), { transposeA: true }), batch);
  const eye = identity(width);
  const off = multiply(correlation, subtract(1, eye));
  const miss = multiply(subtract(1, correlation), eye);
  return add(reduceSumSquare(miss), multiply(reduceSumSquare(off), lambda));
}

export interface VicRegParts {
  /** Weighted sum of the three. */
  readonly loss: Tensor;
  readonly invariance: Tensor;
  /** Mean over columns of max(0, 1 − √(variance + 1e-4)): 0.99 for constant embeddings. */
  readonly variance: Tensor;
  /** Σᵢ≠ⱼ Covᵢⱼ² / D, of both views together. */
  readonly covariance: Tensor;
}

export interface VicRegOptions {
  readonly invariance?: number;
  readonly variance?: number;
  readonly covariance?: number;
  /** Of the two views' variance terms: the released code takes the mean, later ones the sum. */
  readonly varianceReduction?: 'mean' | 'sum';
}

/**
 * Variance, invariance and covariance regularisation. Bardes, Ponce and LeCun, "VICReg", ICLR 2022; weights 25, 25 and 1.
 *
 * @param a embeddings of first views, `[B, D]`
 * @param b of second views; no normalisation, widths may come from different networks
 */
export function vicReg(a: Tensor, b: Tensor, options: VicRegOptions = {}): VicRegParts {
  const { invariance = 25, variance = 25, covariance = 1, varianceReduction = 'mean' } = options;
  const [batch, width] = a.shape;
  const off = subtract(1, identity(width));
  const spread = (c: Tensor) => {
    const deviation = sqrt(add(divide(reduceSum(multiply(c, c), { axes: [0] }), batch - 1), 1e-4));
    return reduceMean(relu(subtract(1, deviation)));
  };
  const shared = (c: Tensor) => {
    const matrix = divide(matmul(c, c, { transposeA: true }), batch - 1);
    return divide(reduceSumSquare(multiply(matrix, off)), width);
  };
  const views = [centred(a), centred(b)];
  const sum = (term: (c: Tensor) => Tensor) => add(term(views[0]), term(views[1]));
  const parts = {
    invariance: meanSquaredError(a, b),
    variance: multiply(sum(spread), varianceReduction === 'mean' ? 0.5 : 1),
    covariance: sum(shared),
  };
  const weighted = add(multiply(parts.invariance, invariance), multiply(parts.variance, variance));
  return { loss: add(weighted, multiply(parts.covariance, covariance)), ...parts };
}
