/**
 * Numbers that describe a bank of first-layer filters `[O, C, H, W]` or `[O, C, T, H, W]` (methods.md 7.1).
 * @module
 */
import { fitGabor } from './gabor.ts';

export interface Filters {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** One filter described; `gabor` of its strongest plane where it is large enough. */
export interface FilterFacts {
  readonly norm: number;
  readonly gaborR2?: number;
  readonly orientation?: number;
  readonly frequency?: number;
  /** Energy of red, green and blue about their mean, over all energy: 0 is grey. */
  readonly colour?: number;
  /** ‖W − mean over time‖² / ‖W‖²: 0 is still. */
  readonly motion?: number;
}

export function describeFilters({ shape, data }: Filters): FilterFacts[] {
  const [count, channels] = shape;
  const times = shape.length === 5 ? shape[2] : 1;
  const [height, width] = shape.slice(-2);
  const area = height * width;
  const length = channels * times * area;
  return Array.from({ length: count }, (_, filter): FilterFacts => {
    const weights = Float64Array.from({ length }, (_, i) => data[filter * length + i]);
    const energy = weights.reduce((sum, value) => sum + value * value, 0);
    const square = height === width && height >= 5;
    const gabor = square ? fitGabor(strongestPlane(weights, channels * times, area), height) : undefined;
    return {
      norm: Math.sqrt(energy),
      ...(gabor === undefined ? {} : { gaborR2: gabor.r2, orientation: gabor.orientation, frequency: gabor.frequency }),
      ...(channels === 3 ? { colour: colourShare(weights, times * area, energy) } : {}),
      ...(times > 1 ? { motion: motionShare(weights, channels, times, area, energy) } : {}),
    };
  });
}

function strongestPlane(weights: Float64Array, planes: number, area: number): Float64Array {
  let best = weights.subarray(0, area);
  let most = -1;
  for (let plane = 0; plane < planes; plane++) {
    const own = weights.subarray(plane * area, (plane + 1) * area);
    const energy = own.reduce((sum, value) => sum + value * value, 0);
    if (energy > most) [best, most] = [own, energy];
  }
  return best;
}

function colourShare(weights: Float64Array, places: number, energy: number): number {
  let chroma = 0;
  for (let i = 0; i < places; i++) {
    const mean = (weights[i] + weights[places + i] + weights[2 * places + i]) / 3;
    for (let c = 0; c < 3; c++) chroma += (weights[c * places + i] - mean) ** 2;
  }
  return energy > 0 ? chroma / energy : 0;
}

function motionShare(weights: Float64Array, channels: number, times: number, area: number, energy: number): number {
  let moving = 0;
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < area; i++) {
      let mean = 0;
      for (let t = 0; t < times; t++) mean += weights[(c * times + t) * area + i] / times;
      for (let t = 0; t < times; t++) moving += (weights[(c * times + t) * area + i] - mean) ** 2;
    }
  }
  return energy > 0 ? moving / energy : 0;
}

/** Of each filter, the largest |cos| to any other: near 1 where the bank repeats itself. */
export function redundancy({ shape, data }: Filters): number[] {
  const count = shape[0];
  const length = shape.slice(1).reduce((product, n) => product * n, 1);
  const norms = Array.from({ length: count }, (_, a) => {
    let sum = 0;
    for (let i = 0; i < length; i++) sum += data[a * length + i] ** 2;
    return Math.sqrt(sum) || 1;
  });
  return norms.map((norm, a) => {
    let most = 0;
    for (let b = 0; b < count; b++) {
      if (b === a) continue;
      let dot = 0;
      for (let i = 0; i < length; i++) dot += data[a * length + i] * data[b * length + i];
      most = Math.max(most, Math.abs(dot) / (norm * norms[b]));
    }
    return most;
  });
}

/** Of each filter, 1 − cos to what it was: 0 has not turned. */
export function drift(now: Filters, before: Filters): number[] {
  const count = now.shape[0];
  const length = now.shape.slice(1).reduce((product, n) => product * n, 1);
  return Array.from({ length: count }, (_, filter) => {
    let [dot, a, b] = [0, 0, 0];
    for (let i = filter * length; i < (filter + 1) * length; i++) {
      dot += now.data[i] * before.data[i];
      a += now.data[i] ** 2;
      b += before.data[i] ** 2;
    }
    return 1 - dot / (Math.sqrt(a * b) || 1);
  });
}

/** Entropy of a histogram of orientations over `bins`, as a share of the largest: 1 has all orientations alike. */
export function orientationEntropy(orientations: readonly number[], bins = 8): number {
  const counts = new Float64Array(bins);
  for (const angle of orientations) counts[Math.floor((angle / Math.PI) * bins) % bins]++;
  const total = orientations.length || 1;
  const entropy = counts.reduce(
    (sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log(count / total)),
    0,
  );
  return entropy / Math.log(bins);
}
