/**
 * Group and instance normalisation layers: the same in training and in evaluation.
 * @module
 */
import { groupNormalisation } from '../../graph/operators/group-normalisation.ts';
import { fill } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser } from '../initialisers.ts';
import type { Scope } from '../parameters.ts';

export interface GroupNormOptions {
  /** Must divide the channels; as many as channels is instance normalisation, 1 normalises a whole sample. */
  readonly groups: number;
  readonly epsilon?: number;
  /** Learn scale and shift (default); without, only normalise. */
  readonly affine?: boolean;
}

/** x `[B, C, …]`; parameters `weight`, `bias`. Wu and He, "Group normalization", ECCV 2018. */
export function groupNorm(scope: Scope, name: string, x: Tensor, options: GroupNormOptions): Tensor {
  const { groups, epsilon = 1e-5, affine = true } = options;
  return scope.layer(name, (inner) => {
    const channels = [x.shape[1]];
    const scale = affine ? inner.parameter('weight', channels, constantInitialiser(1)) : fill(channels, 1);
    const shift = affine ? inner.parameter('bias', channels, constantInitialiser(0)) : fill(channels, 0);
    return groupNormalisation(x, scale, shift, groups, epsilon);
  });
}
