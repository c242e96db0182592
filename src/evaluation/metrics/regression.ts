/**
 * Measures of predicted numbers. Weights count an observation several times.
 * @module
 */

/** Coefficient of determination: 1 − residual / total sum of squares about the mean of `truth`. NaN where truth is constant. */
export function rSquared(truth: ArrayLike<number>, predicted: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    sum += weight * truth[i];
  }
  const centre = sum / total;
  let residual = 0;
  let spread = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    residual += weight * (truth[i] - predicted[i]) ** 2;
    spread += weight * (truth[i] - centre) ** 2;
  }
  return spread > 0 ? 1 - residual / spread : Number.NaN;
}

/** Mean absolute error, in the units of the label. */
export function meanAbsoluteError(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    sum += weight * Math.abs(truth[i] - predicted[i]);
  }
  return total > 0 ? sum / total : Number.NaN;
}

/** Pearson correlation; NaN where either is constant. */
export function correlation(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let total = 0;
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    sumA += weight * truth[i];
    sumB += weight * predicted[i];
  }
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    const a = truth[i] - sumA / total;
    const b = predicted[i] - sumB / total;
    ab += weight * a * b;
    aa += weight * a * a;
    bb += weight * b * b;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
}
