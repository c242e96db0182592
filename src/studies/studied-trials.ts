/**
 * Trials for a hypothesis: those of the learning study and of the lessons where they are kept, under the very same names,
 * and new ones where they are not.
 * @module
 */
import { existsSync } from 'node:fs';
import { configureRun, type RunRequest } from '../training/configuration.ts';
import { stepsWithin } from './budget.ts';
import type { PhantomTasks } from './phantom-tasks.ts';
import type { OpenTask } from './task.ts';
import { runTrial, type TrialOptions, type TrialPaths, type TrialResult, trialPaths } from './trial.ts';

/** A method, and what of it is set otherwise than in its preset. */
export interface Need {
  readonly method: string;
  /** As tables call it; by default the method's id. */
  readonly name?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** Whether its own questions are to be put to it: what was kept without its heads is trained again. */
  readonly heads?: boolean;
}

export interface StudiedTrial {
  readonly name: string;
  readonly seed: number;
  readonly trunk: string;
  readonly task: OpenTask;
  /** What was asked for, from which the same network is built again. */
  readonly request: RunRequest;
  readonly result: TrialResult;
  readonly paths: TrialPaths;
}

/** The same method under several seeds. */
export interface TrialGroup {
  readonly name: string;
  readonly method: string;
  readonly trunk: string;
  readonly task: OpenTask;
  readonly trials: readonly StudiedTrial[];
}

export interface StudyOptions extends Omit<TrialOptions, 'onStep'> {
  readonly seeds: readonly number[];
  /** Multiply-adds of one training. */
  readonly compute: number;
  readonly tasks: PhantomTasks;
  /** Trains nothing: what is not kept is left out. */
  readonly keptOnly?: boolean;
  readonly onProgress?: (name: string, done: number, total: number) => void;
}

/** In the order of the needs; those without a single trial are missing. `undefined` when it was stopped. */
export async function studiedTrials(
  needs: readonly Need[],
  options: StudyOptions,
): Promise<readonly TrialGroup[] | undefined> {
  const { seeds, compute, tasks, keptOnly = false, directory, onProgress } = options;
  const groups: { name: string; method: string; trunk: string; task: OpenTask; trials: StudiedTrial[] }[] = [];
  const total = needs.length * seeds.length;
  let done = 0;
  for (const { method: id, name = id, options: methodOptions = {}, heads = false } of needs) {
    const request: RunRequest = { method: id, methodOptions };
    const { method, methodOptions: complete, trunk } = configureRun(request);
    const task = await tasks.fitting(method, complete);
    const steps = stepsWithin(compute, request, task);
    const trials: StudiedTrial[] = [];
    for (const seed of seeds) {
      const asked = { ...request, steps, seed };
      const paths = trialPaths(asked, task, directory);
      const complete = existsSync(paths.result) && existsSync(paths.encoder);
      const result =
        keptOnly && !complete
          ? undefined
          : await runTrial(asked, task, {
              ...options,
              heads,
              onStep: (step) => onProgress?.(`${name}, seed ${seed}`, done + (0.9 * step) / steps, total),
            });
      if (result !== undefined) trials.push({ name, seed, trunk: trunk.id, task, request: asked, result, paths });
      else if (!keptOnly) return undefined;
      onProgress?.(`${name}, seed ${seed}`, ++done, total);
    }
    if (trials.length > 0) groups.push({ name, method: id, trunk: trunk.id, task, trials });
  }
  return groups;
}
