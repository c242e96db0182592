/**
 * DeLong's variance of areas under ROC curves (DeLong et al., Biometrics 44, 1988), by the ranks of Sun and Xu (IEEE
 * Signal Processing Letters 21, 2014), for independent observations, and its extension to several observations a
 * patient (Obuchowski, "Nonparametric analysis of clustered ROC curve data", Biometrics 53, 1997).
 * @module
 */
import { clusterCodes, type Interval } from './bootstrap.ts';
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
  return asDifference(first.area - second.area, variance, level);
}

function asDifference(value: number, variance: number, level: number): RocDifference {
  const error = Math.sqrt(Math.max(0, variance));
  const z = error > 0 ? value / error : value === 0 ? 0 : Math.sign(value) * Number.POSITIVE_INFINITY;
  const margin = normalQuantile((1 + level) / 2) * error;
  return { value, low: value - margin, high: value + margin, z, p: normalTwoSided(z) };
}

/**
 * Area under the ROC curve where observations of one cluster (patient) depend on each other: `clusters[i]` names the one
 * of observation i. With one observation a cluster it is `rocArea`. `undefined` with fewer than two clusters that have
 * positives, or that have negatives: nothing could be said of other patients.
 */
export function clusteredRocArea(
  positive: ArrayLike<number | boolean>,
  scores: ArrayLike<number>,
  clusters: readonly (string | number)[],
  level = 0.95,
): RocArea | undefined {
  const sums = clusterSums(positive, clusters, [scores]);
  if (sums === undefined) return undefined;
  const variance = Math.max(0, clusteredCovariance(sums, 0, 0));
  const area = sums.areas[0];
  const margin = normalQuantile((1 + level) / 2) * Math.sqrt(variance);
  return { value: area, variance, low: Math.max(0, area - margin), high: Math.min(1, area + margin) };
}

/** Difference `a − b` of the areas of two scores on the same clustered observations; `undefined` as for one area. */
export function clusteredRocAreaDifference(
  positive: ArrayLike<number | boolean>,
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  clusters: readonly (string | number)[],
  level = 0.95,
): RocDifference | undefined {
  const sums = clusterSums(positive, clusters, [a, b]);
  if (sums === undefined) return undefined;
  const variance =
    clusteredCovariance(sums, 0, 0) + clusteredCovariance(sums, 1, 1) - 2 * clusteredCovariance(sums, 0, 1);
  return asDifference(sums.areas[0] - sums.areas[1], variance, level);
}

interface ClusterSums {
  readonly areas: readonly number[];
  /** Positives and negatives of each cluster. */
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  /** Sums of the placements of each cluster's positives and negatives, for each set of scores. */
  readonly ofPositives: readonly Float64Array[];
  readonly ofNegatives: readonly Float64Array[];
}

function clusterSums(
  positive: ArrayLike<number | boolean>,
  clusters: readonly (string | number)[],
  scores: readonly ArrayLike<number>[],
): ClusterSums | undefined {
  const { codes, count } = clusterCodes(clusters);
  const positives = new Float64Array(count);
  const negatives = new Float64Array(count);
  codes.forEach((code, i) => {
    (positive[i] ? positives : negatives)[code]++;
  });
  const occupied = (side: Float64Array) => side.reduce((sum, size) => sum + (size > 0 ? 1 : 0), 0);
  if (occupied(positives) < 2 || occupied(negatives) < 2) return undefined;
  const areas: number[] = [];
  const ofPositives: Float64Array[] = [];
  const ofNegatives: Float64Array[] = [];
  for (const own of scores) {
    const { area, forPositives, forNegatives } = placements(positive, own);
    const sums = [new Float64Array(count), new Float64Array(count)];
    const next = [0, 0];
    codes.forEach((code, i) => {
      if (positive[i]) sums[0][code] += forPositives[next[0]++];
      else sums[1][code] += forNegatives[next[1]++];
    });
    areas.push(area);
    ofPositives.push(sums[0]);
    ofNegatives.push(sums[1]);
  }
  return { areas, positives, negatives, ofPositives, ofNegatives };
}

/** Obuchowski's covariance of the areas of scores a and b. */
function clusteredCovariance(sums: ClusterSums, a: number, b: number): number {
  const { areas, positives, negatives, ofPositives, ofNegatives } = sums;
  const clusters = positives.length;
  let [m, n, withPositives, withNegatives] = [0, 0, 0, 0];
  let [pp, nn, pn, np] = [0, 0, 0, 0];
  for (let c = 0; c < clusters; c++) {
    m += positives[c];
    n += negatives[c];
    if (positives[c] > 0) withPositives++;
    if (negatives[c] > 0) withNegatives++;
    const [pa, pb] = [a, b].map((s) => ofPositives[s][c] - positives[c] * areas[s]);
    const [na, nb] = [a, b].map((s) => ofNegatives[s][c] - negatives[c] * areas[s]);
    pp += pa * pb;
    nn += na * nb;
    pn += pa * nb;
    np += na * pb;
  }
  return (
    (withPositives / (withPositives - 1)) * (pp / (m * m)) +
    (withNegatives / (withNegatives - 1)) * (nn / (n * n)) +
    (clusters / (clusters - 1)) * ((pn + np) / (m * n))
  );
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
