/**
 * A run opened again: its configuration and what its method prepared, to go on training or to ask it questions.
 * @module
 */
import { trunkById } from '../nn/trunks/index.ts';
import { methodById } from '../pretext/index.ts';
import type { OptimiserRecipe, ScheduleRecipe } from '../pretext/method.ts';
import type { RunConfiguration } from './configuration.ts';
import type { RunManifest } from './run-record.ts';

/** Throws `usage` where the method or the trunk of the run is not known here. */
export function configurationOf({ method, trunk, training }: RunManifest): RunConfiguration {
  return {
    method: methodById(method.id),
    methodOptions: method.options,
    trunk: trunkById(trunk.id),
    trunkOptions: trunk.options,
    optimiser: training.optimiser as unknown as OptimiserRecipe,
    schedule: training.schedule as unknown as ScheduleRecipe,
    steps: training.steps,
    batchSize: training.batchSize,
    seed: training.seed,
    ...(training.augmentation === undefined ? {} : { augmentation: training.augmentation }),
  };
}
