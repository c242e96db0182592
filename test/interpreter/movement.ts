/**
 * Operators that only move values.
 * @module
 */
import { broadcastReader, flatIndex, forEachPosition, type Kernel, tabulate, type Values, zeros } from './values.ts';

const reshape: Kernel<{ shape: readonly number[] }> = ([x], { shape }) => ({ shape, data: x.data });

const transpose: Kernel<{ perm: readonly number[] }> = ([x], { perm }) =>
  tabulate(
    perm.map((axis) => x.shape[axis]),
    (index) => {
      const source = new Array<number>(perm.length);
      perm.forEach((axis, i) => {
        source[axis] = index[i];
      });
      return x.data[flatIndex(x.shape, source)];
    },
  );

const expand: Kernel<{ shape: readonly number[] }> = ([x], { shape }) => tabulate(shape, broadcastReader(x));

const concat: Kernel<{ axis: number }> = (inputs, { axis }) => {
  const length = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
  const shape = inputs[0].shape.map((n, k) => (k === axis ? length : n));
  return tabulate(shape, (index) => {
    let position = index[axis];
    let part = 0;
    while (position >= inputs[part].shape[axis]) position -= inputs[part++].shape[axis];
    const source = index.map((i, k) => (k === axis ? position : i));
    return inputs[part].data[flatIndex(inputs[part].shape, source)];
  });
};

interface SliceAttributes {
  starts: readonly number[];
  ends: readonly number[];
  axes: readonly number[];
  steps: readonly number[];
}

/** The positions that NumPy's `start:end:step` visits, found by walking. */
function walk(length: number, start: number, end: number, step: number): number[] {
  const from = start < 0 ? start + length : start;
  const to = end < 0 ? end + length : end;
  const visited: number[] = [];
  if (step > 0) {
    for (let i = Math.max(from, 0); i < Math.min(to, length); i += step) visited.push(i);
  } else {
    for (let i = Math.min(from, length - 1); i > Math.max(to, -1); i += step) visited.push(i);
  }
  return visited;
}

const slice: Kernel<SliceAttributes> = ([x], { starts, ends, axes, steps }) => {
  const positions = x.shape.map((length, axis) => {
    const i = axes.indexOf(axis);
    return i < 0 ? walk(length, 0, length, 1) : walk(length, starts[i], ends[i], steps[i]);
  });
  return tabulate(
    positions.map((list) => list.length),
    (index) => {
      const source = index.map((i, axis) => positions[axis][i]);
      return x.data[flatIndex(x.shape, source)];
    },
  );
};

const pad: Kernel<{ pads: readonly number[]; value: number }> = ([x], { pads, value }) => {
  const rank = x.shape.length;
  const shape = x.shape.map((length, axis) => length + pads[axis] + pads[axis + rank]);
  return tabulate(shape, (index) => {
    const source = index.map((i, axis) => i - pads[axis]);
    const inside = source.every((i, axis) => i >= 0 && i < x.shape[axis]);
    return inside ? x.data[flatIndex(x.shape, source)] : value;
  });
};

/** Where entry `at` of a gathered array was read from. */
function gathered(at: readonly number[], index: Values, axis: number, length: number): number[] {
  const rank = index.shape.length;
  const position = index.data[flatIndex(index.shape, at.slice(axis, axis + rank))];
  return [...at.slice(0, axis), position < 0 ? position + length : position, ...at.slice(axis + rank)];
}

const gather: Kernel<{ axis: number }> = ([x, index], { axis }) =>
  tabulate([...x.shape.slice(0, axis), ...index.shape, ...x.shape.slice(axis + 1)], (at) => {
    const source = gathered(at, index, axis, x.shape[axis]);
    return x.data[flatIndex(x.shape, source)];
  });

const gatherGradient: Kernel<{ axis: number; shape: readonly number[] }> = ([dy, index], { axis, shape }) => {
  const result = zeros(shape);
  forEachPosition(dy.shape, (at, flat) => {
    result.data[flatIndex(shape, gathered(at, index, axis, shape[axis]))] += dy.data[flat];
  });
  return result;
};

export const movementKernels: Record<string, Kernel> = {
  Reshape: reshape,
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  GatherGradient: gatherGradient,
};
