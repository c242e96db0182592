/**
 * Batch normalisation with the statistics of the batch, and its gradient, as composites that a backend may fuse.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape, sizeOf } from '../../base/shape.ts';
import {
  add,
  divide,
  multiply,
  negate,
  reciprocal,
  reduceMean,
  reduceSum,
  reshape,
  sqrt,
  subtract,
} from '../primitives.ts';
import { defineOperator, emit, emitAll, type Operator, type Tensor } from '../tensor.ts';

type EpsilonAttributes = { epsilon: number };

/** Axes over which a channel's statistics are taken: all but the second. */
const statisticAxes = (x: Tensor): number[] => x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
const perChannel = (value: Tensor, x: Tensor): Tensor =>
  reshape(
    value,
    x.shape.map((length, axis) => (axis === 1 ? length : 1)),
  );

export interface BatchStatistics {
  readonly y: Tensor;
  /** `[C]` */
  readonly mean: Tensor;
  /** Biased variance, `[C]`. */
  readonly variance: Tensor;
}

/**
 * y = (x − mean) / √(variance + ε) · scale + shift, with mean and variance of the batch over all axes but channels
 * (Ioffe and Szegedy, 2015, algorithm 1).
 */
export function batchNormalisation(x: Tensor, scale: Tensor, shift: Tensor, epsilon = 1e-5): BatchStatistics {
  const [y, mean, variance] = emitAll('BatchNormTraining', [x, scale, shift], { epsilon });
  return { y, mean, variance };
}

export const normalisationOperators: readonly Operator[] = [
  defineOperator<EpsilonAttributes>({
    type: 'BatchNormTraining',
    domain: 'sonde',
    infer: ([x, scale, shift]) => {
      if (![scale, shift].every(({ shape }) => sameShape(shape, [x.shape[1]]))) {
        throw new SondeError('shape/mismatch', 'scale and shift have one entry a channel', {
          expected: formatShape([x.shape[1]]),
          hint: 'they are vectors of the length of the second axis',
        });
      }
      const statistic = { dtype: x.dtype, shape: [x.shape[1]] };
      return [{ dtype: x.dtype, shape: x.shape }, statistic, statistic];
    },
    gradient: (request) => {
      const {
        inputs: [x, scale],
        outputs: [, mean, variance],
        attributes,
        gradients: [dy, dMean, dVariance],
      } = request;
      const [dx, dScale, dShift] =
        dy === undefined
          ? [undefined, undefined, undefined]
          : emitAll('BatchNormGradient', [x, scale, mean, variance, dy], attributes);
      const throughStatistics = statisticsGradient(x, mean, dMean, dVariance);
      const all =
        dx === undefined ? throughStatistics : throughStatistics === undefined ? dx : add(dx, throughStatistics);
      return [all, dScale, dShift];
    },
    expand: ([x, scale, shift], { epsilon }) => {
      const axes = statisticAxes(x);
      const mean = reduceMean(x, { axes, keep: true });
      const centred = subtract(x, mean);
      const variance = reduceMean(multiply(centred, centred), { axes, keep: true });
      const gain = multiply(perChannel(scale, x), reciprocal(sqrt(add(variance, epsilon))));
      const channels = [x.shape[1]];
      return [add(multiply(centred, gain), perChannel(shift, x)), reshape(mean, channels), reshape(variance, channels)];
    },
  }),
  defineOperator<EpsilonAttributes>({
    type: 'BatchNormGradient',
    domain: 'sonde',
    infer: ([x]) => {
      const parameter = { dtype: x.dtype, shape: [x.shape[1]] };
      return [{ dtype: x.dtype, shape: x.shape }, parameter, parameter];
    },
    gradient: 'expand',
    // dβ = Σ dy, dγ = Σ dy x̂, dx = γ/σ (dy − dβ/n − x̂ dγ/n): two passes over x and dy
    expand: ([x, scale, mean, variance, dy], { epsilon }) => {
      const axes = statisticAxes(x);
      const count = sizeOf(x.shape) / x.shape[1];
      const inverse = reciprocal(sqrt(add(variance, epsilon)));
      const centred = subtract(x, perChannel(mean, x));
      const dShift = reduceSum(dy, { axes });
      const dScale = multiply(reduceSum(multiply(dy, centred), { axes }), inverse);
      const gain = multiply(scale, inverse);
      const slope = negate(divide(multiply(multiply(gain, inverse), dScale), count));
      const offset = negate(divide(multiply(gain, dShift), count));
      const dx = add(
        multiply(dy, perChannel(gain, x)),
        add(multiply(centred, perChannel(slope, x)), perChannel(offset, x)),
      );
      return [dx, dScale, dShift];
    },
  }),
];

/** What reaches x through the statistics themselves, when the loss reads them. */
function statisticsGradient(
  x: Tensor,
  mean: Tensor,
  dMean: Tensor | undefined,
  dVariance: Tensor | undefined,
): Tensor | undefined {
  const count = sizeOf(x.shape) / x.shape[1];
  let result: Tensor | undefined;
  if (dMean !== undefined) {
    result = emit('Expand', [perChannel(divide(dMean, count), x)], { shape: x.shape });
  }
  if (dVariance !== undefined) {
    const centred = subtract(x, perChannel(mean, x));
    const part = multiply(centred, perChannel(multiply(dVariance, 2 / count), x));
    result = result === undefined ? part : add(result, part);
  }
  return result;
}
