/**
 * A few steps of a run's own recipe in memory: nothing is written, one thread, the same seed gives the same weights.
 * @module
 */
import { Random } from '../../base/random.ts';
import type { FrameStore } from '../../data/media.ts';
import type { MethodContext } from '../../pretext/method.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { compile } from '../../runtime/compile.ts';
import type { CompiledProgram } from '../../runtime/program.ts';
import { State } from '../../runtime/state.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import type { RunConfiguration } from '../../training/configuration.ts';
import { buildModel } from '../../training/model.ts';
import { allocateBatch, fillBatch, itemsOfStep } from '../../training/sampling/batch.ts';
import { scheduleFactor } from '../../training/schedule.ts';

export interface ShortTraining {
  readonly configuration: RunConfiguration;
  readonly context: MethodContext<unknown>;
  readonly store: FrameStore;
  readonly items: readonly number[];
  readonly steps: number;
  readonly signal?: AbortSignal;
}

/** Everything the network's programs use, by name, after the last step. */
export async function shortTraining(
  { configuration, context, store, items, steps, signal }: ShortTraining,
  onStep: (step: number) => void = () => undefined,
): Promise<ReadonlyMap<string, HostArray>> {
  const { method, batchSize, seed, optimiser, schedule, augmentation } = configuration;
  const model = buildModel({ ...configuration, context });
  const random = new Random(seed);
  const state = new State(model.initialState(random.split('initial')));
  const programs: CompiledProgram[] = [];
  for (const program of model.steps) programs.push(await compile(program, state, processor, { threads: 1 }));
  const arrays = allocateBatch(method.inputs(context), batchSize);
  try {
    for (let step = 0; step < steps && signal?.aborted !== true; step++) {
      const request = {
        method,
        context,
        store,
        items: itemsOfStep(items, step, batchSize, random.split('items')),
        candidates: items,
        random: random.split('step', step),
      };
      fillBatch(augmentation === undefined ? request : { ...request, augmentation }, arrays);
      const scalars: Record<string, HostArray> = {
        learningRate: float32([], optimiser.learningRate * scheduleFactor(schedule, step, steps)),
        step: float32([], step + 1),
      };
      for (const [name, at] of Object.entries(method.schedules ?? {})) {
        scalars[name] = float32([], at(step / steps, context.options));
      }
      for (const program of programs) await program.run({ ...arrays, ...scalars });
      onStep(step + 1);
    }
  } finally {
    for (const program of programs) await program.dispose();
  }
  return state.snapshot();
}
