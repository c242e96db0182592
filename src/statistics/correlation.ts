/**
 * Correlation of two paired samples.
 * @module
 */
import type { Interval } from './bootstrap.ts';
import { tTwoSided } from './distributions.ts';
import { normalQuantile, normalTwoSided } from './normal.ts';
import { rank } from './ranks.ts';

export interface Correlation {
  readonly value: number;
  /** Two-sided, against no association. */
  readonly p: number;
}

/** Pearson's r, with the t test of n − 2 degrees of freedom. NaN where a sample does not vary. */
export function pearson(a: ArrayLike<number>, b: ArrayLike<number>): Correlation {
  const count = requirePairs(a, b, 3);
  let meanA = 0;
  let meanB = 0;
  for (let i = 0; i < count; i++) {
    meanA += a[i] / count;
    meanB += b[i] / count;
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < count; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  const value = aa > 0 && bb > 0 ? Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))) : Number.NaN;
  return { value, p: tTwoSided(value * Math.sqrt((count - 2) / (1 - value * value)), count - 2) };
}

/** Spearman's ρ: Pearson's r of the ranks. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): Correlation {
  requirePairs(a, b, 3);
  return pearson(rank(a).ranks, rank(b).ranks);
}

/** Kendall's τ-b, with the normal approximation under ties. */
export function kendall(a: ArrayLike<number>, b: ArrayLike<number>): Correlation {
  const n = requirePairs(a, b, 3);
  let concordance = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) concordance += Math.sign(a[i] - a[j]) * Math.sign(b[i] - b[j]);
  }
  const sums = [rank(a).ties, rank(b).ties].map((ties) => ({
    pairs: total(ties, (t) => (t * (t - 1)) / 2),
    triples: total(ties, (t) => t * (t - 1) * (t - 2)),
    variance: total(ties, (t) => t * (t - 1) * (2 * t + 5)),
  }));
  const [x, y] = sums;
  const all = (n * (n - 1)) / 2;
  const value = concordance / Math.sqrt((all - x.pairs) * (all - y.pairs));
  const variance =
    (n * (n - 1) * (2 * n + 5) - x.variance - y.variance) / 18 +
    (2 * x.pairs * y.pairs) / (n * (n - 1)) +
    (x.triples * y.triples) / (9 * n * (n - 1) * (n - 2));
  return { value, p: normalTwoSided(concordance / Math.sqrt(variance)) };
}

/**
 * Interval of a correlation through Fisher's z = artanh r. For Spearman's ρ the variance (1 + ρ²/2) / (n − 3) of Bonett
 * and Wright (Psychometrika 65, 2000) is used. Needs four pairs.
 */
export function fisherInterval(
  value: number,
  pairs: number,
  { level = 0.95, kind = 'pearson' }: { level?: number; kind?: 'pearson' | 'spearman' } = {},
): Interval {
  if (pairs < 4) throw new RangeError(`fisherInterval: needs four pairs, got ${pairs}`);
  const variance = (kind === 'spearman' ? 1 + (value * value) / 2 : 1) / (pairs - 3);
  const margin = normalQuantile((1 + level) / 2) * Math.sqrt(variance);
  const z = Math.atanh(value);
  return { value, low: Math.tanh(z - margin), high: Math.tanh(z + margin) };
}

function requirePairs(a: ArrayLike<number>, b: ArrayLike<number>, least: number): number {
  if (a.length !== b.length) throw new RangeError(`correlation: ${a.length} values against ${b.length}`);
  if (a.length < least) throw new RangeError(`correlation: needs at least ${least} pairs, got ${a.length}`);
  return a.length;
}

function total(values: readonly number[], of: (value: number) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0);
}
