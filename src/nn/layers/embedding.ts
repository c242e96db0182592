/**
 * Learnt vectors looked up by number.
 * @module
 */
import { gather } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { normalInitialiser } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';

export interface EmbeddingOptions {
  /** How many vectors there are. */
  readonly count: number;
  readonly width: number;
  /** Default N(0, 1), as in PyTorch. */
  readonly initialise?: Initialiser;
}

/** int64 numbers of any shape to vectors `[…, width]`; parameter `weight` `[count, width]`. */
export function embedding(scope: Scope, name: string, numbers: Tensor, options: EmbeddingOptions): Tensor {
  const { count, width, initialise = normalInitialiser(1) } = options;
  return scope.layer(name, (inner) => gather(inner.parameter('weight', [count, width], initialise), numbers, 0));
}
