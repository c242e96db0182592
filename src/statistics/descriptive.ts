/**
 * Numbers that describe a sample: mean, spread, quantiles, interquartile mean.
 * Every function throws `RangeError` for an empty sample: an average of nothing is a mistake upstream.
 * @module
 */

/** Arithmetic mean. */
export function mean(values: ArrayLike<number>): number {
  requireSome(values, 1, 'mean');
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Sample variance (divisor n − 1). Needs two values. */
export function variance(values: ArrayLike<number>): number {
  requireSome(values, 2, 'variance');
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return sum / (values.length - 1);
}

/** Sample standard deviation (divisor n − 1). Needs two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  return Math.sqrt(variance(values));
}

/** Quantile by linear interpolation between order statistics (type 7: the default of NumPy and R). */
export function quantile(values: ArrayLike<number>, probability: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), probability);
}

/** `quantile` of values already in ascending order. */
export function quantileOfSorted(sorted: ArrayLike<number>, probability: number): number {
  requireSome(sorted, 1, 'quantile');
  if (!(probability >= 0 && probability <= 1)) {
    throw new RangeError(`quantile: the probability lies in [0, 1], got ${probability}`);
  }
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const fraction = position - below;
  // Not interpolating at whole positions keeps infinite order statistics from becoming NaN.
  return fraction === 0 ? sorted[below] : sorted[below] + fraction * (sorted[below + 1] - sorted[below]);
}

/** Middle value, or the mean of the two middle values. */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * Interquartile mean: the mean after dropping the lowest and the highest quarter (the whole part of n / 4 on each side,
 * as in Agarwal et al., "Deep reinforcement learning at the edge of the statistical precipice", NeurIPS 2021).
 */
export function interquartileMean(values: ArrayLike<number>): number {
  requireSome(values, 1, 'interquartileMean');
  const sorted = Float64Array.from(values).sort();
  const dropped = Math.floor(sorted.length / 4);
  return mean(sorted.subarray(dropped, sorted.length - dropped));
}

function requireSome(values: ArrayLike<number>, least: number, name: string): void {
  if (values.length < least) {
    throw new RangeError(`${name}: needs at least ${least} value${least === 1 ? '' : 's'}, got ${values.length}`);
  }
}
