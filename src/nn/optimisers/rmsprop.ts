/**
 * RMSProp: gradients divided by the root of their running mean square. Hinton, 2012 (lecture 6e of "Neural networks for
 * machine learning"), as PyTorch defines it: s ← α s + (1 − α) g²; step g / (√s + ε), with momentum on the steps.
 * @module
 */
import { add, divide, multiply, sqrt, subtract } from '../../graph/primitives.ts';
import { placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Moment, Optimiser } from './optimiser.ts';

export interface RmsPropOptions {
  /** α, default 0.99. */
  readonly smoothing?: number;
  /** Default 1e-8. */
  readonly epsilon?: number;
  readonly momentum?: number;
  readonly weightDecay?: number;
}

export function rmsProp(options: RmsPropOptions = {}): Optimiser {
  const { smoothing = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = options;
  return (trained, { learningRate }) => {
    const moments: Moment[] = [];
    const parameters = trained.map(({ name, tensor, gradient, learningRateScale, weightDecayScale }): Tensor => {
      const decay = weightDecay * weightDecayScale;
      const g = decay === 0 ? gradient : add(gradient, multiply(tensor, decay));
      const square = placeholder(`${name}/mean-square`, 'float32', tensor.shape);
      const nextSquare = add(multiply(square, smoothing), multiply(multiply(g, g), 1 - smoothing));
      moments.push({ name: `${name}/mean-square`, tensor: square, next: nextSquare });
      let direction = divide(g, add(sqrt(nextSquare), epsilon));
      if (momentum !== 0) {
        const velocity = placeholder(`${name}/velocity`, 'float32', tensor.shape);
        direction = add(multiply(velocity, momentum), direction);
        moments.push({ name: `${name}/velocity`, tensor: velocity, next: direction });
      }
      const rate = learningRateScale === 1 ? learningRate : multiply(learningRate, learningRateScale);
      return subtract(tensor, multiply(direction, rate));
    });
    return { parameters, moments };
  };
}
