/**
 * Patches described one by one, and pairs of them joined late: the network of relative positions. Doersch, Gupta and
 * Efros, "Unsupervised visual representation learning by context prediction", ICCV 2015.
 * @module
 */
import { sizeOf } from '../base/shape.ts';
import { add, concat, gather, indices, relu, reshape } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { Scope } from '../nn/parameters.ts';
import { type FirstWeights, startOf } from './first-weights.ts';
import { rowsOfPlaces } from './pair-features.ts';

/** Places of two patches in one item's row of patches. */
export interface PatchPair {
  readonly first: number;
  readonly second: number;
}

/** Pairs that differ from item to item: places in each item's row of patches, int64 `[B, pairs]`. */
export interface DrawnPairs {
  readonly first: Tensor;
  readonly second: Tensor;
}

export interface PairWidths {
  /** Numbers that describe a patch. */
  readonly features: number;
  /** Numbers that describe a pair. */
  readonly hidden: number;
  readonly answers: number;
  /** Default `fan-in`. */
  readonly firstWeights?: FirstWeights;
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
  pairs: readonly PatchPair[] | DrawnPairs,
  { features, hidden, answers, firstWeights = 'fan-in' }: PairWidths,
): Tensor {
  const count = map.shape[0] / batch;
  const flat = reshape(map, [batch * count, sizeOf(map.shape.slice(1))]);
  const start = startOf(firstWeights);
  // Without scale and shift: a layer that may scale learns to silence itself before it learns anything else.
  const plain = { affine: false };
  const fc6 = relu(batchNorm(scope, 'fc6.bn', linearLayer(scope, 'fc6', flat, { features, ...start.hidden }), plain));
  const rows = (side: 'first' | 'second') =>
    'first' in pairs
      ? drawnRows(pairs[side], count)
      : rowsOfPlaces(
          pairs.map((pair) => pair[side]),
          batch,
          count,
        );
  const joined = concat([gather(fc6, rows('first')), gather(fc6, rows('second'))], 1);
  const fc7 = relu(
    batchNorm(scope, 'fc7.bn', linearLayer(scope, 'fc7', joined, { features: hidden, ...start.hidden }), plain),
  );
  const fc8 = relu(linearLayer(scope, 'fc8', fc7, { features: hidden, ...start.hidden }));
  return linearLayer(scope, 'fc9', fc8, { features: answers, ...start.answer });
}

/** Places `[B, pairs]` within an item as rows of the whole batch, `[B·pairs]`. */
function drawnRows(places: Tensor, count: number): Tensor {
  const [batch, pairs] = places.shape;
  const firsts = Array.from({ length: batch * pairs }, (_, i) => Math.floor(i / pairs) * count);
  return add(reshape(places, [batch * pairs]), indices(firsts));
}
