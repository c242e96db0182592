/**
 * Intervals of statistics of pairs (how alike two networks are), for which resampling will not do: a seed drawn twice
 * would be compared with itself.
 * @module
 */
import type { PairedDifference } from './bootstrap.ts';
import { clusterCodes } from './bootstrap.ts';
import { tQuantile, tTwoSided } from './distributions.ts';

export interface TwoWayJackknifeOptions {
  /** Groups that clusters are dealt into, default 10; fewer clusters make as many groups. */
  readonly groups?: number;
  /** Confidence level, default 0.95. */
  readonly level?: number;
}

/**
 * Statistics with the variance of both seeds and clusters (patients): each seed is left out in turn, then each group of
 * clusters, and the two jackknife variances are added (Owen, "The pigeonhole bootstrap", 2007: conservative). The interval
 * is that of Student's t with Welch and Satterthwaite's degrees of freedom; p is two-sided, against 0.
 *
 * `statistics` gets the seeds and the rows to use. Needs three seeds and two clusters.
 */
export function twoWayJackknife(
  seeds: number,
  clusters: readonly (string | number)[],
  statistics: (seeds: readonly number[], rows: readonly number[]) => readonly number[],
  { groups = 10, level = 0.95 }: TwoWayJackknifeOptions = {},
): PairedDifference[] {
  const { codes, count } = clusterCodes(clusters);
  if (seeds < 3 || count < 2) {
    throw new RangeError(`twoWayJackknife: needs three seeds and two clusters, got ${seeds} and ${count}`);
  }
  const allSeeds = Array.from({ length: seeds }, (_, seed) => seed);
  const allRows = clusters.map((_, row) => row);
  const dealt = Math.min(groups, count);
  const values = statistics(allSeeds, allRows);
  const withoutSeed = allSeeds.map((left) =>
    statistics(
      allSeeds.filter((seed) => seed !== left),
      allRows,
    ),
  );
  const withoutGroup = Array.from({ length: dealt }, (_, group) =>
    statistics(
      allSeeds,
      allRows.filter((row) => codes[row] % dealt !== group),
    ),
  );
  return values.map((value, i): PairedDifference => {
    const ofSeeds = jackknifeVariance(withoutSeed.map((entry) => entry[i]));
    const ofClusters = jackknifeVariance(withoutGroup.map((entry) => entry[i]));
    const variance = ofSeeds + ofClusters;
    if (!(variance > 0)) return { difference: { value, low: value, high: value }, p: value === 0 ? 1 : 0 };
    const freedom = variance ** 2 / (ofSeeds ** 2 / (seeds - 1) + ofClusters ** 2 / (dealt - 1));
    const error = Math.sqrt(variance);
    const margin = tQuantile((1 + level) / 2, freedom) * error;
    return {
      difference: { value, low: value - margin, high: value + margin },
      p: tTwoSided(value / error, freedom),
    };
  });
}

function jackknifeVariance(without: readonly number[]): number {
  const { length } = without;
  const centre = without.reduce((sum, value) => sum + value, 0) / length;
  return ((length - 1) / length) * without.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}
