/**
 * Layer normalisation layer.
 * @module
 */
import { layerNormalisation } from '../../graph/operators/layer-normalisation.ts';
import { fill } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser } from '../initialisers.ts';
import type { Scope } from '../parameters.ts';

export interface LayerNormOptions {
  readonly epsilon?: number;
  /** Learn scale and shift (default); without, only normalise. */
  readonly affine?: boolean;
}

/** Over the last axis; parameters `weight`, `bias`, without weight decay. Ba, Kiros and Hinton, 2016. */
export function layerNorm(scope: Scope, name: string, x: Tensor, options: LayerNormOptions = {}): Tensor {
  const { epsilon = 1e-5, affine = true } = options;
  return scope.layer(name, (inner) => {
    const shape = [x.shape[x.shape.length - 1]];
    if (!affine) return layerNormalisation(x, fill(shape, 1), undefined, { epsilon });
    const scale = inner.parameter('weight', shape, constantInitialiser(1), { weightDecayScale: 0 });
    const shift = inner.parameter('bias', shape, constantInitialiser(0), { weightDecayScale: 0 });
    return layerNormalisation(x, scale, shift, { epsilon });
  });
}
