/**
 * Maximum and average pooling and their gradients.
 * @module
 */
import { flatIndex, forEachPosition, type Kernel, type Values, zeros } from './values.ts';

interface Windows {
  kernelShape: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
  dilations?: readonly number[];
}

/** The entries of `x` that each window of the result sees, in row-major order; padding is left out. */
function forEachWindow(
  shape: readonly number[],
  { kernelShape, strides, pads, dilations = strides.map(() => 1) }: Windows,
  visit: (window: number, entries: readonly number[]) => void,
): number[] {
  const spatial = strides.map((stride, i) => {
    const padded = shape[i + 2] + pads[i] + pads[i + strides.length];
    return Math.floor((padded - (kernelShape[i] - 1) * dilations[i] - 1) / stride) + 1;
  });
  const windows = [shape[0], shape[1], ...spatial];
  forEachPosition(windows, ([n, c, ...p], window) => {
    const entries: number[] = [];
    forEachPosition(kernelShape, (k) => {
      const source = p.map((position, i) => position * strides[i] + k[i] * dilations[i] - pads[i]);
      if (source.every((position, i) => position >= 0 && position < shape[i + 2])) {
        entries.push(flatIndex(shape, [n, c, ...source]));
      }
    });
    visit(window, entries);
  });
  return windows;
}

const maxPool: Kernel<Windows> = ([x], windows) => {
  const data: number[] = [];
  const shape = forEachWindow(x.shape, windows, (_, entries) => {
    data.push(Math.max(...entries.map((entry) => x.data[entry])));
  });
  return { shape, data: Float64Array.from(data) };
};

/** The first maximum of a window receives its whole gradient. */
const maxPoolGradient: Kernel<Windows> = ([x, , dy], windows) => {
  const dx = zeros(x.shape);
  forEachWindow(x.shape, windows, (window, entries) => {
    const [first, ...others] = entries;
    const winner = others.reduce((best, entry) => (x.data[entry] > x.data[best] ? entry : best), first);
    dx.data[winner] += dy.data[window];
  });
  return dx;
};

type Averages = Windows & { countIncludePad: number };

function divisor({ kernelShape, countIncludePad }: Averages, entries: readonly number[]): number {
  return countIncludePad ? kernelShape.reduce((a, b) => a * b, 1) : entries.length;
}

const averagePool: Kernel<Averages> = ([x], windows) => {
  const data: number[] = [];
  const shape = forEachWindow(x.shape, windows, (_, entries) => {
    data.push(entries.reduce((sum, entry) => sum + x.data[entry], 0) / divisor(windows, entries));
  });
  return { shape, data: Float64Array.from(data) };
};

const averagePoolGradient: Kernel<Averages & { spatial: readonly number[] }> = ([dy], windows): Values => {
  const dx = zeros([...dy.shape.slice(0, 2), ...windows.spatial]);
  forEachWindow(dx.shape, windows, (window, entries) => {
    for (const entry of entries) dx.data[entry] += dy.data[window] / divisor(windows, entries);
  });
  return dx;
};

export const poolingKernels: Record<string, Kernel> = {
  MaxPool: maxPool,
  MaxPoolGradient: maxPoolGradient,
  AveragePool: averagePool,
  AveragePoolGradient: averagePoolGradient,
};
