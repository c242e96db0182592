/**
 * Convolution layer in 1, 2 or 3 dimensions.
 * @module
 */
import { type ConvolutionOptions, convolution } from '../../graph/operators/convolution.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, fans, heFanOut, uniformInitialiser } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';

export interface ConvolutionLayerOptions extends Omit<ConvolutionOptions, 'bias'> {
  /** Output channels. */
  readonly channels: number;
  /** One length for all spatial axes, or one each. */
  readonly kernel: number | readonly number[];
  /** Default true. */
  readonly bias?: boolean;
  /** Default N(0, 2 / fan out). */
  readonly initialise?: Initialiser;
  readonly initialiseBias?: Initialiser;
}

/** `[B, C, …]` to `[B, channels, …]`; parameters `weight`, `bias`. */
export function convolutionLayer(scope: Scope, name: string, x: Tensor, options: ConvolutionLayerOptions): Tensor {
  const { channels, kernel, bias = true, initialise = heFanOut, initialiseBias, ...geometry } = options;
  return scope.layer(name, (inner) => {
    const rank = x.shape.length - 2;
    const lengths = typeof kernel === 'number' ? new Array<number>(rank).fill(kernel) : kernel;
    const shape = [channels, x.shape[1] / (geometry.groups ?? 1), ...lengths];
    const weight = inner.parameter('weight', shape, initialise);
    if (!bias) return convolution(x, weight, geometry);
    const initialiser = initialiseBias ?? uniformInitialiser(1 / Math.sqrt(fans(shape).fanIn));
    return convolution(x, weight, { ...geometry, bias: inner.parameter('bias', [channels], initialiser) });
  });
}

export const zeroBias = constantInitialiser(0);
