/**
 * Statistics that follow those of the batches.
 * @module
 */
import { add, multiply, subtract } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** Share of a batch's statistics in the running ones, as in PyTorch. */
export const usualMomentum = 0.1;

/** `(1 − momentum) · current + momentum · factor · value`; the momentum a number, or a scalar that is fed. */
export function followed(current: Tensor, value: Tensor, momentum: number | Tensor, factor = 1): Tensor {
  return typeof momentum === 'number'
    ? add(multiply(current, 1 - momentum), multiply(value, momentum * factor))
    : add(multiply(current, subtract(1, momentum)), multiply(value, multiply(momentum, factor)));
}
