/**
 * The weights of a trunk's first layer, out of its exported encoder.
 * @module
 */
import { trunkById } from '../../nn/trunks/index.ts';
import type { FilterBank } from '../../report/figures/filters.ts';
import { loadModel } from '../../runtime/storage/onnx-file.ts';

/** `undefined` where the model holds no such weights. */
export async function firstFilters(encoder: string, trunk: string): Promise<FilterBank | undefined> {
  const { firstFilters: name } = trunkById(trunk);
  const model = await loadModel(encoder);
  const weights = model.graph.initialisers.get(`trunk.${name}`);
  if (weights === undefined) return undefined;
  return { layer: name, shape: weights.shape, data: weights.data as Float32Array };
}
