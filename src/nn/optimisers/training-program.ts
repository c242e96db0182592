/**
 * One step of training everything in a store, as a program.
 * @module
 */
import { gradients } from '../../graph/gradient.ts';
import { placeholder, type Tensor } from '../../graph/tensor.ts';
import type { Program } from '../../runtime/program.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { zeros } from '../../tensor/host-array.ts';
import type { ParameterStore } from '../parameters.ts';
import type { Optimiser } from './optimiser.ts';

export interface TrainingProgram {
  /** Fed the inputs, `learningRate` and `step` (from 1); gives `loss`. */
  readonly program: Program;
  /** First values of the optimiser's moments, which the state holds beside the store's. */
  readonly moments: ReadonlyMap<string, HostArray>;
}

/**
 * Gradients of the loss, the optimiser's update of every parameter that learns, and what buffers become. Build the whole
 * network before: what the store gains afterwards is not trained.
 */
export function trainingProgram(
  name: string,
  store: ParameterStore,
  inputs: Readonly<Record<string, Tensor>>,
  loss: Tensor,
  optimiser: Optimiser,
): TrainingProgram {
  const learning = store.trainable();
  const slopes = gradients(
    loss,
    learning.map(({ tensor }) => tensor),
  );
  const [learningRate, step] = ['learningRate', 'step'].map((scalar) => placeholder(scalar, 'float32', []));
  const update = optimiser(
    learning.map(({ learningRateScale = 1, weightDecayScale = 1, ...entry }, i) => ({
      ...entry,
      gradient: slopes[i],
      learningRateScale,
      weightDecayScale,
    })),
    { learningRate, step },
  );
  const next = new Map<string, Tensor>(store.updates());
  learning.forEach((entry, i) => {
    next.set(entry.name, update.parameters[i]);
  });
  const state = store
    .entries()
    .map((entry) => ({ name: entry.name, tensor: entry.tensor, next: next.get(entry.name) }));
  return {
    program: {
      name,
      inputs: { ...inputs, learningRate, step },
      state: [...state, ...update.moments],
      outputs: { loss },
    },
    moments: new Map(update.moments.map(({ name: moment, tensor }) => [moment, zeros('float32', tensor.shape)])),
  };
}
