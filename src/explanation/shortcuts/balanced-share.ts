/**
 * Shares in which every right answer counts alike, however often it is asked for.
 * @module
 */

/** The mean over the answers that occur of the weighted share of `hits`; NaN where none has weight. */
export function balancedShare(
  hits: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  weights: Float64Array,
): number {
  const sums = new Float64Array(classes);
  const totals = new Float64Array(classes);
  for (let i = 0; i < hits.length; i++) {
    sums[truth[i]] += weights[i] * hits[i];
    totals[truth[i]] += weights[i];
  }
  let [sum, count] = [0, 0];
  for (let k = 0; k < classes; k++) {
    if (totals[k] === 0) continue;
    sum += sums[k] / totals[k];
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
