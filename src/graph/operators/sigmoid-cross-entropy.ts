/**
 * Binary cross-entropy of a logit, entry by entry, as one operator: its gradient is a difference.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape } from '../../base/shape.ts';
import { abs, log, multiply, negate, relu, sigmoid, subtract } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

/** −t ln σ(x) − (1 − t) ln σ(−x) of every entry, finite for every logit; targets of the logits' shape. */
export function sigmoidCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return emit('SigmoidCrossEntropy', [logits, targets]);
}

export const sigmoidCrossEntropyOperators: readonly Operator[] = [
  defineOperator({
    type: 'SigmoidCrossEntropy',
    domain: 'sonde',
    infer: ([x, targets]) => {
      if (!sameShape(x.shape, targets.shape)) {
        throw new SondeError('shape/mismatch', 'every logit needs one target', {
          expected: formatShape(x.shape),
          found: formatShape(targets.shape),
          hint: 'reshape the targets, or the logits',
        });
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    // dx = dy (σ(x) − t), dt = −dy x
    gradient: ({ inputs: [x, targets], gradients: [dy], wanted }) => [
      wanted[0] ? multiply(dy!, subtract(sigmoid(x), targets)) : undefined,
      wanted[1] ? negate(multiply(dy!, x)) : undefined,
    ],
    // softplus(x) − x t with softplus(x) = max(x, 0) − ln σ(|x|), four times as fast as the runtime's own softplus
    expand: ([x, targets]) => [subtract(subtract(relu(x), log(sigmoid(abs(x)))), multiply(x, targets))],
  }),
];
