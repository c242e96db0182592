/**
 * Numbers of an encoder without classes: how strongly it answers, how alike it finds two pictures, how far a picture lies
 * along a direction that a probe reads.
 * @module
 */
import { divide, multiply, reduceMean, reduceSum, sqrt } from '../../graph/primitives.ts';
import { placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import { float32 } from '../../tensor/host-array.ts';
import type { DifferentiableEncoder } from '../differentiable.ts';
import { GraphTarget } from './graph-target.ts';
import { layoutOf } from './target.ts';

export type EncoderNumber =
  /** ½‖f‖² of the tap's channels, averaged over space. */
  | { readonly kind: 'energy' }
  /** Cosine to the answers for other inputs, `[batch, C]`: attribution of a pair. */
  | { readonly kind: 'similarity'; readonly references: Float32Array }
  /** wᵀf, a direction in the channels: a probe's, say. */
  | { readonly kind: 'direction'; readonly name: string; readonly weights: Float32Array };

/** Throws `shape/mismatch` where references or weights do not fit the tap's channels. */
export function encoderTarget(
  encoder: DifferentiableEncoder,
  tap: string,
  number: EncoderNumber,
  backend: Backend,
  threads?: number,
): GraphTarget {
  const features = pooled(encoder.taps[tap]);
  const [batch, channels] = features.shape;
  const rank = encoder.input.shape.length - 2 === 3 ? 3 : 2;
  const base = {
    layout: layoutOf(encoder.input.shape.slice(1), rank),
    input: encoder.input,
    taps: encoder.taps,
    weights: new Map(Object.entries(encoder.parameters)),
    backend,
    ...(threads === undefined ? {} : { threads }),
  };
  if (number.kind === 'energy') {
    const numbers = multiply(reduceSum(multiply(features, features), { axes: [1] }), 0.5);
    return new GraphTarget({ ...base, name: `the energy of ${tap}`, numbers, fed: {} });
  }
  if (number.kind === 'similarity') {
    const tensor = placeholder('references', 'float32', [batch, channels]);
    const value = float32([batch, channels], number.references);
    const norm = (x: Tensor) => sqrt(reduceSum(multiply(x, x), { axes: [1] }));
    const numbers = divide(
      reduceSum(multiply(features, tensor), { axes: [1] }),
      multiply(norm(features), norm(tensor)),
    );
    return new GraphTarget({
      ...base,
      name: `the similarity of two pictures at ${tap}`,
      numbers,
      fed: { references: { tensor, value } },
    });
  }
  const tensor = placeholder('direction', 'float32', [1, channels]);
  const value = float32([1, channels], number.weights);
  return new GraphTarget({
    ...base,
    name: `${number.name} at ${tap}`,
    numbers: reduceSum(multiply(features, tensor), { axes: [1] }),
    fed: { direction: { tensor, value } },
  });
}

/** `[batch, C]`: maps averaged over everything but channels. */
export function pooled(tap: Tensor): Tensor {
  if (tap.shape.length === 2) return tap;
  return reduceMean(tap, { axes: tap.shape.slice(2).map((_, i) => i + 2) });
}
