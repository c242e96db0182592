/**
 * The fully connected layers of a tower that sees one frame: fc6 and fc7 of CaffeNet, normalised without scale and shift, as
 * released with Misra, Zitnick and Hebert, "Shuffle and learn", ECCV 2016.
 * @module
 */
import { sizeOf } from '../base/shape.ts';
import { relu, reshape } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { batchNorm } from '../nn/layers/batch-norm.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import type { Scope } from '../nn/parameters.ts';
import { type FirstWeights, startOf } from './first-weights.ts';
import { unitDrops } from './kept-units.ts';

export interface TowerChoice {
  /** Width of both layers. */
  readonly hidden: number;
  readonly dropout: number;
  readonly firstWeights: FirstWeights;
}

/** `[N, C, …]` to `[N, hidden]`; `keptUnits` holds fc6's and fc7's units of every row side by side. */
export function fullyConnectedTower(
  scope: Scope,
  map: Tensor,
  { hidden, dropout, firstWeights }: TowerChoice,
  keptUnits: Tensor | undefined,
): Tensor {
  const { hidden: start } = startOf(firstWeights);
  const drops = unitDrops(scope, keptUnits, dropout, [hidden, hidden]);
  let x = reshape(map, [map.shape[0], sizeOf(map.shape.slice(1))]);
  ['fc6', 'fc7'].forEach((name, i) => {
    const layer = linearLayer(scope, name, x, { features: hidden, ...start });
    x = drops[i](relu(batchNorm(scope, `${name}.bn`, layer, { affine: false })));
  });
  return x;
}
