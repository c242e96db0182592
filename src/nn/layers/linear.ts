/**
 * Fully connected layer.
 * @module
 */
import { linear } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { uniformFanIn, uniformInitialiser } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';

export interface LinearLayerOptions {
  readonly features: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Default U(±1 / √fan in). */
  readonly initialise?: Initialiser;
  readonly initialiseBias?: Initialiser;
}

/** `[B, I]` to `[B, features]`; parameters `weight` `[features, I]`, `bias`. */
export function linearLayer(scope: Scope, name: string, x: Tensor, options: LinearLayerOptions): Tensor {
  const { features, bias = true, initialise = uniformFanIn } = options;
  return scope.layer(name, (inner) => {
    const weight = inner.parameter('weight', [features, x.shape[1]], initialise);
    const initialiser = options.initialiseBias ?? uniformInitialiser(1 / Math.sqrt(x.shape[1]));
    return linear(x, weight, bias ? inner.parameter('bias', [features], initialiser) : undefined);
  });
}
