/**
 * Layer-wise adaptive rate scaling: momentum on gradients scaled by the ratio of the norms of weight and gradient.
 * You, Gitman and Ginsburg, "Large batch training of convolutional networks", 2017, in the form of the released code of
 * Barlow Twins and SimCLR: g ← g + λ w; g ← g · η ‖w‖ / ‖g‖; v ← μ v + g; w ← w − lr v.
 * @module
 */
import {
  add,
  cast,
  divide,
  greater,
  maximum,
  multiply,
  reduceSumSquare,
  sqrt,
  subtract,
} from '../../graph/primitives.ts';
import { placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Moment, Optimiser, Trained } from './optimiser.ts';

export interface LarsOptions {
  /** Default 0.9. */
  readonly momentum?: number;
  readonly weightDecay?: number;
  /** η, default 0.001. */
  readonly trust?: number;
}

/** Vectors (biases, scales of normalisations) have neither decay nor ratio. */
export function lars({ momentum = 0.9, weightDecay = 0, trust = 0.001 }: LarsOptions = {}): Optimiser {
  return (trained, { learningRate }) => {
    const moments: Moment[] = [];
    const parameters = trained.map((entry): Tensor => {
      const { name, tensor, learningRateScale } = entry;
      const direction = tensor.shape.length > 1 ? adapted(entry, weightDecay, trust) : entry.gradient;
      const velocity = placeholder(`${name}/velocity`, 'float32', tensor.shape);
      const next = add(multiply(velocity, momentum), direction);
      moments.push({ name: `${name}/velocity`, tensor: velocity, next });
      const rate = learningRateScale === 1 ? learningRate : multiply(learningRate, learningRateScale);
      return subtract(tensor, multiply(next, rate));
    });
    return { parameters, moments };
  };
}

function adapted({ tensor, gradient, weightDecayScale }: Trained, weightDecay: number, trust: number): Tensor {
  const decay = weightDecay * weightDecayScale;
  const decayed = decay === 0 ? gradient : add(gradient, multiply(tensor, decay));
  const weightNorm = sqrt(reduceSumSquare(tensor));
  const gradientNorm = sqrt(reduceSumSquare(decayed));
  const ratio = divide(multiply(weightNorm, trust), maximum(gradientNorm, 1e-30));
  // Where either norm is zero the gradient is taken as it is.
  const both = cast(greater(multiply(weightNorm, gradientNorm), 0), 'float32');
  return multiply(decayed, add(multiply(both, ratio), subtract(1, both)));
}
