/**
 * Losses on the angle between two views' embeddings.
 * @module
 */
import { l2Normalise } from '../../graph/operators/lp-normalisation.ts';
import { add, multiply, negate, reduceMean, reduceSum, stopGradient, subtract } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** Cosine of the angle between the rows of a and b, both `[B, D]`: `[B]`. */
export function cosineSimilarity(a: Tensor, b: Tensor): Tensor {
  return reduceSum(multiply(l2Normalise(a), l2Normalise(b)), { axes: [1] });
}

/** Mean of 1 − cos(a, b). */
export function cosineLoss(a: Tensor, b: Tensor): Tensor {
  return subtract(1, reduceMean(cosineSimilarity(a, b)));
}

/**
 * −½ [cos(p₁, sg z₂) + cos(p₂, sg z₁)], −1 at best. Chen and He, "Exploring simple Siamese representation learning",
 * CVPR 2021.
 *
 * @param predictions of the two views, `[B, D]` each
 * @param projections of the two views, through which no gradient passes
 */
export function simSiamLoss(predictions: readonly [Tensor, Tensor], projections: readonly [Tensor, Tensor]): Tensor {
  const [p1, p2] = predictions;
  const [z1, z2] = projections.map(stopGradient);
  const both = add(reduceMean(cosineSimilarity(p1, z2)), reduceMean(cosineSimilarity(p2, z1)));
  return negate(multiply(both, 0.5));
}

/**
 * 2 − 2 cos(q₁, sg t₂), with the views changed round added: 0 at best. Grill et al., "Bootstrap your own latent",
 * NeurIPS 2020.
 *
 * @param predictions of the online network, `[B, D]` for each view
 * @param targets projections of the momentum network, through which no gradient passes
 */
export function byolLoss(predictions: readonly [Tensor, Tensor], targets: readonly [Tensor, Tensor]): Tensor {
  return multiply(add(simSiamLoss(predictions, targets), 1), 4);
}
