/**
 * Learning rate over a run.
 * @module
 */
import type { ScheduleRecipe } from '../pretext/method.ts';

/** Factor of the base learning rate at a step (counted from 0) of `total`. */
export function scheduleFactor(schedule: ScheduleRecipe, step: number, total: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'steps':
      return (
        rising(step, warmupSteps(schedule.warmup ?? 0, total)) ??
        schedule.factor ** schedule.at.filter((fraction) => step >= fraction * total).length
      );
    case 'cosine': {
      const warmup = warmupSteps(schedule.warmup, total);
      const risen = rising(step, warmup);
      if (risen !== undefined) return risen;
      return 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, total - warmup)));
    }
  }
}

const warmupSteps = (share: number, total: number): number => Math.round(share * total);

/** Evenly from almost 0 to 1; `undefined` when the warm-up is over. */
function rising(step: number, warmup: number): number | undefined {
  return step < warmup ? (step + 1) / (warmup + 1) : undefined;
}
