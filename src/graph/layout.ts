/**
 * The vocabulary of layouts: cutting into parts, joining them, and axes of length 1 that come and go.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { formatShape, normaliseAxis, sizeOf } from '../base/shape.ts';
import { concat, reshape } from './primitives.ts';
import { emitAll, type Tensor } from './tensor.ts';

/** Parts of the given lengths along an axis; their gradients are joined in one copy. */
export function split(x: Tensor, lengths: readonly number[], axis = 0): readonly Tensor[] {
  if (lengths.length === 1 && lengths[0] === x.shape[normaliseAxis(axis, x.shape.length)]) return [x];
  return emitAll('Split', [x], { axis: normaliseAxis(axis, x.shape.length), lengths });
}

/** Every entry along an axis, the axis dropped. */
export function unstack(x: Tensor, axis = 0): readonly Tensor[] {
  const at = normaliseAxis(axis, x.shape.length);
  const shape = x.shape.filter((_, k) => k !== at);
  return split(x, new Array<number>(x.shape[at]).fill(1), at).map((part) => reshape(part, shape));
}

/** Tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  const at = normaliseAxis(axis, tensors[0].shape.length + 1);
  return concat(
    tensors.map((tensor) => unsqueeze(tensor, [at])),
    at,
  );
}

/** Drops axes of length 1, all of them by default. */
export function squeeze(x: Tensor, axes?: readonly number[]): Tensor {
  const rank = x.shape.length;
  const dropped = new Set(
    axes === undefined
      ? x.shape.flatMap((n, k) => (n === 1 ? [k] : []))
      : axes.map((axis) => normaliseAxis(axis, rank)),
  );
  for (const axis of dropped) {
    if (x.shape[axis] !== 1)
      throw new SondeError('shape/mismatch', `axis ${axis} of ${formatShape(x.shape)} is not of length 1`, {
        hint: 'only axes of length 1 can be dropped; reshape does the rest',
      });
  }
  return reshape(
    x,
    x.shape.filter((_, axis) => !dropped.has(axis)),
  );
}

/** Inserts axes of length 1 at the given places of the result. */
export function unsqueeze(x: Tensor, axes: readonly number[]): Tensor {
  const rank = x.shape.length + axes.length;
  const inserted = new Set(axes.map((axis) => normaliseAxis(axis, rank)));
  let next = 0;
  return reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (inserted.has(axis) ? 1 : x.shape[next++])),
  );
}

/** Joins the axes before `axis`, and those from it on, to a matrix. */
export function flatten(x: Tensor, axis = 1): Tensor {
  return reshape(x, [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]);
}
