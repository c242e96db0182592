/**
 * Reading and writing at given positions, running sums, the largest entries: entry by entry.
 * @module
 */
import { flatIndex, forEachPosition, type Kernel, tabulate, type Values, zeros } from './values.ts';

const fromFront = (position: number, length: number): number => (position < 0 ? position + length : position);

/** Where entry `at` of an array of indices points to along an axis. */
function pointed(at: readonly number[], index: Values, axis: number, length: number): number[] {
  const position = fromFront(index.data[flatIndex(index.shape, at)], length);
  return at.map((i, k) => (k === axis ? position : i));
}

const gatherElements: Kernel<{ axis: number }> = ([x, index], { axis }) =>
  tabulate(index.shape, (at) => x.data[flatIndex(x.shape, pointed(at, index, axis, x.shape[axis]))]);

const scatterElements: Kernel<{ axis: number; reduction: string }> = ([x, index, updates], { axis, reduction }) => {
  const result = { shape: x.shape, data: x.data.slice() };
  forEachPosition(index.shape, (at, flat) => {
    const target = flatIndex(x.shape, pointed(at, index, axis, x.shape[axis]));
    result.data[target] = updates.data[flat] + (reduction === 'add' ? result.data[target] : 0);
  });
  return result;
};

/** Visits each tuple of indices: where it stands and what it names. */
function forEachTuple(x: Values, index: Values, batch: number, visit: (at: number[], start: number[]) => void): void {
  const depth = index.shape[index.shape.length - 1];
  forEachPosition(index.shape.slice(0, -1), (at) => {
    const tuple = Array.from({ length: depth }, (_, k) =>
      fromFront(index.data[flatIndex(index.shape, [...at, k])], x.shape[batch + k]),
    );
    visit([...at], [...at.slice(0, batch), ...tuple]);
  });
}

const gatherND: Kernel<{ batchDims: number }> = ([x, index], { batchDims }) => {
  const depth = index.shape[index.shape.length - 1];
  const rest = x.shape.slice(batchDims + depth);
  const result = zeros([...index.shape.slice(0, -1), ...rest]);
  forEachTuple(x, index, batchDims, (at, start) => {
    forEachPosition(rest, (inner) => {
      result.data[flatIndex(result.shape, [...at, ...inner])] = x.data[flatIndex(x.shape, [...start, ...inner])];
    });
  });
  return result;
};

const scatterND: Kernel<{ reduction: string }> = ([x, index, updates], { reduction }) => {
  const result = { shape: x.shape, data: x.data.slice() };
  const rest = x.shape.slice(index.shape[index.shape.length - 1]);
  forEachTuple(x, index, 0, (at, start) => {
    forEachPosition(rest, (inner) => {
      const target = flatIndex(x.shape, [...start, ...inner]);
      const update = updates.data[flatIndex(updates.shape, [...at, ...inner])];
      result.data[target] = update + (reduction === 'add' ? result.data[target] : 0);
    });
  });
  return result;
};

const takeTokens: Kernel = ([x, index]) =>
  tabulate([...index.shape, x.shape[2]], ([b, k, w]) => {
    const token = index.data[flatIndex(index.shape, [b, k])];
    return x.data[flatIndex(x.shape, [b, token, w])];
  });

/** The entries along an axis through a position, in order. */
function line(x: Values, at: readonly number[], axis: number): number[] {
  return Array.from({ length: x.shape[axis] }, (_, i) => {
    const index = at.map((place, k) => (k === axis ? i : place));
    return x.data[flatIndex(x.shape, index)];
  });
}

const argument =
  (best: (...entries: number[]) => number): Kernel<{ axis: number; keepdims: number }> =>
  ([x], { axis, keepdims }) => {
    const kept = tabulate(
      x.shape.map((n, k) => (k === axis ? 1 : n)),
      (at) => {
        const entries = line(x, at, axis);
        return entries.indexOf(best(...entries));
      },
    );
    return keepdims ? kept : { ...kept, shape: x.shape.filter((_, k) => k !== axis) };
  };

const topK: Kernel<{ axis: number; largest: number; k: readonly number[] }> = ([x], { axis, largest, k: [k] }) => {
  const shape = x.shape.map((n, i) => (i === axis ? k : n));
  const ranked = (at: readonly number[]): [number, number] => {
    const entries = line(x, at, axis).map((value, i): [number, number] => [value, i]);
    entries.sort(([a, i], [b, j]) => (largest ? b - a : a - b) || i - j);
    return entries[at[axis]];
  };
  return [tabulate(shape, (at) => ranked(at)[0]), tabulate(shape, (at) => ranked(at)[1])];
};

type RunningAttributes = { axis: number; exclusive: number; reverse: number };
const cumulativeSum: Kernel<RunningAttributes> = ([x], { axis, exclusive, reverse }) =>
  tabulate(x.shape, (at) => {
    const here = at[axis];
    const counts = (i: number) => (i === here ? !exclusive : reverse ? i > here : i < here);
    return line(x, at, axis).reduce((sum, value, i) => sum + (counts(i) ? value : 0), 0);
  });

export const indexingKernels: Record<string, Kernel> = {
  GatherElements: gatherElements,
  ScatterElements: scatterElements,
  GatherND: gatherND,
  ScatterND: scatterND,
  TakeTokens: takeTokens,
  ArgMax: argument(Math.max),
  ArgMin: argument(Math.min),
  TopK: topK,
  CumSum: cumulativeSum,
};
