/**
 * Reductions over axes, softmax and its logarithm.
 * @module
 */
import { flatIndex, forEachPosition, type Kernel, tabulate, type Values } from './values.ts';

type ReductionAttributes = { axes: readonly number[]; keepdims: number };

/** Collects what falls on each entry of the result, then sums it up by `reduce`. */
export function reduction(reduce: (entries: readonly number[]) => number): Kernel<ReductionAttributes> {
  return ([x], { axes, keepdims }) => {
    const kept = x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
    const collected = new Map<number, number[]>();
    forEachPosition(x.shape, (index, flat) => {
      const target = flatIndex(
        kept,
        index.map((i, axis) => (axes.includes(axis) ? 0 : i)),
      );
      const entries = collected.get(target);
      if (entries === undefined) collected.set(target, [x.data[flat]]);
      else entries.push(x.data[flat]);
    });
    const result = tabulate(kept, (index) => reduce(collected.get(flatIndex(kept, index)) ?? []));
    return keepdims ? result : { ...result, shape: x.shape.filter((_, axis) => !axes.includes(axis)) };
  };
}

const sum = (entries: readonly number[]): number => entries.reduce((a, b) => a + b, 0);

/** Logarithm of the sum of exponentials along an axis, kept as length 1. */
const logSumExp = (x: Values, axis: number): Values =>
  reduction((entries) => {
    const largest = Math.max(...entries);
    return largest + Math.log(sum(entries.map((value) => Math.exp(value - largest))));
  })([x], { axes: [axis], keepdims: 1 }) as Values;

const logSoftmax = (x: Values, axis: number): Values => {
  const total = logSumExp(x, axis);
  return tabulate(x.shape, (index) => {
    const line = index.map((i, k) => (k === axis ? 0 : i));
    return x.data[flatIndex(x.shape, index)] - total.data[flatIndex(total.shape, line)];
  });
};

const softmaxKernel: Kernel<{ axis: number }> = ([x], { axis }) => {
  const logarithm = logSoftmax(x, axis);
  return { shape: x.shape, data: logarithm.data.map(Math.exp) };
};
const logSoftmaxKernel: Kernel<{ axis: number }> = ([x], { axis }) => logSoftmax(x, axis);

export const reductionKernels: Record<string, Kernel> = {
  ReduceSum: reduction(sum),
  ReduceMean: reduction((entries) => sum(entries) / entries.length),
  ReduceMax: reduction((entries) => Math.max(...entries)),
  ReduceMin: reduction((entries) => Math.min(...entries)),
  ReduceSumSquare: reduction((entries) => sum(entries.map((value) => value * value))),
  Softmax: softmaxKernel,
  LogSoftmax: logSoftmaxKernel,
};
