/**
 * The learning study: does a method learn its own task, and do its features then tell more than those of the same
 * network untrained? Every method in the list, several seeds, the same compute.
 * @module
 */
import { mean } from '../statistics/descriptive.ts';
import { type Contrast, contrastOf } from './contrast.ts';
import type { OpenTask } from './task.ts';
import type { TrialResult } from './trial.ts';

/** What the trials of one method under several seeds say together. Plain data, kept in `docs/learning.json`. */
export interface LearningRow {
  readonly method: string;
  readonly title: string;
  readonly data: string;
  readonly label: string;
  readonly seeds: readonly number[];
  readonly steps: number;
  readonly batchSize: number;
  readonly labelledPatients: number;
  /** Means over seeds. */
  readonly pretext: {
    readonly accuracy?: number;
    readonly chance?: number;
    readonly lossBefore: number;
    readonly loss: number;
  };
  /** `a` is the trained encoder, `b` the same network untrained. */
  readonly probe: Contrast;
  readonly verdict: Verdict;
}

/** Whether the interval of the difference lies above 0, below, or on both sides. */
export type Verdict = 'better' | 'worse' | 'undecided';

export function learningRow(title: string, task: OpenTask, trials: readonly TrialResult[]): LearningRow {
  const [{ method, steps, batchSize, pretext }] = trials;
  const probe = contrastOf(
    trials.map(({ pretrained }) => pretrained),
    trials.map(({ random }) => random),
  );
  const accuracies = trials.flatMap(({ pretext: { accuracy } }) => accuracy ?? []);
  return {
    method,
    title,
    data: task.data.path,
    label: task.label,
    seeds: trials.map(({ seed }) => seed),
    steps,
    batchSize,
    labelledPatients: task.labelledPatients,
    pretext: {
      ...(accuracies.length === trials.length ? { accuracy: mean(accuracies) } : {}),
      ...(pretext.chance.accuracy === undefined ? {} : { chance: pretext.chance.accuracy }),
      lossBefore: mean(trials.map((trial) => trial.pretext.lossBefore)),
      loss: mean(trials.map((trial) => trial.pretext.loss)),
    },
    probe,
    verdict: verdictOf(probe.best.difference),
  };
}

export function verdictOf({ low, high }: { readonly low: number; readonly high: number }): Verdict {
  if (low > 0) return 'better';
  return high < 0 ? 'worse' : 'undecided';
}
