/**
 * Somebody else's model as part of a network that is trained: its weights become parameters of the store.
 * @module
 */
import type { ImportedModel } from '../graph/onnx/import.ts';
import type { ParameterStore } from './parameters.ts';

export interface AdoptionOptions {
  /** Which weights learn (default: all); the others keep their values, as do stored statistics. */
  readonly trains?: (name: string) => boolean;
  /** Multiplies the learning rate of what learns: a body is often moved less than a new head. Default 1. */
  readonly learningRateScale?: number;
}

/**
 * Puts every float32 weight of a model into the store, under its name in the file. Where the model was read for training,
 * its stored statistics move with the batches.
 */
export function adoptModel(
  store: ParameterStore,
  { parameters, updates }: ImportedModel,
  { trains = () => true, learningRateScale = 1 }: AdoptionOptions = {},
): void {
  for (const [name, { tensor, value, kind }] of parameters) {
    if (tensor.dtype !== 'float32') continue;
    store.adopt(tensor, value, kind, { learningRateScale: trains(name) ? learningRateScale : 0 });
  }
  for (const [name, next] of updates) store.update(name, () => next);
}
