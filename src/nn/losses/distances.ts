/**
 * Losses on differences entry by entry: squares, absolute values, and Huber's in between.
 * @module
 */
import { abs, minimum, multiply, reduceMean, subtract } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** Mean of (x − t)². */
export function meanSquaredError(x: Tensor, targets: Tensor): Tensor {
  const difference = subtract(x, targets);
  return reduceMean(multiply(difference, difference));
}

/** Mean of |x − t|. */
export function meanAbsoluteError(x: Tensor, targets: Tensor): Tensor {
  return reduceMean(abs(subtract(x, targets)));
}

/**
 * Mean of d²/2 for |d| ≤ delta and delta (|d| − delta/2) beyond (Huber, 1964); `delta` times PyTorch's smooth L1 with
 * beta = delta.
 */
export function huberLoss(x: Tensor, targets: Tensor, delta = 1): Tensor {
  const distance = abs(subtract(x, targets));
  // With m = min(d, delta) both branches are m (d − m/2).
  const inner = minimum(distance, delta);
  return reduceMean(multiply(inner, subtract(distance, multiply(inner, 0.5))));
}
