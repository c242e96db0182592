/**
 * Batch normalisation layer: batch statistics in training, running statistics in evaluation.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import { batchNormalisation } from '../../graph/operators/normalisation.ts';
import { add, fill, multiply, reciprocal, reshape, sqrt, subtract } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';
import { followed, usualMomentum } from './running-statistics.ts';

export interface BatchNormOptions {
  readonly epsilon?: number;
  /** Share of the new statistics in the running ones. */
  readonly momentum?: number;
  /** Learn scale and shift (default); without, only normalise. */
  readonly affine?: boolean;
  readonly initialiseScale?: Initialiser;
}

/**
 * x `[B, C, …]`; parameters `weight`, `bias`, buffers `running_mean`, `running_var` (unbiased, as PyTorch keeps it).
 * Ioffe and Szegedy, "Batch normalization", ICML 2015.
 */
export function batchNorm(scope: Scope, name: string, x: Tensor, options: BatchNormOptions = {}): Tensor {
  const { epsilon = 1e-5, affine = true, initialiseScale = constantInitialiser(1) } = options;
  const momentum = scope.store.momentum ?? options.momentum ?? usualMomentum;
  return scope.layer(name, (inner) => {
    const channels = [x.shape[1]];
    const scale = affine ? inner.parameter('weight', channels, initialiseScale) : fill(channels, 1);
    const shift = affine ? inner.parameter('bias', channels, constantInitialiser(0)) : fill(channels, 0);
    const runningMean = inner.buffer('running_mean', channels, 0);
    const runningVariance = inner.buffer('running_var', channels, 1);
    if (!inner.training) return normaliseBy(x, runningMean, runningVariance, scale, shift, epsilon);
    const { y, mean, variance } = batchNormalisation(x, scale, shift, epsilon);
    const count = sizeOf(x.shape) / x.shape[1];
    const unbiased = count / Math.max(1, count - 1);
    inner.update('running_mean', (current) => followed(current, mean, momentum));
    inner.update('running_var', (current) => followed(current, variance, momentum, unbiased));
    return y;
  });
}

function normaliseBy(x: Tensor, mean: Tensor, variance: Tensor, scale: Tensor, shift: Tensor, epsilon: number): Tensor {
  const perChannel = (value: Tensor) =>
    reshape(
      value,
      x.shape.map((length, axis) => (axis === 1 ? length : 1)),
    );
  const gain = multiply(scale, reciprocal(sqrt(add(variance, epsilon))));
  const offset = subtract(shift, multiply(mean, gain));
  return add(multiply(x, perChannel(gain)), perChannel(offset));
}
