/**
 * Losses that pull the embeddings of a pair together and push those of others away.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import { l2Normalise } from '../../graph/operators/lp-normalisation.ts';
import { logSumExp } from '../../graph/operators/norms.ts';
import {
  add,
  concat,
  divide,
  literal,
  matmul,
  multiply,
  reduceMean,
  reduceSum,
  reduceSumSquare,
  relu,
  reshape,
  slice,
  sqrt,
  stopGradient,
  subtract,
} from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { float32 } from '../../tensor/host-array.ts';

function checkPair(a: Tensor, b: Tensor): void {
  if (a.shape.length === 2 && formatShape(a.shape) === formatShape(b.shape)) return;
  throw new SondeError('shape/mismatch', 'two views have embeddings of one shape [B, D]', {
    found: `${formatShape(a.shape)} and ${formatShape(b.shape)}`,
  });
}

/** 1 on the diagonal of `[n, n]`, moved `offset` columns to the right and round; `value` instead of 1. */
function diagonal(n: number, offset: number, value: number): Tensor {
  const array = float32([n, n], 0);
  for (let i = 0; i < n; i++) array.data[i * n + ((i + offset) % n)] = value;
  return literal(array);
}

/**
 * NT-Xent over 2·B views: each view must find its partner among the 2·B − 1 others. With all embeddings alike it is
 * ln(2·B − 1). Chen et al., "A simple framework for contrastive learning of visual representations", ICML 2020.
 *
 * @param a embeddings of first views, `[B, D]`, of any length: they are normalised here
 * @param b of second views, row by row the partners
 */
export function ntXent(a: Tensor, b: Tensor, temperature = 0.5): Tensor {
  checkPair(a, b);
  const batch = a.shape[0];
  const z = l2Normalise(concat([a, b], 0));
  const similarities = divide(matmul(z, z, { transposeB: true }), temperature);
  const positives = reduceSum(multiply(similarities, diagonal(2 * batch, batch, 1)), { axes: [1] });
  // A view is no candidate for itself.
  const others = add(similarities, diagonal(2 * batch, 0, -1e9));
  return reduceMean(subtract(logSumExp(others, { axes: [1] }), positives));
}

/**
 * InfoNCE between two sets of embeddings: row i of `queries` must find row i of `keys` among all keys and the further
 * negatives. With everything alike it is ln of the number of candidates. Van den Oord, Li and Vinyals, "Representation
 * learning with contrastive predictive coding", 2018.
 *
 * @param queries `[B, D]`, normalised here, as are the keys
 * @param keys `[B, D]`
 * @param options.symmetric also from keys to queries, and the mean of both (as between modalities)
 */
export function infoNce(
  queries: Tensor,
  keys: Tensor,
  { temperature = 0.1, symmetric = false }: { readonly temperature?: number; readonly symmetric?: boolean } = {},
): Tensor {
  checkPair(queries, keys);
  const scores = divide(matmul(l2Normalise(queries), l2Normalise(keys), { transposeB: true }), temperature);
  const positives = reduceSum(multiply(scores, diagonal(queries.shape[0], 0, 1)), { axes: [1] });
  const along = (axis: number) => reduceMean(subtract(logSumExp(scores, { axes: [axis] }), positives));
  return symmetric ? multiply(add(along(1), along(0)), 0.5) : along(1);
}

/**
 * InfoNCE against a queue of earlier keys: query i must find key i among it and K others. With everything alike it is
 * ln(1 + K). He et al., "Momentum contrast", CVPR 2020.
 *
 * @param queries `[B, D]`, normalised here
 * @param keys `[B, D]`, normalised here; no gradient passes through them
 * @param queue `[K, D]`, already normalised; no gradient passes through it
 */
export function queueContrast(queries: Tensor, keys: Tensor, queue: Tensor, temperature = 0.2): Tensor {
  checkPair(queries, keys);
  const q = l2Normalise(queries);
  const positive = reduceSum(multiply(q, stopGradient(l2Normalise(keys))), { axes: [1], keep: true });
  const negatives = matmul(q, stopGradient(queue), { transposeB: true });
  const scores = divide(concat([positive, negatives], 1), temperature);
  const first = reshape(slice(scores, 1, 0, 1), [queries.shape[0]]);
  return reduceMean(subtract(logSumExp(scores, { axes: [1] }), first));
}

/**
 * Mean of ½ s d² + ½ (1 − s) max(0, margin − d)², d the distance of the pair: alike pairs attract, others repel up to a
 * margin. Hadsell, Chopra and LeCun, "Dimensionality reduction by learning an invariant mapping", CVPR 2006.
 *
 * @param similar `[B]`, 1 for alike and 0 for others
 */
export function marginContrastive(a: Tensor, b: Tensor, similar: Tensor, margin = 1): Tensor {
  checkPair(a, b);
  const squared = reduceSumSquare(subtract(a, b), { axes: [1] });
  // The root is flat nowhere: a little is added so that equal embeddings have a gradient.
  const gap = relu(subtract(margin, sqrt(add(squared, 1e-12))));
  const loss = add(multiply(similar, squared), multiply(subtract(1, similar), multiply(gap, gap)));
  return multiply(reduceMean(loss), 0.5);
}
