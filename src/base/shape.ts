/**
 * Arithmetic of shapes (row-major, C order).
 * @module
 */
import { SondeError } from './errors.ts';

export type Shape = readonly number[];

/** Number of elements. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** Row-major strides, in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The shape of an elementwise result under NumPy's broadcasting rule. Throws `shape/mismatch`. */
export function broadcastShapes(...shapes: Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let i = 0; i < shape.length; i++) {
      const axis = rank - shape.length + i;
      if (shape[i] === 1 || shape[i] === result[axis]) continue;
      if (result[axis] !== 1) {
        throw new SondeError('shape/mismatch', `shapes ${shapes.map(formatShape).join(' and ')} do not broadcast`, {
          hint: 'lengths are compared from the last axis on: each pair is equal, or one of it is 1',
        });
      }
      result[axis] = shape[i];
    }
  }
  return result;
}

/** A non-negative axis for a possibly negative one. */
export function normaliseAxis(axis: number, rank: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= rank) {
    throw new SondeError('shape/mismatch', `axis ${axis} does not exist in a tensor of rank ${rank}`, {
      hint: 'axes are numbered from 0; negative ones count from behind',
    });
  }
  return positive;
}

/** `[8, 3, 32, 32]`, for messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
