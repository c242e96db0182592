/**
 * DeLong's variance of areas under ROC curves (DeLong et al., Biometrics 44, 1988), by the ranks of Sun and Xu (IEEE
 * Signal Processing Letters 21, 2014). Observations are taken as independent: one a patient.
 * @module
 */
import type { Interval } from './bootstrap.ts';
import { normalQuantile, normalTwoSided } from './normal.ts';
import { rank } from './ranks.ts';

export interface RocArea extends Interval {
  readonly variance: number;
}

export interface RocDifference extends Interval {
  readonly z: number;
  readonly p: number;
}

/** Area under the ROC curve with its interval, clipped to [0, 1]. */
export function rocArea(positive: ArrayLike<number | boolean>, scores: ArrayLike<number>, level = 0.95): RocArea {
  const { area, forPositives, forNegatives } = placements(positive, scores);
  const variance = covariance(forPositives, forPositives) + covariance(forNegatives, forNegatives);
  const margin = normalQuantile((1 + level) / 2) * Math.sqrt(variance);
  return { value: area, variance, low: Math.max(0, area - margin), high: Math.min(1, area + margin) };
}

/** Difference of the areas of two scores on the same observations, `a − b`. */
export function rocAreaDifference(
  positive: ArrayLike<number | boolean>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  level = 0.95,
): RocDifference {
  const first = placements(positive, a);
  const second = placements(positive, b);
  const variance = [first.forPositives, first.forNegatives].reduce((sum, own, side) => {
    const other = side === 0 ? second.forPositives : second.forNegatives;
    return sum + covariance(own, own) + covariance(other, other) - 2 * covariance(own, other);
  }, 0);
  const value = first.area - second.area;
  const error = Math.sqrt(Math.max(0, variance));
  const z = error > 0 ? value / error : value === 0 ? 0 : Math.sign(value) * Number.POSITIVE_INFINITY;
  const margin = normalQuantile((1 + level) / 2) * error;
  return { value, low: value - margin, high: value + margin, z, p: normalTwoSided(z) };
}

/** For each positive the share of negatives below it, for each negative the share of positives above it. */
function placements(positive: ArrayLike<number | boolean>, scores: ArrayLike<number>) {
  if (positive.length !== scores.length) {
    throw new RangeError(`rocArea: ${positive.length} truths but ${scores.length} scores`);
  }
  const positives: number[] = [];
  const negatives: number[] = [];
  for (let i = 0; i < scores.length; i++) (positive[i] ? positives : negatives).push(scores[i]);
  const [m, n] = [positives.length, negatives.length];
  if (m < 2 || n < 2) {
    throw new RangeError(`rocArea: needs two positives and two negatives, got ${m} and ${n}`);
  }
  const all = rank([...positives, ...negatives]).ranks;
  const amongPositives = rank(positives).ranks;
  const amongNegatives = rank(negatives).ranks;
  const forPositives = amongPositives.map((own, i) => (all[i] - own) / n);
  const forNegatives = amongNegatives.map((own, i) => 1 - (all[m + i] - own) / m);
  return { area: forPositives.reduce((sum, share) => sum + share, 0) / m, forPositives, forNegatives };
}

/** Covariance of the two means of equally long samples. */
function covariance(a: Float64Array, b: Float64Array): number {
  const count = a.length;
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < count; i++) {
    meanA += a[i] / count;
    meanB += b[i] / count;
  }
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[i] - meanA) * (b[i] - meanB);
  return sum / (count - 1) / count;
}
