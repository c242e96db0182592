/**
 * Convolution, its transpose and its weight gradient: one sum over triples of an input, a weight and an output entry,
 * read in three directions.
 * @module
 */
import type { Shape } from '../../src/base/shape.ts';
import { flatIndex, forEachPosition, type Kernel, zeros } from './values.ts';

interface Geometry {
  strides: readonly number[];
  pads: readonly number[];
  dilations: readonly number[];
  group: number;
}

/** Calls `visit` with the places in x `[N, C, …]`, w `[O, C/group, …]` and y `[N, O, …]` of every product. */
function forEachProduct(
  x: Shape,
  w: Shape,
  y: Shape,
  { strides, pads, dilations, group }: Geometry,
  visit: (inX: number, inW: number, inY: number) => void,
): void {
  const outputsPerGroup = w[0] / group;
  forEachPosition(y, ([n, o, ...p], inY) => {
    const firstChannel = Math.floor(o / outputsPerGroup) * w[1];
    forEachPosition(w.slice(1), ([c, ...k]) => {
      const source = p.map((position, i) => position * strides[i] + k[i] * dilations[i] - pads[i]);
      if (!source.every((position, i) => position >= 0 && position < x[i + 2])) return;
      visit(flatIndex(x, [n, firstChannel + c, ...source]), flatIndex(w, [o, c, ...k]), inY);
    });
  });
}

const conv: Kernel<Geometry> = ([x, w, bias], geometry) => {
  const { strides, pads, dilations } = geometry;
  const spatial = strides.map((stride, i) => {
    const padded = x.shape[i + 2] + pads[i] + pads[i + strides.length];
    return Math.floor((padded - dilations[i] * (w.shape[i + 2] - 1) - 1) / stride) + 1;
  });
  const y = zeros([x.shape[0], w.shape[0], ...spatial]);
  if (bias !== undefined) {
    forEachPosition(y.shape, ([, o], flat) => {
      y.data[flat] = bias.data[o];
    });
  }
  forEachProduct(x.shape, w.shape, y.shape, geometry, (inX, inW, inY) => {
    y.data[inY] += x.data[inX] * w.data[inW];
  });
  return y;
};

/** The convolution read backwards: what an output entry would have taken from an input entry flows to it. */
const convTranspose: Kernel<Geometry & { outputPadding: readonly number[] }> = ([x, w], geometry) => {
  const { strides, pads, dilations, group, outputPadding } = geometry;
  const spatial = strides.map(
    (stride, i) =>
      (x.shape[i + 2] - 1) * stride +
      dilations[i] * (w.shape[i + 2] - 1) +
      1 -
      pads[i] -
      pads[i + strides.length] +
      outputPadding[i],
  );
  const y = zeros([x.shape[0], w.shape[1] * group, ...spatial]);
  forEachProduct(y.shape, w.shape, x.shape, geometry, (inY, inW, inX) => {
    y.data[inY] += x.data[inX] * w.data[inW];
  });
  return y;
};

const weightGradient: Kernel<Geometry & { kernelShape: readonly number[] }> = ([x, dy], geometry) => {
  const dw = zeros([dy.shape[1], x.shape[1] / geometry.group, ...geometry.kernelShape]);
  forEachProduct(x.shape, dw.shape, dy.shape, geometry, (inX, inW, inY) => {
    dw.data[inW] += x.data[inX] * dy.data[inY];
  });
  return dw;
};

export const convolutionKernels: Record<string, Kernel> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  ConvWeightGradient: weightGradient,
};
