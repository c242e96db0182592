/**
 * Patches described one by one, and pairs of them joined late: the network of relative positions. Doersch, Gupta and
 * Efros, "Unsupervised visual representation learning by context prediction", ICCV 2015.
 * @module
 */
import { sizeOf } from '../base/shape.ts';
import { concat, gather, indices, relu, reshape } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { Scope } from '../nn/parameters.ts';

/** Places of two patches in one item's row of patches. */
export interface PatchPair {
  readonly first: number;
  readonly second: number;
}

export interface PairWidths {
  /** Numbers that describe a patch. */
  readonly features: number;
  /** Numbers that describe a pair. */
  readonly hidden: number;
  readonly answers: number;
}

/**
 * Logits `[B·pairs, answers]`, pairs in order within each item.
 *
 * @param map what the trunk makes of B·n patches
 * @param batch B
 */
export function relatePairs(
  scope: Scope,
  map: Tensor,
  batch: number,
  pairs: readonly PatchPair[],
  { features, hidden, answers }: PairWidths,
): Tensor {
  const count = map.shape[0] / batch;
  const flat = reshape(map, [batch * count, sizeOf(map.shape.slice(1))]);
  // Without scale and shift: a layer that may scale learns to silence itself before it learns anything else.
  const plain = { affine: false };
  const fc6 = relu(batchNorm(scope, 'fc6.bn', linearLayer(scope, 'fc6', flat, { features }), plain));
  const rows = (side: 'first' | 'second') =>
    Array.from({ length: batch }, (_, item) => pairs.map((pair) => item * count + pair[side])).flat();
  const joined = concat([gather(fc6, indices(rows('first'))), gather(fc6, indices(rows('second')))], 1);
  const fc7 = relu(batchNorm(scope, 'fc7.bn', linearLayer(scope, 'fc7', joined, { features: hidden }), plain));
  const fc8 = relu(linearLayer(scope, 'fc8', fc7, { features: hidden }));
  return linearLayer(scope, 'fc9', fc8, { features: answers });
}
