/**
 * The answer of single units: channels at places of a layer's map, one choice for each input of the batch.
 * @module
 */
import { multiply, reduceSum } from '../../graph/primitives.ts';
import { placeholder } from '../../graph/tensor.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import { hostArray } from '../../tensor/host-array.ts';
import type { DifferentiableEncoder } from '../differentiable.ts';
import { GraphTarget } from './graph-target.ts';
import { layoutOf } from './target.ts';

/** How much each place of the layer's map `[C, …]` counts, for every input: `[batch, C, …]`. */
export function unitTarget(
  encoder: DifferentiableEncoder,
  tap: string,
  selection: Float32Array,
  backend: Backend,
): GraphTarget {
  const map = encoder.taps[tap];
  const tensor = placeholder('selection', 'float32', map.shape);
  const rank = encoder.input.shape.length - 2 === 3 ? 3 : 2;
  return new GraphTarget({
    name: `units of ${tap}`,
    layout: layoutOf(encoder.input.shape.slice(1), rank),
    input: encoder.input,
    numbers: reduceSum(multiply(map, tensor), { axes: map.shape.slice(1).map((_, i) => i + 1) }),
    taps: encoder.taps,
    weights: new Map(Object.entries(encoder.parameters)),
    fed: { selection: { tensor, value: hostArray('float32', map.shape, selection) } },
    backend,
  });
}
