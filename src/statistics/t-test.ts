/**
 * t tests of paired differences: the ordinary one, its correction for overlapping training sets, and equivalence.
 * @module
 */
import { mean, variance } from './descriptive.ts';
import { tCdf, tQuantile, tTwoSided } from './distributions.ts';

export interface TTestResult {
  readonly mean: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly p: number;
  /** Confidence interval of the mean. */
  readonly low: number;
  readonly high: number;
}

/** Paired t test: is the mean of `differences` 0? Needs two differences. */
export function pairedTTest(differences: ArrayLike<number>, level = 0.95): TTestResult {
  return tTest(differences, 1 / differences.length, level);
}

/**
 * Corrected resampled t test (Nadeau and Bengio, "Inference for the generalization error", Machine Learning 52, 2003) of
 * differences over folds and repeats, whose training sets overlap: the variance is widened by `testItems / trainItems`.
 */
export function correctedResampledTTest(
  differences: ArrayLike<number>,
  { trainItems, testItems, level = 0.95 }: { trainItems: number; testItems: number; level?: number },
): TTestResult {
  if (!(trainItems > 0 && testItems > 0)) throw new RangeError('correctedResampledTTest: needs items in both parts');
  return tTest(differences, 1 / differences.length + testItems / trainItems, level);
}

function tTest(differences: ArrayLike<number>, share: number, level: number): TTestResult {
  const centre = mean(differences);
  const error = Math.sqrt(share * variance(differences));
  const degreesOfFreedom = differences.length - 1;
  const t = error > 0 ? centre / error : centre === 0 ? 0 : Math.sign(centre) * Number.POSITIVE_INFINITY;
  const margin = error * tQuantile((1 + level) / 2, degreesOfFreedom);
  return {
    mean: centre,
    t,
    degreesOfFreedom,
    p: tTwoSided(t, degreesOfFreedom),
    low: centre - margin,
    high: centre + margin,
  };
}

/**
 * Equivalence of a pair by two one-sided t tests: a small p says that the mean difference lies within ± `margin`.
 * To be shown before two methods are called on par.
 */
export function equivalenceTest(differences: ArrayLike<number>, margin: number): { readonly p: number } {
  const centre = mean(differences);
  const error = Math.sqrt(variance(differences) / differences.length);
  const freedom = differences.length - 1;
  if (error === 0) return { p: Math.abs(centre) < margin ? 0 : 1 };
  return { p: Math.max(tCdf((centre - margin) / error, freedom), 1 - tCdf((centre + margin) / error, freedom)) };
}
