/**
 * Tails of the t, F, chi-square and binomial distributions: the probability of a value at least as extreme.
 * @module
 */
import { incompleteBeta } from './beta-function.ts';
import { upperGamma } from './gamma-function.ts';

/** P(|T| ≥ |t|) for Student's t. */
export function tTwoSided(t: number, degreesOfFreedom: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (!Number.isFinite(t)) return 0;
  return incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
}

/** P(T ≤ t). */
export function tCdf(t: number, degreesOfFreedom: number): number {
  const tail = tTwoSided(t, degreesOfFreedom) / 2;
  return t <= 0 ? tail : 1 - tail;
}

/** The t with P(T ≤ t) = probability, by bisection to full precision. */
export function tQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1)) {
    throw new RangeError(`tQuantile: the probability lies in (0, 1), got ${probability}`);
  }
  if (probability < 0.5) return -tQuantile(1 - probability, degreesOfFreedom);
  // Working with the upper tail keeps precision for probabilities near 1.
  const tail = 2 * (1 - probability);
  let low = 0;
  let high = 1;
  while (tTwoSided(high, degreesOfFreedom) > tail) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (tTwoSided(middle, degreesOfFreedom) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(F ≥ f) for the F distribution. */
export function fUpper(f: number, numerator: number, denominator: number): number {
  if (Number.isNaN(f)) return Number.NaN;
  if (f <= 0) return 1;
  if (!Number.isFinite(f)) return 0;
  return incompleteBeta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
}

/** P(X ≥ x) for the chi-square distribution. */
export function chiSquareUpper(x: number, degreesOfFreedom: number): number {
  return x <= 0 ? 1 : upperGamma(degreesOfFreedom / 2, x / 2);
}

/** P(X ≤ successes) of `trials` with the given chance of success. */
export function binomialCdf(successes: number, trials: number, chance: number): number {
  if (successes < 0) return 0;
  if (successes >= trials) return 1;
  return incompleteBeta(1 - chance, trials - Math.floor(successes), Math.floor(successes) + 1);
}
