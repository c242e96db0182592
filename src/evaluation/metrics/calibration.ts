/**
 * Whether probabilities can be taken at their word. `probabilities` is row-major `[rows, classes]`.
 * @module
 */
import { mostProbable } from './confusion.ts';

/**
 * Expected calibration error (Guo et al., ICML 2017): the gap between confidence and accuracy, averaged over equally
 * wide bins of confidence `(b / bins, (b + 1) / bins]`.
 */
export function expectedCalibrationError(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
  bins = 15,
): number {
  const answers = mostProbable(probabilities, classes);
  const gaps = new Float64Array(bins);
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const confidence = probabilities[i * classes + answers[i]];
    const bin = Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
    const weight = weights ? weights[i] : 1;
    gaps[bin] += weight * (confidence - (answers[i] === truth[i] ? 1 : 0));
    total += weight;
  }
  let sum = 0;
  for (const gap of gaps) sum += Math.abs(gap);
  return total > 0 ? sum / total : Number.NaN;
}

/** Brier's original score: mean over rows of the squared error summed over classes, 0 (best) to 2. */
export function brierScore(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < truth.length; i++) {
    const weight = weights ? weights[i] : 1;
    total += weight;
    let error = 0;
    for (let k = 0; k < classes; k++) error += (probabilities[i * classes + k] - (truth[i] === k ? 1 : 0)) ** 2;
    sum += weight * error;
  }
  return total > 0 ? sum / total : Number.NaN;
}

/** Mean of −ln p(true class); probabilities below 1e-15 count as 1e-15. */
export function logLoss(truth: ArrayLike<number>, probabilities: ArrayLike<number>, classes: number): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) sum -= Math.log(Math.max(1e-15, probabilities[i * classes + truth[i]]));
  return truth.length > 0 ? sum / truth.length : Number.NaN;
}
