/**
 * Methods that were trained with several seeds and tested on the same patients: both seeds and patients are resampled,
 * since both would be others next time.
 * @module
 */
import { Random } from '../base/random.ts';
import {
  type BootstrapOptions,
  type BootstrapResult,
  bootstrapP,
  clusterCodes,
  type PairedDifference,
  type WeightedStatistics,
} from './bootstrap.ts';
import { quantileOfSorted } from './descriptive.ts';

/**
 * Intervals of means over seeds of any statistics: `ofSeed[s]` measures seed s on weighted observations, as for
 * `clusterBootstrap`; a resample where a drawn seed leaves a statistic undefined is left out. Percentile intervals.
 */
export function nestedBootstrap(
  ofSeed: readonly WeightedStatistics[],
  clusters: readonly (string | number)[],
  { resamples = 2000, level = 0.95, seed = 0 }: Omit<BootstrapOptions, 'method'> = {},
): BootstrapResult {
  if (ofSeed.length === 0 || clusters.length === 0) {
    throw new RangeError('nestedBootstrap: needs a seed and an observation');
  }
  const { codes, count } = clusterCodes(clusters);
  const weights = new Float64Array(codes.length).fill(1);
  const meanOver = (times: Float64Array): Float64Array => {
    let sums: Float64Array | undefined;
    ofSeed.forEach((statistics, s) => {
      if (times[s] === 0) return;
      const values = statistics(weights);
      sums ??= new Float64Array(values.length);
      for (let i = 0; i < values.length; i++) sums[i] += (times[s] * values[i]) / ofSeed.length;
    });
    return sums!;
  };
  const seedTimes = new Float64Array(ofSeed.length).fill(1);
  const values = meanOver(seedTimes);
  const draws = Array.from(values, () => new Float64Array(resamples));
  const defined = Array.from(values, () => 0);
  const random = new Random(seed).split('nested bootstrap');
  const times = new Float64Array(count);
  for (let resample = 0; resample < resamples; resample++) {
    drawTimes(random, seedTimes);
    drawTimes(random, times);
    for (let i = 0; i < codes.length; i++) weights[i] = times[codes[i]];
    meanOver(seedTimes).forEach((value, i) => {
      if (!Number.isNaN(value)) draws[i][defined[i]++] = value;
    });
  }
  const kept = draws.map((all, i) => all.subarray(0, defined[i]).sort());
  const intervals = kept.map((sorted, i) => {
    const value = values[i];
    if (sorted.length === 0 || Number.isNaN(value)) return { value, low: value, high: value };
    const at = (probability: number) => quantileOfSorted(sorted, probability);
    return { value, low: at((1 - level) / 2), high: at((1 + level) / 2) };
  });
  return { intervals, draws: kept };
}

/**
 * `a[s][i]` and `b[s][i]` score observation i under seed s; the two were trained with the same seeds. The difference is
 * the mean of `a − b` over seeds and observations. Options as in `pairedBootstrap`, percentile intervals only.
 */
export function nestedPairedBootstrap(
  a: readonly ArrayLike<number>[],
  b: readonly ArrayLike<number>[],
  clusters: readonly (string | number)[],
  { resamples = 10_000, level = 0.95, seed = 0 }: Omit<BootstrapOptions, 'method'> = {},
): PairedDifference {
  const seeds = a.length;
  const fits = (scores: readonly ArrayLike<number>[]) =>
    scores.length === seeds && scores.every((row) => row.length === clusters.length);
  if (seeds === 0 || clusters.length === 0 || !fits(a) || !fits(b)) {
    throw new RangeError('nestedPairedBootstrap: needs, for each seed, a score of both methods for every observation');
  }
  const { codes, count } = clusterCodes(clusters);
  const sizes = new Float64Array(count);
  for (const code of codes) sizes[code]++;
  const sums = a.map((row, s) => {
    const bySeed = new Float64Array(count);
    for (let i = 0; i < codes.length; i++) bySeed[codes[i]] += row[i] - b[s][i];
    return bySeed;
  });
  const total = sums.reduce((sum, bySeed) => sum + bySeed.reduce((part, value) => part + value, 0), 0);
  const value = total / (seeds * clusters.length);

  const random = new Random(seed).split('nested bootstrap');
  const draws = new Float64Array(resamples);
  const seedTimes = new Float64Array(seeds);
  const clusterTimes = new Float64Array(count);
  for (let resample = 0; resample < resamples; resample++) {
    drawTimes(random, seedTimes);
    drawTimes(random, clusterTimes);
    let sum = 0;
    let observations = 0;
    for (let c = 0; c < count; c++) {
      observations += clusterTimes[c] * sizes[c];
      for (let s = 0; s < seeds; s++) sum += clusterTimes[c] * seedTimes[s] * sums[s][c];
    }
    draws[resample] = sum / (seeds * observations);
  }
  draws.sort();
  return {
    difference: {
      value,
      low: quantileOfSorted(draws, (1 - level) / 2),
      high: quantileOfSorted(draws, (1 + level) / 2),
    },
    p: bootstrapP(draws),
  };
}

function drawTimes(random: Random, times: Float64Array): void {
  times.fill(0);
  for (let i = 0; i < times.length; i++) times[random.integer(times.length)]++;
}
