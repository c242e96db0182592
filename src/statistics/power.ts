/**
 * How many seeds or patients a difference needs, and which difference a number of them can show (normal approximation,
 * paired design).
 * @module
 */
import { normalQuantile } from './normal.ts';

export interface PowerOptions {
  /** Two-sided level of the test. Default 0.05. */
  readonly alpha?: number;
  /** Probability of finding a difference that is there. Default 0.8. */
  readonly power?: number;
}

function spread({ alpha = 0.05, power = 0.8 }: PowerOptions): number {
  return normalQuantile(1 - alpha / 2) + normalQuantile(power);
}

/** Pairs needed to detect a mean difference whose paired differences deviate by `deviation`; rounded up. */
export function pairsNeeded(difference: number, deviation: number, options: PowerOptions = {}): number {
  if (difference === 0) throw new RangeError('pairsNeeded: no number of pairs shows a difference of 0');
  return Math.ceil(((spread(options) * deviation) / difference) ** 2);
}

/** The smallest mean difference that `pairs` pairs detect. */
export function detectableDifference(pairs: number, deviation: number, options: PowerOptions = {}): number {
  if (!(pairs >= 1)) throw new RangeError(`detectableDifference: needs a pair, got ${pairs}`);
  return (spread(options) * deviation) / Math.sqrt(pairs);
}
