/**
 * Permutation test on paired differences: under the null hypothesis each difference could as well have had the other sign.
 * @module
 */
import { Random } from '../base/random.ts';

export interface SignFlipOptions {
  /** Random sign patterns when there are more than 20 differences. Default 10 000. */
  readonly resamples?: number;
  readonly seed?: number;
}

export interface SignFlipResult {
  readonly mean: number;
  /** Two-sided. */
  readonly p: number;
  /** Whether every sign pattern was counted. */
  readonly exact: boolean;
}

const mostExact = 20;

/** Tests whether the mean of `differences` is 0. Up to 20 differences all 2ⁿ sign patterns are counted. */
export function signFlipTest(
  differences: ArrayLike<number>,
  { resamples = 10_000, seed = 0 }: SignFlipOptions = {},
): SignFlipResult {
  const count = differences.length;
  if (count === 0) throw new RangeError('signFlipTest: there are no differences');
  let sum = 0;
  let size = 0;
  for (let i = 0; i < count; i++) {
    sum += differences[i];
    size += Math.abs(differences[i]);
  }
  // Sums taken in another order differ by rounding; patterns that tie with the observed one must count.
  const threshold = Math.abs(sum) - 1e-12 * size;
  const exact = count <= mostExact;
  const extreme = exact ? countAll(differences, sum, threshold) : countSome(differences, threshold, resamples, seed);
  return { mean: sum / count, p: exact ? extreme / 2 ** count : (1 + extreme) / (1 + resamples), exact };
}

/** Gray code: neighbouring patterns differ in one sign. */
function countAll(differences: ArrayLike<number>, sum: number, threshold: number): number {
  const signs = new Int8Array(differences.length).fill(1);
  let current = sum;
  let extreme = Math.abs(current) >= threshold ? 1 : 0;
  for (let pattern = 1; pattern < 2 ** differences.length; pattern++) {
    const flipped = 31 - Math.clz32(pattern & -pattern);
    signs[flipped] = -signs[flipped];
    current += 2 * signs[flipped] * differences[flipped];
    if (Math.abs(current) >= threshold) extreme++;
  }
  return extreme;
}

function countSome(differences: ArrayLike<number>, threshold: number, resamples: number, seed: number): number {
  const random = new Random(seed).split('sign flips');
  let extreme = 0;
  for (let resample = 0; resample < resamples; resample++) {
    let sum = 0;
    for (let i = 0; i < differences.length; ) {
      let word = random.uint32();
      for (let bit = 0; bit < 32 && i < differences.length; bit++, i++, word >>>= 1) {
        sum += word & 1 ? differences[i] : -differences[i];
      }
    }
    if (Math.abs(sum) >= threshold) extreme++;
  }
  return extreme;
}
