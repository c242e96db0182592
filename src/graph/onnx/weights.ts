/**
 * A model with other values for its weights: nodes, operator set and open lengths stay as they were written.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape } from '../../base/shape.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import type { OnnxModel } from './model.ts';

/**
 * @param values by the names that the file gives its initialisers; those it does not name are left out, those not given
 * keep their values
 * @throws SondeError `shape/mismatch` for a value of another shape or type
 */
export function withWeights(model: OnnxModel, values: ReadonlyMap<string, HostArray>): OnnxModel {
  const initialisers = new Map(model.graph.initialisers);
  for (const [name, known] of model.graph.initialisers) {
    const value = values.get(name);
    if (value === undefined) continue;
    if (value.dtype !== known.dtype || !sameShape(value.shape, known.shape)) {
      throw new SondeError('shape/mismatch', `weight ${name} does not fit the model`, {
        expected: `${known.dtype} ${formatShape(known.shape)}`,
        found: `${value.dtype} ${formatShape(value.shape)}`,
      });
    }
    initialisers.set(name, value);
  }
  return { ...model, graph: { ...model.graph, initialisers } };
}
