/**
 * Binary cross-entropy of logits.
 * @module
 */
import { scaleGradient } from '../../graph/operators/gradient-flow.ts';
import { sigmoidCrossEntropy } from '../../graph/operators/sigmoid-cross-entropy.ts';
import { reduceMean } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/**
 * Mean of −t ln σ(x) − (1 − t) ln σ(−x), computed without overflow for any logit. At logits of 0 it is ln 2.
 *
 * @param targets of the shape of the logits, from 0 to 1
 * @param options.gradientWeights broadcastable to the logits, applied to the gradient only
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  { gradientWeights }: { readonly gradientWeights?: Tensor } = {},
): Tensor {
  const each = sigmoidCrossEntropy(logits, targets);
  return reduceMean(gradientWeights === undefined ? each : scaleGradient(each, gradientWeights));
}
