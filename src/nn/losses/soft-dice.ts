/**
 * Soft Dice: overlap of probabilities with masks, as a loss for segmentation. Milletari et al., "V-Net", 3DV 2016.
 * @module
 */
import { add, divide, multiply, reduceMean, reduceSum, slice, subtract } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/**
 * 1 − mean over classes but the first of (2 Σ p t + 1) / (Σ p + Σ t + 1), sums over the batch and all places. Places whose
 * target is zero for every class count for nothing.
 *
 * @param probabilities `[B, K, …]`, class 0 the background
 * @param targets zeros and ones of the same shape
 */
export function softDice(probabilities: Tensor, targets: Tensor): Tensor {
  const axes = probabilities.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const labelled = reduceSum(targets, { axes: [1], keep: true });
  const sum = (x: Tensor) => slice(reduceSum(x, { axes }), 0, 1, probabilities.shape[1]);
  const both = sum(multiply(probabilities, targets));
  const all = add(sum(multiply(probabilities, labelled)), sum(targets));
  return subtract(1, reduceMean(divide(add(multiply(both, 2), 1), add(all, 1))));
}
