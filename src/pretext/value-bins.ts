/**
 * Values as shares of bins, and how much rare bins count: what methods are made of that predict colours or channels by
 * choosing. Zhang, Isola and Efros, "Colorful image colorization", ECCV 2016, sections 2.2 and 2.3.
 * @module
 */

export interface ValueBins {
  /** Numbers that make one value: 2 for the colour of a pixel, 1 for a grey channel. */
  readonly dimensions: number;
  /** One centre after another, `dimensions` numbers each. */
  readonly centres: Float32Array;
}

export interface SoftEncoding {
  /** The nearest bins of every value, nearest first, `[neighbours, N]`. */
  readonly bins: Int32Array;
  /** How much of the value each has; they sum to 1. */
  readonly shares: Float32Array;
}

export const binCount = ({ dimensions, centres }: ValueBins): number => centres.length / dimensions;

/**
 * The nearest bins of each value, weighted by a Gaussian of their distance.
 *
 * @param values `[N, dimensions]`
 * @param neighbours how many bins share a value (all, where there are fewer)
 * @param sigma of the Gaussian, in the unit of the values; 0 gives everything to the nearest
 */
export function encodeSoftly(values: Float32Array, bins: ValueBins, neighbours: number, sigma: number): SoftEncoding {
  const { dimensions, centres } = bins;
  const count = values.length / dimensions;
  const total = binCount(bins);
  const kept = Math.min(neighbours, total);
  const numbers = new Int32Array(kept * count);
  const shares = new Float32Array(kept * count);
  const near = new Int32Array(kept);
  const far = new Float64Array(kept);
  for (let i = 0; i < count; i++) {
    far.fill(Number.POSITIVE_INFINITY);
    for (let q = 0; q < total; q++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++) distance += (values[i * dimensions + d] - centres[q * dimensions + d]) ** 2;
      if (distance >= far[kept - 1]) continue;
      let place = kept - 1;
      for (; place > 0 && far[place - 1] > distance; place--) {
        far[place] = far[place - 1];
        near[place] = near[place - 1];
      }
      far[place] = distance;
      near[place] = q;
    }
    let sum = 0;
    for (let k = 0; k < kept; k++) {
      // Distances beyond the nearest only, so that a value far from every bin still belongs to some.
      const share = sigma > 0 ? Math.exp((far[0] - far[k]) / (2 * sigma * sigma)) : k === 0 ? 1 : 0;
      numbers[k * count + i] = near[k];
      shares[k * count + i] = share;
      sum += share;
    }
    for (let k = 0; k < kept; k++) shares[k * count + i] /= sum;
  }
  return { bins: numbers, shares };
}

/**
 * How often each bin occurs, smoothed by a Gaussian between bins; sums to 1.
 *
 * @param counts how often each bin was the nearest
 */
export function smoothedPrior(counts: ArrayLike<number>, bins: ValueBins, sigma: number): Float64Array {
  const { dimensions, centres } = bins;
  const total = binCount(bins);
  const prior = new Float64Array(total);
  for (let from = 0; from < total; from++) {
    if (counts[from] === 0) continue;
    const kernel = new Float64Array(total);
    let sum = 0;
    for (let to = 0; to < total; to++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++)
        distance += (centres[from * dimensions + d] - centres[to * dimensions + d]) ** 2;
      kernel[to] = sigma > 0 ? Math.exp(-distance / (2 * sigma * sigma)) : from === to ? 1 : 0;
      sum += kernel[to];
    }
    for (let to = 0; to < total; to++) prior[to] += (counts[from] * kernel[to]) / sum;
  }
  const all = prior.reduce((sum, value) => sum + value, 0);
  return prior.map((value) => value / all);
}

/**
 * Weights w ∝ 1 / ((1 − λ) p + λ / Q), so that Σ p w = 1: rare bins count more, and the mean over what occurs is kept.
 *
 * @param uniform λ: 0 undoes the prior, 1 leaves all bins alike
 */
export function rebalancingWeights(prior: Float64Array, uniform: number): Float32Array {
  const raw = prior.map((share) => 1 / ((1 - uniform) * share + uniform / prior.length));
  const mean = raw.reduce((sum, weight, bin) => sum + prior[bin] * weight, 0);
  return Float32Array.from(raw, (weight) => weight / mean);
}
