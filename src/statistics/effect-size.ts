/**
 * How large a difference is, beside whether there is one.
 * @module
 */
import { mean, variance } from './descriptive.ts';
import { logGamma } from './gamma-function.ts';

/** Hedges' g of two independent samples: difference of means over the pooled deviation, corrected for small samples. */
export function hedgesG(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const freedom = a.length + b.length - 2;
  const pooled = ((a.length - 1) * variance(a) + (b.length - 1) * variance(b)) / freedom;
  return ((mean(a) - mean(b)) / Math.sqrt(pooled)) * smallSampleFactor(freedom);
}

/** Hedges' g of paired differences: their mean over their deviation, corrected for small samples. */
export function hedgesGPaired(differences: ArrayLike<number>): number {
  return (mean(differences) / Math.sqrt(variance(differences))) * smallSampleFactor(differences.length - 1);
}

/** The exact factor J(ν) = Γ(ν/2) / (√(ν/2) Γ((ν − 1)/2)); none exists for one degree of freedom. */
function smallSampleFactor(freedom: number): number {
  if (freedom < 2) return Number.NaN;
  return Math.exp(logGamma(freedom / 2) - logGamma((freedom - 1) / 2)) / Math.sqrt(freedom / 2);
}

/** Cliff's δ = P(a > b) − P(a < b) over all pairs, −1 to 1. */
export function cliffsDelta(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return 2 * probabilityOfImprovement(a, b) - 1;
}

/** P(a > b) over all pairs, ties counting half. */
export function probabilityOfImprovement(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length === 0 || b.length === 0) throw new RangeError('probabilityOfImprovement: both samples need values');
  const sorted = Float64Array.from(b).sort();
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (firstAtLeast(sorted, a[i]) + firstAbove(sorted, a[i])) / 2;
  return sum / (a.length * b.length);
}

function firstAtLeast(sorted: Float64Array, value: number): number {
  return bisect(sorted, (element) => element < value);
}

function firstAbove(sorted: Float64Array, value: number): number {
  return bisect(sorted, (element) => element <= value);
}

function bisect(sorted: Float64Array, before: (element: number) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (before(sorted[middle])) low = middle + 1;
    else high = middle;
  }
  return low;
}
