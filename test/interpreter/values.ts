/**
 * Arrays of the interpreter: everything is float64, integers and truth values included.
 * @module
 */
import { type Shape, sizeOf, stridesOf } from '../../src/base/shape.ts';
import type { HostArray } from '../../src/tensor/host-array.ts';

export interface Values {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** An operator as a function of values; each family's attributes are the operator's own. */
export type Kernel<A = never> = (inputs: readonly Values[], attributes: A) => Values | readonly Values[];

export function zeros(shape: Shape): Values {
  return { shape, data: new Float64Array(sizeOf(shape)) };
}

export function fromHost({ shape, data }: HostArray): Values {
  return { shape, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) };
}

/** Visits every position in row-major order. The index array is reused: copy what is kept. */
export function forEachPosition(shape: Shape, visit: (index: readonly number[], flat: number) => void): void {
  const index = new Array<number>(shape.length).fill(0);
  const size = sizeOf(shape);
  for (let flat = 0; flat < size; flat++) {
    visit(index, flat);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (++index[axis] < shape[axis]) break;
      index[axis] = 0;
    }
  }
}

/** Where an index lies in an array of the shape. */
export function flatIndex(shape: Shape, index: readonly number[]): number {
  let flat = 0;
  for (let axis = 0; axis < shape.length; axis++) flat = flat * shape[axis] + index[axis];
  return flat;
}

/** The array whose entry at each index is `entry(index)`. */
export function tabulate(shape: Shape, entry: (index: readonly number[]) => number): Values {
  const result = zeros(shape);
  forEachPosition(shape, (index, flat) => {
    result.data[flat] = entry(index);
  });
  return result;
}

/** Reads an array as if it were broadcast: axes of length 1, and those it lacks in front, are repeated. */
export function broadcastReader({ shape, data }: Values): (index: readonly number[]) => number {
  const strides = stridesOf(shape).map((stride, axis) => (shape[axis] === 1 ? 0 : stride));
  return (index) => {
    const skip = index.length - shape.length;
    let flat = 0;
    for (let axis = 0; axis < shape.length; axis++) flat += strides[axis] * index[axis + skip];
    return data[flat];
  };
}

/** NumPy's rule, written out once more so that the graph's own is checked. */
export function broadcastShape(shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const lengths = shapes.map((shape) => shape[shape.length - rank + i] ?? 1);
    return lengths.find((length) => length !== 1) ?? 1;
  });
}
