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

export const layerNormalisationKernels: Record<string, Kernel> = {
  LayerNormalization: layerNorm,
  LRN: responseNorm,
};
