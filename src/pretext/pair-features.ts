/**
 * Things described one by one and joined two by two, for questions whose answer lies between them. Lee, Huang, Singh and
 * Yang, "Unsupervised representation learning by sorting sequences", ICCV 2017 (pairwise feature extraction); Xu et al.,
 * "Self-supervised spatiotemporal learning via video clip order prediction", CVPR 2019 (its head).
 * @module
 */
import { concat, gather, indices, relu, reshape, subtract } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { Scope } from '../nn/parameters.ts';
import { type FirstWeights, startOf } from './first-weights.ts';

export interface PairLayer {
  /** Numbers that describe a pair. */
  readonly features: number;
  /** `pairs`: both side by side, as published. `differences`: the first and what changes from it to the second. */
  readonly joining: 'pairs' | 'differences';
  /** Default `fan-in`. */
  readonly firstWeights?: FirstWeights;
}

/** Every two of `count` places, the earlier first. */
export function pairsOf(count: number): [first: number, second: number][] {
  return Array.from({ length: count }, (_, first) => first).flatMap((first) =>
    Array.from({ length: count - first - 1 }, (_, i): [number, number] => [first, first + 1 + i]),
  );
}

/** Places within an item as rows of all items' things, the same places in each of `batch` items of `count` things. */
export function rowsOfPlaces(places: readonly number[], batch: number, count: number): Tensor {
  return indices(Array.from({ length: batch }, (_, item) => places.map((place) => item * count + place)).flat());
}

/**
 * One layer of shared weights on every pair, pairs side by side: `[B, count · (count − 1) / 2 · features]`.
 *
 * Moments of one recording differ far less than recordings do. A layer that sees both moments side by side must first
 * find that little difference in the large common part, and silences itself before it does; where the difference is
 * brought to the same scale as the whole, it is seen from the first step.
 *
 * @param described `[B·count, D]`, the things of an item in order
 */
export function pairFeatures(
  scope: Scope,
  described: Tensor,
  count: number,
  { features, joining, firstWeights = 'fan-in' }: PairLayer,
): Tensor {
  const batch = described.shape[0] / count;
  const pairs = pairsOf(count);
  const [first, second] = [0, 1].map((side) =>
    gather(
      described,
      rowsOfPlaces(
        pairs.map((pair) => pair[side]),
        batch,
        count,
      ),
    ),
  );
  const plain = { affine: false };
  const seen =
    joining === 'pairs'
      ? [first, second]
      : [batchNorm(scope, 'first.bn', first, plain), batchNorm(scope, 'difference.bn', subtract(second, first), plain)];
  const joined = relu(linearLayer(scope, 'pair', concat(seen, 1), { features, ...startOf(firstWeights).hidden }));
  return reshape(joined, [batch, pairs.length * features]);
}
