/**
 * Cross-entropy against targets that are spread over a few of many classes, given by number and share: what a dense
 * distribution would give, without writing down its zeros.
 * @module
 */
import { scaleGradient } from '../../graph/operators/gradient-flow.ts';
import { gatherElements } from '../../graph/operators/indexing.ts';
import { logSoftmax, multiply, negate, reduceMean, reduceSum } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import type { CrossEntropyOptions } from './cross-entropy.ts';

export interface SoftTargets {
  /** Class numbers `[B, k, …]`, int64. */
  readonly classes: Tensor;
  /** How much of each, `[B, k, …]`; sums to 1 along k. */
  readonly shares: Tensor;
}

/** Mean over the batch and all places of −Σ_k share_k log softmax(logits)_class(k), for logits `[B, K, …]`. */
export function softCrossEntropy(
  logits: Tensor,
  { classes, shares }: SoftTargets,
  { gradientWeights }: CrossEntropyOptions = {},
): Tensor {
  const chosen = gatherElements(logSoftmax(logits, 1), classes, 1);
  const each = negate(reduceSum(multiply(chosen, shares), { axes: [1] }));
  return reduceMean(gradientWeights === undefined ? each : scaleGradient(each, gradientWeights));
}
