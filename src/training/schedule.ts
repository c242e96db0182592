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
      return schedule.factor ** schedule.at.filter((fraction) => step >= fraction * total).length;
    case 'cosine': {
      const warmup = Math.round(schedule.warmup * total);
      if (step < warmup) return (step + 1) / (warmup + 1);
      return 0.5 * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, total - warmup)));
    }
  }
}
