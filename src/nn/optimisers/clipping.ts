/**
 * Gradients kept within limits before an optimiser sees them.
 * @module
 */
import { clip } from '../../graph/operators/arithmetic.ts';
import {
  concat,
  divide,
  maximum,
  minimum,
  multiply,
  reduceSum,
  reduceSumSquare,
  reshape,
  sqrt,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { Optimiser } from './optimiser.ts';

/** The length of all tensors together as one vector. */
export function globalNorm(tensors: readonly Tensor[]): Tensor {
  const squares = tensors.map((tensor) => reshape(reduceSumSquare(tensor), [1]));
  return sqrt(reduceSum(concat(squares, 0)));
}

/** Scales all tensors by one factor so that their global norm is at most `limit` (Pascanu, Mikolov and Bengio, ICML 2013). */
export function clipByNorm(tensors: readonly Tensor[], limit: number): Tensor[] {
  const factor = minimum(divide(limit, maximum(globalNorm(tensors), 1e-30)), 1);
  return tensors.map((tensor) => multiply(tensor, factor));
}

/** Keeps every entry within ±`limit`. */
export function clipByValue(tensors: readonly Tensor[], limit: number): Tensor[] {
  return tensors.map((tensor) => clip(tensor, { min: -limit, max: limit }));
}

export interface ClippingOptions {
  /** Largest global norm of all gradients. */
  readonly norm?: number;
  /** Largest absolute value of an entry; applied first. */
  readonly value?: number;
}

/** An optimiser that receives clipped gradients. */
export function withClipping(optimiser: Optimiser, { norm, value }: ClippingOptions): Optimiser {
  return (trained, scalars) => {
    let gradients = trained.map(({ gradient }) => gradient);
    if (value !== undefined) gradients = clipByValue(gradients, value);
    if (norm !== undefined) gradients = clipByNorm(gradients, norm);
    return optimiser(
      trained.map((entry, i) => ({ ...entry, gradient: gradients[i] })),
      scalars,
    );
  };
}
