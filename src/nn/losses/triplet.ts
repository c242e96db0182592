/**
 * Triplet loss with semi-hard negatives chosen within the batch.
 * @module
 */

import {
  add,
  cast,
  divide,
  equal,
  greater,
  literal,
  matmul,
  maximum,
  multiply,
  reduceMax,
  reduceMin,
  reduceSum,
  reduceSumSquare,
  relu,
  reshape,
  stopGradient,
  subtract,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { float32 } from '../../tensor/host-array.ts';

/** Squared distances between the rows of an `[B, D]` tensor, `[B, B]`, never below 0. */
export function squaredDistances(x: Tensor): Tensor {
  const [batch] = x.shape;
  const squares = reduceSumSquare(x, { axes: [1] });
  const both = add(reshape(squares, [batch, 1]), reshape(squares, [1, batch]));
  return relu(subtract(both, multiply(matmul(x, x, { transposeB: true }), 2)));
}

/**
 * Mean over pairs (anchor, positive) of max(0, d(a, p) − d(a, n) + margin), with squared distances and for each pair the
 * nearest negative that is farther than the positive, or the farthest of all where none is. Schroff, Kalenichenko and
 * Philbin, "FaceNet", CVPR 2015, section 3.2.
 *
 * @param x embeddings `[B, D]`, usually of length 1
 * @param classes int64 `[B]`; rows of one class are positives of each other
 * @returns 0 where the batch has no pair of one class
 */
export function tripletLoss(x: Tensor, classes: Tensor, margin = 0.2): Tensor {
  const [batch] = x.shape;
  const distances = squaredDistances(x);
  const same = cast(equal(reshape(classes, [batch, 1]), reshape(classes, [1, batch])), 'float32');
  const other = subtract(1, same);
  // Axes: anchor, positive, negative. What is chosen is decided outside the gradient.
  const fixed = stopGradient(distances);
  const positive = reshape(fixed, [batch, batch, 1]);
  const negative = reshape(fixed, [batch, 1, batch]);
  const farther = multiply(cast(greater(negative, positive), 'float32'), reshape(other, [batch, 1, batch]));
  const far = 1e30;
  const nearest = reduceMin(add(negative, multiply(subtract(1, farther), far)), { axes: [2] });
  const farthest = reduceMax(subtract(fixed, multiply(same, far)), { axes: [1], keep: true });
  const none = cast(greater(nearest, far / 2), 'float32');
  const chosen = add(multiply(nearest, subtract(1, none)), multiply(farthest, none));
  const isChosen = multiply(
    cast(equal(negative, reshape(chosen, [batch, batch, 1])), 'float32'),
    reshape(other, [batch, 1, batch]),
  );
  const share = divide(isChosen, maximum(reduceSum(isChosen, { axes: [2], keep: true }), 1));
  const toNegative = reduceSum(multiply(share, reshape(distances, [batch, 1, batch])), { axes: [2] });
  const pairs = multiply(same, subtract(1, identity(batch)));
  const valid = multiply(pairs, reduceMax(other, { axes: [1], keep: true }));
  const hinge = relu(add(subtract(distances, toNegative), margin));
  return divide(reduceSum(multiply(hinge, valid)), maximum(reduceSum(valid), 1));
}

function identity(n: number): Tensor {
  const array = float32([n, n], 0);
  for (let i = 0; i < n; i++) array.data[i * (n + 1)] = 1;
  return literal(array);
}
