/**
 * Batch normalisation with the statistics of the batch, and its gradient.
 * @module
 */
import { forEachPosition, type Kernel, type Values, zeros } from './values.ts';

/** Sum over everything but channels of a function of the channel and the place. */
function channelSums(x: Values, term: (channel: number, flat: number) => number): Float64Array {
  const sums = new Float64Array(x.shape[1]);
  forEachPosition(x.shape, ([, channel], flat) => {
    sums[channel] += term(channel, flat);
  });
  return sums;
}

const training: Kernel<{ epsilon: number }> = ([x, scale, shift], { epsilon }) => {
  const count = x.data.length / x.shape[1];
  const mean = channelSums(x, (_, flat) => x.data[flat]).map((sum) => sum / count);
  const variance = channelSums(x, (c, flat) => (x.data[flat] - mean[c]) ** 2).map((sum) => sum / count);
  const y = zeros(x.shape);
  forEachPosition(x.shape, ([, c], flat) => {
    y.data[flat] = ((x.data[flat] - mean[c]) / Math.sqrt(variance[c] + epsilon)) * scale.data[c] + shift.data[c];
  });
  return [y, { shape: [x.shape[1]], data: mean }, { shape: [x.shape[1]], data: variance }];
};

const gradient: Kernel<{ epsilon: number }> = ([x, scale, mean, variance, dy], { epsilon }) => {
  const count = x.data.length / x.shape[1];
  const deviation = variance.data.map((value) => Math.sqrt(value + epsilon));
  const normalised = (c: number, flat: number) => (x.data[flat] - mean.data[c]) / deviation[c];
  const dShift = channelSums(dy, (_, flat) => dy.data[flat]);
  const dScale = channelSums(dy, (c, flat) => dy.data[flat] * normalised(c, flat));
  const dx = zeros(x.shape);
  forEachPosition(x.shape, ([, c], flat) => {
    const part = dy.data[flat] - dShift[c] / count - (normalised(c, flat) * dScale[c]) / count;
    dx.data[flat] = (scale.data[c] / deviation[c]) * part;
  });
  return [dx, { shape: [x.shape[1]], data: dScale }, { shape: [x.shape[1]], data: dShift }];
};

/** ONNX's operator: statistics of the batch in training mode (fed ones are forgotten at momentum 0), fed ones else. */
const either: Kernel<{ epsilon: number; trainingMode: number }> = (inputs, attributes) => {
  const [x, scale, shift, mean, variance] = inputs;
  if (attributes.trainingMode) return training([x, scale, shift], attributes);
  const y = zeros(x.shape);
  forEachPosition(x.shape, ([, c], flat) => {
    const deviation = Math.sqrt(variance.data[c] + attributes.epsilon);
    y.data[flat] = ((x.data[flat] - mean.data[c]) / deviation) * scale.data[c] + shift.data[c];
  });
  return [y];
};

export const normalisationKernels: Record<string, Kernel> = {
  BatchNormTraining: training,
  BatchNormGradient: gradient,
  BatchNormalization: either,
};
