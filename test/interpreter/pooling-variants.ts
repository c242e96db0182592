/**
 * Pooling over whole maps and by norms.
 * @module
 */
import { flatIndex, forEachPosition, type Kernel, tabulate } from './values.ts';

/** A function of all entries of each channel's map. */
const overall =
  (reduce: (entries: readonly number[], p: number) => number): Kernel<{ p?: number }> =>
  ([x], { p = 2 }) => {
    const size = x.data.length / (x.shape[0] * x.shape[1]);
    return tabulate(
      x.shape.map((n, k) => (k < 2 ? n : 1)),
      ([n, c]) => {
        const start = (n * x.shape[1] + c) * size;
        return reduce([...x.data.subarray(start, start + size)], p);
      },
    );
  };

const norm = (entries: readonly number[], p: number): number =>
  entries.reduce((sum, value) => sum + Math.abs(value) ** p, 0) ** (1 / p);

interface LpAttributes {
  kernelShape: readonly number[];
  strides: readonly number[];
  pads: readonly number[];
  p: number;
}

const lpPool: Kernel<LpAttributes> = ([x], { kernelShape, strides, pads, p }) => {
  const rank = kernelShape.length;
  const counts = kernelShape.map(
    (kernel, i) => Math.floor((x.shape[i + 2] + pads[i] + pads[i + rank] - kernel) / strides[i]) + 1,
  );
  return tabulate([...x.shape.slice(0, 2), ...counts], ([n, c, ...window]) => {
    const entries: number[] = [];
    forEachPosition(kernelShape, (offset) => {
      const at = offset.map((o, i) => window[i] * strides[i] - pads[i] + o);
      const inside = at.every((place, i) => place >= 0 && place < x.shape[i + 2]);
      if (inside) entries.push(x.data[flatIndex(x.shape, [n, c, ...at])]);
    });
    return norm(entries, p);
  });
};

export const poolingVariantKernels: Record<string, Kernel> = {
  GlobalAveragePool: overall((entries) => entries.reduce((a, b) => a + b, 0) / entries.length),
  GlobalMaxPool: overall((entries) => Math.max(...entries)),
  GlobalLpPool: overall(norm),
  LpPool: lpPool,
};
