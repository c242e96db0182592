/**
 * Wilcoxon's signed-rank test of paired differences.
 * @module
 */
import { normalTwoSided } from './normal.ts';
import { rank, tieCorrection } from './ranks.ts';

export interface SignedRankResult {
  /** Sum of the ranks of positive and of negative differences. */
  readonly positive: number;
  readonly negative: number;
  /** Differences that are not 0; zeros are dropped. */
  readonly pairs: number;
  /** Two-sided. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
  /** Matched rank-biserial correlation (W⁺ − W⁻) / (W⁺ + W⁻), −1 to 1. */
  readonly effect: number;
  /** The smallest p value that this many pairs can reach: with 5 pairs 0.0625, so 0.05 is out of reach. */
  readonly smallestP: number;
}

const mostExact = 25;

/**
 * Tests whether `differences` are symmetric about 0. Up to 25 differences the null distribution is counted, ties
 * included; beyond that the normal approximation with the tie correction is used.
 */
export function signedRankTest(differences: ArrayLike<number>): SignedRankResult {
  const kept = Array.from(differences).filter((d) => d !== 0);
  const pairs = kept.length;
  const { ranks, ties } = rank(kept.map(Math.abs));
  let positive = 0;
  let negative = 0;
  kept.forEach((d, i) => {
    if (d > 0) positive += ranks[i];
    else negative += ranks[i];
  });
  const exact = pairs <= mostExact;
  let p = 1;
  if (exact) {
    p = exactP(ranks, Math.min(positive, negative));
  } else {
    const expected = (pairs * (pairs + 1)) / 4;
    const variance = (pairs * (pairs + 1) * (2 * pairs + 1)) / 24 - tieCorrection(ties) / 48;
    p = normalTwoSided((positive - expected) / Math.sqrt(variance));
  }
  return {
    positive,
    negative,
    pairs,
    p,
    method: exact ? 'exact' : 'normal',
    effect: pairs === 0 ? 0 : (positive - negative) / (positive + negative),
    smallestP: Math.min(1, 2 / 2 ** pairs),
  };
}

/** Share of the 2ⁿ sign patterns whose rank sum is at most `smaller`, doubled. Ranks are multiples of one half. */
function exactP(ranks: Float64Array, smaller: number): number {
  let total = 0;
  for (const r of ranks) total += 2 * r;
  // patterns[s]: how many ways to give signs so that twice the positive rank sum is s.
  const patterns = new Float64Array(total + 1);
  patterns[0] = 1;
  let reached = 0;
  for (const r of ranks) {
    reached += 2 * r;
    for (let s = reached; s >= 2 * r; s--) patterns[s] += patterns[s - 2 * r];
  }
  let below = 0;
  for (let s = 0; s <= 2 * smaller; s++) below += patterns[s];
  return Math.min(1, (2 * below) / 2 ** ranks.length);
}
