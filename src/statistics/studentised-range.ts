/**
 * Distribution of the range of k independent standard normal variables (the studentised range with infinitely many
 * degrees of freedom).
 * @module
 */
import { normalCdf } from './normal.ts';

/** P(range of `groups` normals ≤ q) = k ∫ φ(z) [Φ(z) − Φ(z − q)]^(k−1) dz, by the trapezium rule. */
export function studentisedRangeCdf(q: number, groups: number): number {
  if (q <= 0) return 0;
  // The integrand and all its derivatives vanish at both ends, where this rule converges faster than any power of the step.
  const step = 0.04;
  let sum = 0;
  for (let z = -9; z <= 9 + q; z += step) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    sum += density * (normalCdf(z) - normalCdf(z - q)) ** (groups - 1);
  }
  return Math.min(1, groups * sum * step);
}

/** The q below which the range lies with the given probability. */
export function studentisedRangeQuantile(probability: number, groups: number): number {
  if (!(probability > 0 && probability < 1) || groups < 2) {
    throw new RangeError(`studentisedRangeQuantile: needs a probability in (0, 1) and two groups, got ${groups}`);
  }
  let low = 0;
  let high = 20;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (studentisedRangeCdf(middle, groups) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
