/**
 * Ranks with ties shared.
 * @module
 */

export interface Ranking {
  /** Ranks 1 … n in the order of the values; tied values share the mean of their ranks. */
  readonly ranks: Float64Array;
  /** Sizes of the groups of equal values, groups of one included. */
  readonly ties: readonly number[];
}

/** Ranks values from smallest (1) to largest. */
export function rank(values: ArrayLike<number>): Ranking {
  const order = Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  const ties: number[] = [];
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && values[order[to]] === values[order[from]]) to++;
    for (let i = from; i < to; i++) ranks[order[i]] = (from + 1 + to) / 2;
    ties.push(to - from);
    from = to;
  }
  return { ranks, ties };
}

/** Σ (t³ − t) over groups of ties: what they take from the variance of rank statistics. */
export function tieCorrection(ties: readonly number[]): number {
  return ties.reduce((sum, t) => sum + t * t * t - t, 0);
}
