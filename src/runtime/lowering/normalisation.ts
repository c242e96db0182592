/**
 * Batch normalisation and rectification for ONNX Runtime's CPU kernels. Its normalisation kernel does in one pass over
 * memory what separate operators do in four; per-channel sums are quickest over two contiguous steps.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import {
  add,
  divide,
  fill,
  multiply,
  negate,
  reciprocal,
  reduceSum,
  reshape,
  sliceAxes,
  sqrt,
  subtract,
} from '../../graph/primitives.ts';
import { defineOperator, emit, emitAll, type Tensor } from '../../graph/tensor.ts';

const lowered = { none: 'it is a lowered form' };

/** In training mode it returns the statistics it used; in evaluation mode it is a scale and a shift a channel. */
const normalise = defineOperator<{ epsilon: number; momentum: number; trainingMode: number }>({
  type: 'BatchNormalization',
  domain: '',
  infer: ([x, scale], { trainingMode }) => {
    const y = { dtype: x.dtype, shape: x.shape };
    const statistic = { dtype: x.dtype, shape: scale.shape };
    return trainingMode ? [y, statistic, statistic] : [y];
  },
  gradient: lowered,
  onnx: { floats: ['epsilon', 'momentum'] },
});

/**
 * [y, mean, variance], all of this batch: a momentum of zero keeps nothing of the statistics fed in. The kernel writes its
 * statistics over those it was fed, constants too, so each node gets tensors of its own.
 */
export function lowerBatchNormTraining([x, scale, shift]: readonly Tensor[], epsilon: number): readonly Tensor[] {
  const others = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const first = sliceAxes(
    x,
    others,
    others.map(() => 0),
    others.map(() => 1),
  );
  const any = reshape(first, scale.shape);
  const spare = [multiply(any, 0), subtract(any, any)];
  return emitAll(normalise, [x, scale, shift, ...spare], { epsilon, momentum: 0, trainingMode: 1 });
}

/** x · gain + offset, one of each a channel. */
function perChannel(x: Tensor, gain: Tensor, offset: Tensor): Tensor {
  const [mean, variance] = [fill(gain.shape, 0), fill(gain.shape, 1)];
  return emit(normalise, [x, gain, offset, mean, variance], { epsilon: 0, momentum: 0, trainingMode: 0 });
}

/** [dx, dγ, dβ]: dβ = Σ dy, dγ = Σ dy x̂, dx = γ/σ (dy − dβ/n − x̂ dγ/n). */
export function lowerBatchNormGradient(
  [x, scale, mean, variance, dy]: readonly Tensor[],
  epsilon: number,
): readonly Tensor[] {
  const count = sizeOf(x.shape) / x.shape[1];
  const inverse = reciprocal(sqrt(add(variance, epsilon)));
  const normalised = perChannel(x, inverse, negate(multiply(mean, inverse)));
  const dShift = channelSums(dy);
  const dScale = channelSums(multiply(dy, normalised));
  const gain = multiply(scale, inverse);
  const correction = perChannel(normalised, negate(divide(dScale, count)), negate(divide(dShift, count)));
  const ones = x.shape.map((length, axis) => (axis === 1 ? length : 1));
  return [multiply(add(dy, correction), reshape(gain, ones)), dScale, dShift];
}

/** Sums over all axes but the channels'. */
function channelSums(x: Tensor): Tensor {
  const [batch, channels] = x.shape;
  const positions = sizeOf(x.shape.slice(2));
  const inside = positions === 1 ? x : reduceSum(reshape(x, [batch * channels, positions]), { axes: [1] });
  return reduceSum(reshape(inside, [batch, channels]), { axes: [0] });
}

const hardSigmoid = defineOperator<{ alpha: number; beta: number }>({
  type: 'HardSigmoid',
  domain: '',
  infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
  gradient: lowered,
  onnx: { floats: ['alpha', 'beta'] },
});

/** dy where y > 0: a sigmoid so steep that every normal number above zero gives 1. */
export function lowerReluGradient([dy, y]: readonly Tensor[]): readonly Tensor[] {
  return [multiply(dy, emit(hardSigmoid, [y], { alpha: 3e38, beta: 0 }))];
}
