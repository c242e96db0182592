/**
 * Normalisation within a sample: over the last axes, over neighbouring channels.
 * @module
 */
import { broadcastReader, flatIndex, type Kernel, tabulate, type Values } from './values.ts';

/** Mean and standard deviation over the axes from `axis` on, for the entries before. */
const layerNorm: Kernel<{ axis: number; epsilon: number }> = ([x, scale, shift], { axis, epsilon }) => {
  const first = axis < 0 ? axis + x.shape.length : axis;
  const kept = x.shape.map((length, k) => (k < first ? length : 1));
  const inner = x.data.length / kept.reduce((a, b) => a * b, 1);
  const lines = Array.from({ length: x.data.length / inner }, (_, k) => x.data.subarray(k * inner, (k + 1) * inner));
  const means = lines.map((line) => line.reduce((a, b) => a + b, 0) / inner);
  const inverses = lines.map((line, k) => {
    const variance = line.reduce((sum, value) => sum + (value - means[k]) ** 2, 0) / inner;
    return 1 / Math.sqrt(variance + epsilon);
  });
  const [gain, offset] = [scale, shift].map((parameter) =>
    parameter === undefined ? () => 0 : broadcastReader(parameter),
  );
  const y = tabulate(x.shape, (index) => {
    const flat = flatIndex(x.shape, index);
    const line = Math.floor(flat / inner);
    return (x.data[flat] - means[line]) * inverses[line] * gain(index) + offset(index);
  });
  const statistic = (values: number[]): Values => ({ shape: kept, data: Float64Array.from(values) });
  return [y, statistic(means), statistic(inverses)];
};

interface ResponseAttributes {
  size: number;
  alpha: number;
  beta: number;
  bias: number;
}

const responseNorm: Kernel<ResponseAttributes> = ([x], { size, alpha, beta, bias }) =>
  tabulate(x.shape, (index) => {
    const [batch, channel, ...place] = index;
    let sum = 0;
    for (let c = channel - Math.floor((size - 1) / 2); c <= channel + Math.ceil((size - 1) / 2); c++) {
      if (c >= 0 && c < x.shape[1]) sum += x.data[flatIndex(x.shape, [batch, c, ...place])] ** 2;
    }
    return x.data[flatIndex(x.shape, index)] / (bias + (alpha / size) * sum) ** beta;
  });

/** Each sample's groups of channels, as layer normalisation's lines. */
const groupNorm: Kernel<{ numGroups: number; epsilon: number }> = ([x, scale, shift], { numGroups, epsilon }) => {
  const [batch, channels] = x.shape;
  const lines = { shape: [batch, numGroups, x.data.length / (batch * numGroups)], data: x.data };
  const [plain, mean, inverse] = layerNorm([lines, one, zero], { axis: 2, epsilon }) as readonly Values[];
  const positions = x.data.length / (batch * channels);
  const data = plain.data.map((value, flat) => {
    const channel = Math.floor(flat / positions) % channels;
    return value * scale.data[channel] + shift.data[channel];
  });
  const statistic = ({ data }: Values): Values => ({ shape: [batch, numGroups], data });
  return [{ shape: x.shape, data }, statistic(mean), statistic(inverse)];
};

const one: Values = { shape: [], data: Float64Array.of(1) };
const zero: Values = { shape: [], data: Float64Array.of(0) };

const instanceNorm: Kernel<{ epsilon: number }> = (inputs, { epsilon }) =>
  (groupNorm(inputs, { numGroups: inputs[0].shape[1], epsilon }) as readonly Values[])[0];

/** Every vector along an axis divided by its length, no less than ε. */
const lengthNorm =
  (p: number | undefined): Kernel<{ axis: number; epsilon?: number; p?: number }> =>
  ([x], attributes) => {
    const axis = attributes.axis < 0 ? attributes.axis + x.shape.length : attributes.axis;
    const power = p ?? attributes.p ?? 2;
    const kept = x.shape.map((n, k) => (k === axis ? 1 : n));
    const lengths = tabulate(kept, (at) => {
      let sum = 0;
      for (let i = 0; i < x.shape[axis]; i++) {
        const index = at.map((place, k) => (k === axis ? i : place));
        sum += Math.abs(x.data[flatIndex(x.shape, index)]) ** power;
      }
      return Math.max(sum ** (1 / power), attributes.epsilon ?? 0);
    });
    const read = broadcastReader(lengths);
    const y = tabulate(x.shape, (at) => x.data[flatIndex(x.shape, at)] / read(at));
    return p === undefined ? y : [y, lengths];
  };

export const layerNormalisationKernels: Record<string, Kernel> = {
  LayerNormalization: layerNorm,
  LRN: responseNorm,
  GroupNormalization: groupNorm,
  InstanceNormalization: instanceNorm,
  L2Normalization: lengthNorm(2),
  LpNormalization: lengthNorm(undefined),
};
