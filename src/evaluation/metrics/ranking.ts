/**
 * Measures of how well scores rank the positives before the negatives. Ties are handled exactly. Weights count an
 * observation several times; a measure that is undefined (one class only) is NaN.
 * @module
 */

/** Positions of the scores, highest first: computed once, it serves every resample of a bootstrap. */
export function descendingOrder(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b] - scores[a]);
}

export interface RankingOptions {
  readonly weights?: ArrayLike<number>;
  /** `descendingOrder(scores)`, if it is known already. */
  readonly order?: Int32Array;
}

/** Area under the ROC curve. `positive[i]` is 1 (or true) for positives. */
export function areaUnderRoc(
  positive: ArrayLike<number | boolean>,
  scores: ArrayLike<number>,
  { weights, order = descendingOrder(scores) }: RankingOptions = {},
): number {
  let positives = 0;
  let negatives = 0;
  let area = 0;
  for (let i = 0; i < order.length; ) {
    let tiedPositives = 0;
    let tiedNegatives = 0;
    const score = scores[order[i]];
    for (; i < order.length && scores[order[i]] === score; i++) {
      const weight = weights ? weights[order[i]] : 1;
      if (positive[order[i]]) tiedPositives += weight;
      else tiedNegatives += weight;
    }
    area += tiedNegatives * (positives + tiedPositives / 2);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives > 0 && negatives > 0 ? area / (positives * negatives) : Number.NaN;
}

/** Average precision: precision at each distinct score, weighted by the recall gained there. */
export function averagePrecision(
  positive: ArrayLike<number | boolean>,
  scores: ArrayLike<number>,
  { weights, order = descendingOrder(scores) }: RankingOptions = {},
): number {
  let positives = 0;
  let seen = 0;
  let sum = 0;
  for (let i = 0; i < order.length; ) {
    let gained = 0;
    const score = scores[order[i]];
    for (; i < order.length && scores[order[i]] === score; i++) {
      const weight = weights ? weights[order[i]] : 1;
      seen += weight;
      if (positive[order[i]]) gained += weight;
    }
    positives += gained;
    if (gained > 0) sum += (gained * positives) / seen;
  }
  return positives > 0 ? sum / positives : Number.NaN;
}

type Ranking = typeof areaUnderRoc;

/**
 * A ranking measure of each class against the rest, averaged over the classes for which it is defined.
 * `probabilities` is row-major `[rows, classes]`. Returns a function of weights, so that sorting is done once.
 */
export function oneAgainstRest(
  measure: Ranking,
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
): (weights?: ArrayLike<number>) => number {
  const rankings = Array.from({ length: classes }, (_, k) => {
    const scores = Float64Array.from({ length: truth.length }, (_, i) => probabilities[i * classes + k]);
    const positive = Uint8Array.from({ length: truth.length }, (_, i) => (truth[i] === k ? 1 : 0));
    return { scores, positive, order: descendingOrder(scores) };
  });
  return (weights) => {
    let sum = 0;
    let defined = 0;
    for (const { scores, positive, order } of rankings) {
      const value = measure(positive, scores, { weights, order });
      if (Number.isNaN(value)) continue;
      sum += value;
      defined++;
    }
    return defined > 0 ? sum / defined : Number.NaN;
  };
}
