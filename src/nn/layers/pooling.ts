/**
 * Pooling over whole maps.
 * @module
 */
import { reduceMean } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';

/** Mean over all positions: `[B, C, …]` to `[B, C]`. */
export function globalAveragePool(x: Tensor): Tensor {
  return reduceMean(x, { axes: x.shape.slice(2).map((_, i) => i + 2) });
}
