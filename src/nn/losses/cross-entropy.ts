/**
 * Softmax cross-entropy.
 * @module
 */
import {
  cast,
  equal,
  indices,
  logSoftmax,
  multiply,
  negate,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** `[B]` class numbers to `[B, K]` zeros and ones. */
export function oneHot(classes: Tensor, count: number): Tensor {
  const range = indices(Array.from({ length: count }, (_, k) => k));
  return cast(equal(reshape(classes, [...classes.shape, 1]), range), 'float32');
}

/**
 * Mean over the batch of −Σ_k t_k log softmax(logits)_k. At uniform logits it is ln K.
 *
 * @param logits `[B, K]`
 * @param targets class numbers `[B]` (int64) or distributions `[B, K]` (float32)
 */
export function crossEntropy(logits: Tensor, targets: Tensor): Tensor {
  const distribution = targets.shape.length === 1 ? oneHot(targets, logits.shape[1]) : targets;
  return negate(reduceMean(reduceSum(multiply(distribution, logSoftmax(logits, 1)), { axes: [1] })));
}

/** Fraction of rows whose largest logit is the target's; a tie with the target counts as right. */
export function accuracyOf(logits: Tensor, classes: Tensor): Tensor {
  const best = reduceMax(logits, { axes: [1], keep: true });
  const chosen = cast(equal(logits, best), 'float32');
  return reduceMean(reduceSum(multiply(chosen, oneHot(classes, logits.shape[1])), { axes: [1] }));
}
