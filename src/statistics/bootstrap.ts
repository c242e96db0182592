/**
 * The bootstrap by cluster: patients are drawn with replacement and bring all their observations along, so that
 * intervals are about new patients, not about new frames of the same ones.
 *
 * Percentile and bias-corrected accelerated (BCa) intervals: Efron, "Better bootstrap confidence intervals", JASA 1987.
 * @module
 */
import { Random } from '../base/random.ts';
import { mean, quantileOfSorted } from './descriptive.ts';
import { normalCdf, normalQuantile } from './normal.ts';

/** A value with the ends of its confidence interval. */
export interface Interval {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface BootstrapOptions {
  /** Default 2000. */
  readonly resamples?: number;
  /** Confidence level, default 0.95. */
  readonly level?: number;
  /** Default 0. The same seed and clusters give the same resamples, whatever is measured on them. */
  readonly seed?: number;
  /** Default `percentile`. BCa costs one more evaluation for each cluster. */
  readonly method?: 'percentile' | 'bca';
}

/**
 * Statistics of a weighted sample, e.g. `(w) => [accuracy(truth, answers, w)]`. `weights` holds how often each
 * observation was drawn; the array is reused between calls. A statistic that is undefined on a resample returns NaN there.
 */
export type WeightedStatistics = (weights: Float64Array) => readonly number[];

export interface BootstrapResult {
  readonly intervals: readonly Interval[];
  /** Defined values of each statistic over the resamples, ascending. */
  readonly draws: readonly Float64Array[];
}

/**
 * Intervals of several statistics on the same resamples of clusters.
 * `clusters[i]` names the cluster (patient) of observation i. Where a statistic is defined on no resample, and for BCa
 * where there is one cluster only, its interval is the value itself.
 */
export function clusterBootstrap(
  clusters: readonly (string | number)[],
  statistics: WeightedStatistics,
  options: BootstrapOptions = {},
): BootstrapResult {
  const { resamples = 2000, level = 0.95, seed = 0, method = 'percentile' } = options;
  requireValid(clusters.length, resamples, level);
  const { codes, count } = clusterCodes(clusters);
  const weights = new Float64Array(codes.length).fill(1);
  const values = [...statistics(weights)];
  const draws = values.map(() => new Float64Array(resamples));
  const defined = values.map(() => 0);
  const times = new Float64Array(count);
  const random = new Random(seed).split('bootstrap');
  for (let resample = 0; resample < resamples; resample++) {
    times.fill(0);
    for (let i = 0; i < count; i++) times[random.integer(count)]++;
    for (let i = 0; i < codes.length; i++) weights[i] = times[codes[i]];
    statistics(weights).forEach((value, statistic) => {
      if (!Number.isNaN(value)) draws[statistic][defined[statistic]++] = value;
    });
  }
  const kept = draws.map((all, statistic) => all.subarray(0, defined[statistic]).sort());
  const left = method === 'bca' ? leaveOneOut(codes, count, weights, statistics, values.length) : undefined;
  const intervals = values.map((value, statistic): Interval => {
    const sorted = kept[statistic];
    if (sorted.length === 0 || Number.isNaN(value)) return { value, low: value, high: value };
    const [low, high] = left
      ? acceleratedProbabilities(value, sorted, left[statistic], level)
      : [(1 - level) / 2, (1 + level) / 2];
    return { value, low: quantileOfSorted(sorted, low), high: quantileOfSorted(sorted, high) };
  });
  return { intervals, draws: kept };
}

export interface PairedDifference {
  /** Mean of `a − b` over observations. */
  readonly difference: Interval;
  /** Two-sided, at least 1 / (resamples + 1). */
  readonly p: number;
}

/**
 * Two models on the same test observations: the mean difference `a − b`, its interval and a two-sided p value, by
 * resampling clusters. `a[i]`, `b[i]` score observation i (1 right, 0 wrong, or any number).
 */
export function pairedBootstrap(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  clusters: readonly (string | number)[],
  options: BootstrapOptions = {},
): PairedDifference {
  if (a.length !== b.length || a.length !== clusters.length) {
    throw new RangeError(
      `pairedBootstrap: the lengths of a (${a.length}), b (${b.length}) and clusters (${clusters.length}) differ`,
    );
  }
  const differences = Float64Array.from({ length: a.length }, (_, i) => a[i] - b[i]);
  const { intervals, draws } = clusterBootstrap(
    clusters,
    (weights) => {
      let sum = 0;
      let total = 0;
      for (let i = 0; i < differences.length; i++) {
        sum += weights[i] * differences[i];
        total += weights[i];
      }
      return [sum / total];
    },
    { resamples: 10_000, ...options },
  );
  return { difference: intervals[0], p: bootstrapP(draws[0]) };
}

/** 2 · min(P(Δ* ≤ 0), P(Δ* ≥ 0)), floored at 1 / (B + 1), for resampled differences Δ*. */
export function bootstrapP(draws: ArrayLike<number>): number {
  let atOrBelow = 0;
  let atOrAbove = 0;
  for (let i = 0; i < draws.length; i++) {
    if (draws[i] <= 0) atOrBelow++;
    if (draws[i] >= 0) atOrAbove++;
  }
  const p = (2 * Math.min(atOrBelow, atOrAbove)) / draws.length;
  return Math.min(1, Math.max(p, 1 / (draws.length + 1)));
}

/** Whole numbers 0 … count − 1 for cluster names, in order of appearance. */
export function clusterCodes(clusters: readonly (string | number)[]): { codes: Int32Array; count: number } {
  const known = new Map<string | number, number>();
  const codes = new Int32Array(clusters.length);
  clusters.forEach((cluster, i) => {
    let code = known.get(cluster);
    if (code === undefined) known.set(cluster, (code = known.size));
    codes[i] = code;
  });
  return { codes, count: known.size };
}

function requireValid(observations: number, resamples: number, level: number): void {
  if (observations === 0) throw new RangeError('bootstrap: there are no observations');
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`bootstrap: resamples is a positive whole number, got ${resamples}`);
  }
  if (!(level > 0 && level < 1)) throw new RangeError(`bootstrap: the level lies in (0, 1), got ${level}`);
}

function leaveOneOut(
  codes: Int32Array,
  count: number,
  weights: Float64Array,
  statistics: WeightedStatistics,
  size: number,
): number[][] {
  const values: number[][] = Array.from({ length: size }, () => []);
  for (let cluster = 0; count > 1 && cluster < count; cluster++) {
    for (let i = 0; i < codes.length; i++) weights[i] = codes[i] === cluster ? 0 : 1;
    statistics(weights).forEach((value, statistic) => {
      if (!Number.isNaN(value)) values[statistic].push(value);
    });
  }
  return values;
}

/** The BCa probabilities α₁, α₂ that replace (1 ∓ level) / 2. */
function acceleratedProbabilities(
  value: number,
  sorted: Float64Array,
  left: readonly number[],
  level: number,
): [number, number] {
  let below = 0;
  let equal = 0;
  for (const draw of sorted) {
    if (draw < value) below++;
    else if (draw === value) equal++;
  }
  // Ties count half, otherwise a discrete statistic looks biased. A share of 0 or 1 would make the bias infinite.
  const share = Math.min(Math.max((below + equal / 2) / sorted.length, 0.5 / sorted.length), 1 - 0.5 / sorted.length);
  const bias = normalQuantile(share);
  let cubes = 0;
  let squares = 0;
  if (left.length > 1) {
    const centre = mean(left);
    for (const estimate of left) {
      const d = centre - estimate;
      cubes += d * d * d;
      squares += d * d;
    }
  }
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  return [(1 - level) / 2, (1 + level) / 2].map((probability) => {
    const z = bias + normalQuantile(probability);
    return normalCdf(bias + z / (1 - acceleration * z));
  }) as [number, number];
}
