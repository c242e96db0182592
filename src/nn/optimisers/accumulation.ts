/**
 * Gradients summed over several steps before an update, for batches larger than memory.
 * @module
 */
import { remainder } from '../../graph/operators/arithmetic.ts';
import { add, divide, equal, multiply, scalar, where } from '../../graph/primitives.ts';
import { emit, placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Moment, Optimiser } from './optimiser.ts';

/**
 * An optimiser that updates at every `count`-th step only, with the mean of the gradients since the update before. In
 * between, parameters and moments stay as they are, to the bit. The optimiser sees the number of updates as its step.
 */
export function withAccumulation(optimiser: Optimiser, count: number): Optimiser {
  if (count === 1) return optimiser;
  return (trained, { learningRate, step }) => {
    const due = equal(remainder(step, scalar(count)), 0);
    const whole = trained.map(({ name, tensor, gradient }) => {
      const kept = placeholder(`${name}/gradient-sum`, 'float32', tensor.shape);
      return { kept, sum: add(kept, gradient) };
    });
    const update = optimiser(
      trained.map((entry, i) => ({ ...entry, gradient: multiply(whole[i].sum, 1 / count) })),
      { learningRate, step: emit('Ceil', [divide(step, count)]) },
    );
    const whenDue = (next: Tensor, current: Tensor) => where(due, next, current);
    const moments = update.moments.map(
      ({ name, tensor, next }): Moment => ({ name, tensor, next: whenDue(next, tensor) }),
    );
    const sums = trained.map(
      ({ name }, i): Moment => ({
        name: `${name}/gradient-sum`,
        tensor: whole[i].kept,
        next: whenDue(scalar(0), whole[i].sum),
      }),
    );
    return {
      parameters: update.parameters.map((next, i) => whenDue(next, trained[i].tensor)),
      moments: [...moments, ...sums],
    };
  };
}
