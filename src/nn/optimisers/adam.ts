/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1) and, with `decoupled`, AdamW (Loshchilov and Hutter, ICLR 2019).
 * @module
 */
import { add, divide, multiply, power, scalar, sqrt, subtract } from '../../graph/primitives.ts';
import { placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Moment, Optimiser } from './optimiser.ts';

export interface AdamOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  readonly weightDecay?: number;
  /** Decay the weights themselves instead of adding to the gradient (AdamW). */
  readonly decoupled?: boolean;
}

export function adam(options: AdamOptions = {}): Optimiser {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decoupled = false } = options;
  return (trained, { learningRate, step }) => {
    const moments: Moment[] = [];
    const correction1 = subtract(1, power(scalar(beta1), step));
    const correction2 = subtract(1, power(scalar(beta2), step));
    const parameters = trained.map(({ name, tensor, gradient, learningRateScale, weightDecayScale }): Tensor => {
      const decay = weightDecay * weightDecayScale;
      const rate = learningRateScale === 1 ? learningRate : multiply(learningRate, learningRateScale);
      const g = decay === 0 || decoupled ? gradient : add(gradient, multiply(tensor, decay));
      const first = placeholder(`${name}/first-moment`, 'float32', tensor.shape);
      const second = placeholder(`${name}/second-moment`, 'float32', tensor.shape);
      const nextFirst = add(multiply(first, beta1), multiply(g, 1 - beta1));
      const nextSecond = add(multiply(second, beta2), multiply(multiply(g, g), 1 - beta2));
      moments.push({ name: `${name}/first-moment`, tensor: first, next: nextFirst });
      moments.push({ name: `${name}/second-moment`, tensor: second, next: nextSecond });
      const scale = divide(rate, correction1);
      const denominator = add(sqrt(divide(nextSecond, correction2)), epsilon);
      const start = decay !== 0 && decoupled ? subtract(tensor, multiply(tensor, multiply(rate, decay))) : tensor;
      return subtract(start, divide(multiply(nextFirst, scale), denominator));
    });
    return { parameters, moments };
  };
}
