/**
 * LiDAR: how many directions tell pictures apart better than they tell views of one picture apart. Thilak et al., "LiDAR:
 * sensing linear probing performance in joint embedding SSL architectures", ICLR 2024. Each picture is a class, its
 * views are the members.
 * @module
 */
import { choleskyFactor } from '../../evaluation/cholesky.ts';
import { symmetricEigenvalues } from '../../statistics/symmetric-eigen.ts';
import type { Cloud } from './geometry.ts';

/**
 * exp of the entropy of the eigenvalues of Σw^{-1/2} Σb Σw^{-1/2}: from 1 to the smaller of pictures − 1 and columns.
 *
 * @param views one cloud a view, row i of each the same picture; all of one shape
 * @param rows pictures used, default all
 * @param ridge added to Σw as a share of its mean diagonal entry, so that the scale of the features does not matter
 * (the paper adds 1e-4 to features of unit scale)
 */
export function lidar(views: readonly Cloud[], rows?: readonly number[], ridge = 1e-4): number {
  const { rows: all, columns: d } = views[0];
  const chosen = rows ?? Array.from({ length: all }, (_, row) => row);
  const { means, within } = scatter(views, chosen);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += within[i * d + i];
  if (!(trace > 0)) return means.some((row) => row.some((value) => value !== 0)) ? Number.NaN : 1;
  for (let i = 0; i < d; i++) within[i * d + i] += (ridge * trace) / d;
  choleskyFactor(within, d);
  // With Σw = LLᵀ the eigenvalues are those of the Gram matrix of L⁻¹(mean − grand mean), one column a picture.
  const whitened = means.map((row) => forward(within, row, d));
  const n = chosen.length;
  const gram = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k < d; k++) sum += whitened[i][k] * whitened[j][k];
      gram[i * n + j] = sum;
      gram[j * n + i] = sum;
    }
  }
  return entropyRank(symmetricEigenvalues(gram, n).subarray(0, d));
}

/** Means of each picture's views less the mean of all, and the mean scatter of views about them, `[d, d]`. */
function scatter(views: readonly Cloud[], chosen: readonly number[]) {
  const { columns: d } = views[0];
  const means = chosen.map((row) => {
    const mean = new Float64Array(d);
    for (const { data } of views) for (let k = 0; k < d; k++) mean[k] += data[row * d + k] / views.length;
    return mean;
  });
  const within = new Float64Array(d * d);
  const apart = new Float64Array(d);
  const share = 1 / (chosen.length * views.length);
  chosen.forEach((row, i) => {
    for (const { data } of views) {
      for (let k = 0; k < d; k++) apart[k] = data[row * d + k] - means[i][k];
      for (let a = 0; a < d; a++) {
        const scaled = apart[a] * share;
        for (let b = 0; b <= a; b++) within[a * d + b] += scaled * apart[b];
      }
    }
  });
  for (let a = 0; a < d; a++) for (let b = 0; b < a; b++) within[b * d + a] = within[a * d + b];
  const grand = new Float64Array(d);
  for (const mean of means) for (let k = 0; k < d; k++) grand[k] += mean[k] / means.length;
  return { means: means.map((mean) => mean.map((value, k) => value - grand[k])), within };
}

/** L⁻¹ x for a lower triangular L. */
function forward(factor: Float64Array, x: Float64Array, d: number): Float64Array {
  const out = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= factor[i * d + k] * out[k];
    out[i] = sum / factor[i * d + i];
  }
  return out;
}

function entropyRank(values: Float64Array): number {
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  if (!(total > 0)) return 1;
  let entropy = 0;
  for (const value of values) {
    const p = Math.max(0, value) / total + 1e-7;
    entropy -= p * Math.log(p);
  }
  return Math.exp(entropy);
}
