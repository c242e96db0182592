/**
 * Stochastic gradient descent with momentum, Nesterov's form and L2 weight decay, as PyTorch defines them:
 * g ← g + λw; v ← μv + g; w ← w − lr (Nesterov ? g + μv : v).
 * @module
 */
import { add, multiply, subtract } from '../../graph/primitives.ts';
import { placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Moment, Optimiser } from './optimiser.ts';

export interface SgdOptions {
  readonly momentum?: number;
  readonly nesterov?: boolean;
  readonly weightDecay?: number;
}

export function sgd({ momentum = 0, nesterov = false, weightDecay = 0 }: SgdOptions = {}): Optimiser {
  return (trained, { learningRate }) => {
    const moments: Moment[] = [];
    const parameters = trained.map(({ name, tensor, gradient, learningRateScale, weightDecayScale }): Tensor => {
      const decay = weightDecay * weightDecayScale;
      let direction = decay === 0 ? gradient : add(gradient, multiply(tensor, decay));
      if (momentum !== 0) {
        const velocity = placeholder(`${name}/velocity`, 'float32', tensor.shape);
        const next = add(multiply(velocity, momentum), direction);
        moments.push({ name: `${name}/velocity`, tensor: velocity, next });
        direction = nesterov ? add(direction, multiply(next, momentum)) : next;
      }
      const rate = learningRateScale === 1 ? learningRate : multiply(learningRate, learningRateScale);
      return subtract(tensor, multiply(direction, rate));
    });
    return { parameters, moments };
  };
}
