/**
 * Softmax cross-entropy, of a sample or of every place of a map.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape } from '../../base/shape.ts';
import { scaleGradient } from '../../graph/operators/gradient-flow.ts';
import { oneHot } from '../../graph/operators/indexing.ts';
import {
  cast,
  divide,
  equal,
  greater,
  logSoftmax,
  maximum,
  multiply,
  negate,
  reduceMax,
  reduceMean,
  reduceSum,
  transpose,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

export interface CrossEntropyOptions {
  /**
   * Weight of each sample, `[B]`, or of each place, `[B, …]`, applied to the gradient only, so that the value stays
   * comparable: how colourisation rebalances rare colours (Zhang, Isola and Efros, ECCV 2016).
   */
  readonly gradientWeights?: Tensor;
}

/**
 * Mean over the batch (and places) of −Σ_k t_k log softmax(logits)_k. At uniform logits it is ln K.
 *
 * @param logits `[B, K]` or `[B, K, …]`
 * @param targets class numbers `[B]` or `[B, …]` (int64), or distributions of the shape of the logits
 */
export function crossEntropy(logits: Tensor, targets: Tensor, { gradientWeights }: CrossEntropyOptions = {}): Tensor {
  const distribution = sameShape(targets.shape, logits.shape) ? targets : classesFirst(targets, logits);
  const each = negate(reduceSum(multiply(distribution, logSoftmax(logits, 1)), { axes: [1] }));
  return reduceMean(gradientWeights === undefined ? each : scaleGradient(each, gradientWeights));
}

/** `[B, …]` class numbers to zeros and ones `[B, K, …]`. */
function classesFirst(classes: Tensor, logits: Tensor): Tensor {
  const [batch, count, ...places] = logits.shape;
  if (!sameShape(classes.shape, [batch, ...places])) {
    throw new SondeError('shape/mismatch', 'targets are class numbers or distributions over the classes', {
      expected: `${formatShape([batch, ...places])} or ${formatShape(logits.shape)}`,
      found: formatShape(classes.shape),
    });
  }
  const last = oneHot(classes, count);
  if (places.length === 0) return last;
  return transpose(last, [0, places.length + 1, ...places.map((_, i) => i + 1)]);
}

/** Fraction of rows whose largest logit is the target's; a tie with the target counts as right. */
export function accuracyOf(logits: Tensor, classes: Tensor): Tensor {
  const best = reduceMax(logits, { axes: [1], keep: true });
  const chosen = cast(equal(logits, best), 'float32');
  return reduceMean(reduceSum(multiply(chosen, oneHot(classes, logits.shape[1])), { axes: [1] }));
}

/** Mean over the classes that occur of the fraction of their rows that are answered right: chance is 1 / K however unequal. */
export function balancedAccuracyOf(logits: Tensor, classes: Tensor): Tensor {
  const count = logits.shape[1];
  const truth = oneHot(classes, count);
  const best = cast(equal(logits, reduceMax(logits, { axes: [1], keep: true })), 'float32');
  const right = reduceSum(multiply(best, truth), { axes: [0] });
  const rows = reduceSum(truth, { axes: [0] });
  const occurring = cast(greater(rows, 0), 'float32');
  return divide(reduceSum(divide(right, maximum(rows, 1))), reduceSum(occurring));
}
