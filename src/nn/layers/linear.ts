/**
 * Fully connected layer.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import { linear, reshape } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { uniformFanIn, uniformInitialiser } from '../initialisers.ts';
import type { Initialiser, ParameterOptions, Scope } from '../parameters.ts';

export interface LinearLayerOptions {
  readonly features: number;
  /** Default true. */
  readonly bias?: boolean;
  /** Default U(±1 / √fan in). */
  readonly initialise?: Initialiser;
  readonly initialiseBias?: Initialiser;
  /** How the bias is trained, where otherwise than the weights. */
  readonly biasTraining?: ParameterOptions;
}

/** `[B, …, I]` to `[B, …, features]`; parameters `weight` `[features, I]`, `bias`. */
export function linearLayer(scope: Scope, name: string, x: Tensor, options: LinearLayerOptions): Tensor {
  const { features, bias = true, initialise = uniformFanIn, biasTraining } = options;
  return scope.layer(name, (inner) => {
    const before = x.shape.slice(0, -1);
    const inputs = x.shape[before.length];
    const weight = inner.parameter('weight', [features, inputs], initialise);
    const initialiser = options.initialiseBias ?? uniformInitialiser(1 / Math.sqrt(inputs));
    const rows = before.length === 1 ? x : reshape(x, [sizeOf(before), inputs]);
    const y = linear(rows, weight, bias ? inner.parameter('bias', [features], initialiser, biasTraining) : undefined);
    return before.length === 1 ? y : reshape(y, [...before, features]);
  });
}
