/**
 * Predicting values of a map by choosing among bins: what a sampler writes down of the truth, and what a network is asked.
 * Zhang, Isola and Efros, "Colorful image colorization", ECCV 2016.
 * @module
 */
import { z } from 'zod';
import { cast, lessOrEqual, reduceMean, reduceSumSquare, sqrt, stopGradient, subtract } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { softCrossEntropy } from '../nn/losses/soft-targets.ts';
import type { Scope } from '../nn/parameters.ts';
import { type HostArray, hostArray, int64 } from '../tensor/host-array.ts';
import type { InputSpec } from './method.ts';
import { annealedMean, placeLogits } from './place-logits.ts';
import { binCount, encodeSoftly, rebalancingWeights, smoothedPrior, type ValueBins } from './value-bins.ts';

/** Bins with how much each counts; plain data, so that it can be copied to workers and kept with a run. */
export interface WeightedBins extends ValueBins {
  /** About the distance of neighbouring bins. */
  readonly spacing: number;
  /** How much a value of each bin counts in the gradient. */
  readonly weights: Float32Array;
}

/** Options of how values are shared out, weighed and predicted. */
export const binFields = {
  neighbours: z.int().min(1).max(30).default(10).describe('bins that share a value (colourisation: 10)'),
  softness: z
    .number()
    .min(0)
    .max(2)
    .default(0.5)
    .describe('deviation of the Gaussian that shares it, in bins (colourisation: 0.5, which is 5 units)'),
  rebalance: z
    .boolean()
    .default(true)
    .describe('rare values count more, in the gradient only (colourisation: true); otherwise all alike'),
  uniform: z
    .number()
    .min(0.01)
    .max(1)
    .default(0.5)
    .describe('share of the even distribution in what weights are the reciprocals of, λ (colourisation: 0.5)'),
  temperature: z
    .number()
    .min(0.05)
    .max(1)
    .default(0.38)
    .describe('T of the annealed mean that is shown (colourisation: 0.38)'),
  hidden: z.int().min(1).default(32).describe('channels of the layers that predict, conv8 (colourisation: 256)'),
};

export interface BinOptions {
  readonly neighbours: number;
  readonly softness: number;
  readonly rebalance: boolean;
  readonly uniform: number;
}

/** Bins, weighted by how often they are the nearest of `values` `[N, dimensions]`. */
export function weighBins(
  bins: ValueBins & { readonly spacing: number },
  values: Float32Array,
  { softness, rebalance, uniform }: BinOptions,
): WeightedBins {
  const total = binCount(bins);
  if (!rebalance) return { ...bins, weights: new Float32Array(total).fill(1) };
  const counts = new Float64Array(total);
  for (const bin of encodeSoftly(values, bins, 1, 0).bins) counts[bin]++;
  return { ...bins, weights: rebalancingWeights(smoothedPrior(counts, bins, softness * bins.spacing), uniform) };
}

const keptOf = (bins: ValueBins, { neighbours }: Pick<BinOptions, 'neighbours'>) =>
  Math.min(neighbours, binCount(bins));

/** What `binTargets` gives, by name; `size` is the side of the predicted map. */
export function binTargetSpecs(
  name: string,
  bins: ValueBins,
  size: number,
  options: Pick<BinOptions, 'neighbours'>,
): Record<string, InputSpec> {
  const kept = keptOf(bins, options);
  return {
    [`${name}Bins`]: { dtype: 'int64', shape: [kept, size, size] },
    [`${name}Shares`]: { dtype: 'float32', shape: [kept, size, size] },
    [`${name}Weights`]: { dtype: 'float32', shape: [size, size] },
    [`${name}Values`]: { dtype: 'float32', shape: [bins.dimensions, size, size] },
  };
}

/**
 * The truth for one sample.
 *
 * @param values of the places row by row, `[size², dimensions]`
 * @param counted 0 where the whole sample teaches nothing, otherwise 1
 */
export function binTargets(
  name: string,
  values: Float32Array,
  bins: WeightedBins,
  options: BinOptions,
  counted: 0 | 1,
): Record<string, HostArray> {
  const { dimensions, spacing, weights } = bins;
  const places = values.length / dimensions;
  const side = Math.sqrt(places);
  const kept = keptOf(bins, options);
  const encoded = encodeSoftly(values, bins, options.neighbours, options.softness * spacing);
  const planes = Float32Array.from(values, (_, i) => values[(i % places) * dimensions + Math.floor(i / places)]);
  const counts = Float32Array.from({ length: places }, (_, i) => counted * weights[encoded.bins[i]]);
  return {
    [`${name}Bins`]: int64([kept, side, side], [...encoded.bins]),
    [`${name}Shares`]: hostArray('float32', [kept, side, side], encoded.shares),
    [`${name}Weights`]: hostArray('float32', [side, side], counts),
    [`${name}Values`]: hostArray('float32', [dimensions, side, side], planes),
  };
}

export interface BinPrediction {
  /** Plain soft cross-entropy in value; weighted in its gradient. */
  readonly loss: Tensor;
  /** Share of places whose value is told to within one spacing of bins. */
  readonly accuracy: Tensor;
  /** Mean distance of the told value from the truth. */
  readonly error: Tensor;
  /** The annealed mean, `[B, dimensions, size, size]`. */
  readonly values: Tensor;
}

export interface PredictionOptions {
  readonly hidden: number;
  /** T of the annealed mean. */
  readonly temperature: number;
}

/** Asks the map of a trunk for the values named `name` among the inputs. */
export function predictBins(
  scope: Scope,
  map: Tensor,
  name: string,
  inputs: Readonly<Record<string, Tensor>>,
  bins: WeightedBins,
  { hidden, temperature }: PredictionOptions,
): BinPrediction {
  const truth = inputs[`${name}Values`];
  const logits = placeLogits(scope, map, { classes: binCount(bins), hidden, size: truth.shape[2] });
  const targets = { classes: inputs[`${name}Bins`], shares: inputs[`${name}Shares`] };
  const loss = softCrossEntropy(logits, targets, { gradientWeights: inputs[`${name}Weights`] });
  const values = annealedMean(stopGradient(logits), bins, temperature);
  const distance = distances(values, truth);
  return {
    loss,
    accuracy: reduceMean(cast(lessOrEqual(distance, bins.spacing), 'float32')),
    error: reduceMean(distance),
    values,
  };
}

/** How far values are from the truth, place by place: `[B, dimensions, h, w]` to `[B, h, w]`. */
export function distances(values: Tensor, truth: Tensor | number): Tensor {
  return sqrt(reduceSumSquare(subtract(values, truth), { axes: [1] }));
}
