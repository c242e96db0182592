/**
 * Values that pass unchanged while their gradients do not.
 * @module
 */

import { SondeError } from '../../base/errors.ts';
import { broadcastShapes, formatShape, sameShape } from '../../base/shape.ts';
import { multiply, scalar } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

/**
 * x itself, its gradient multiplied by a factor that broadcasts to it: weights that count in learning and not in the
 * reported loss, gradients turned round (Ganin and Lempitsky, "Unsupervised domain adaptation by backpropagation", 2015).
 */
export function scaleGradient(x: Tensor, factor: Tensor | number): Tensor {
  return emit('ScaleGradient', [x, typeof factor === 'number' ? scalar(factor, x.dtype) : factor]);
}

export const gradientFlowOperators: readonly Operator[] = [
  defineOperator({
    type: 'ScaleGradient',
    domain: 'sonde',
    infer: ([x, factor]) => {
      if (!sameShape(broadcastShapes(x.shape, factor.shape), x.shape)) {
        throw new SondeError('shape/mismatch', 'the factor broadcasts to what it scales', {
          expected: `a shape that broadcasts to ${formatShape(x.shape)}`,
          found: formatShape(factor.shape),
          hint: 'give a number, or a tensor with axes of length 1',
        });
      }
      return [{ dtype: x.dtype, shape: x.shape }];
    },
    gradient: ({ inputs: [, factor], gradients: [dy] }) => [multiply(dy!, factor), undefined],
    expand: ([x]) => [x],
  }),
];
