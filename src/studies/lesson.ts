/**
 * A lesson: variants of one method under the same seeds, each measured beside itself untrained, and what the paper
 * claims of them put to the test.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { methodById } from '../pretext/index.ts';
import { pairedBootstrap } from '../statistics/bootstrap.ts';
import { configureRun, type RunRequest } from '../training/configuration.ts';
import { stepsWithin } from './budget.ts';
import { contrastOf } from './contrast.ts';
import { type LearningRow, learningRow, verdictOf } from './learning.ts';
import type { PhantomTasks } from './phantom-tasks.ts';
import type { OpenTask } from './task.ts';
import { runTrial, type TrialOptions, type TrialResult } from './trial.ts';

/** That one variant does better than another: in the pretext task itself, or in what its layers know afterwards. */
export interface Claim {
  readonly of: 'pretext' | 'probe';
  readonly better: string;
  readonly worse: string;
  /** What the paper found, in its own numbers where they are known. */
  readonly paper: string;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly method: string;
  /** Options that all variants share. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** By name, first the one the paper recommends. */
  readonly variants: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly claims: readonly Claim[];
}

export interface ClaimOutcome extends Claim {
  readonly difference: { readonly value: number; readonly low: number; readonly high: number };
  readonly verdict: 'as in the paper' | 'against the paper' | 'not decided';
}

/** Plain data, kept in `docs/lessons.json`. */
export interface LessonResult {
  readonly id: string;
  readonly title: string;
  readonly method: string;
  readonly seeds: readonly number[];
  readonly rows: readonly (LearningRow & { readonly variant: string })[];
  readonly claims: readonly ClaimOutcome[];
}

export interface LessonOptions extends Omit<TrialOptions, 'onStep'> {
  readonly seeds: readonly number[];
  /** Multiply-adds of one training. */
  readonly compute: number;
  readonly tasks: PhantomTasks;
  readonly onProgress?: (name: string, done: number, total: number) => void;
}

/** Trains what was not trained before. `undefined` when it was stopped. */
export async function runLesson(lesson: Lesson, options: LessonOptions): Promise<LessonResult | undefined> {
  checkClaims(lesson);
  const { seeds, compute, tasks, onProgress } = options;
  const { card } = methodById(lesson.method);
  const names = Object.keys(lesson.variants);
  const trials = new Map<string, TrialResult[]>(names.map((name) => [name, []]));
  const total = names.length * seeds.length;
  let [done, task] = [0, undefined as OpenTask | undefined];
  for (const seed of seeds) {
    for (const name of names) {
      const methodOptions = { ...lesson.options, ...lesson.variants[name] };
      const request: RunRequest = { method: lesson.method, methodOptions, seed };
      const { method, methodOptions: complete } = configureRun(request);
      task = await tasks.fitting(method, complete);
      const steps = stepsWithin(compute, request, task);
      const trial = await runTrial({ ...request, steps }, task, {
        ...options,
        onStep: (step) => onProgress?.(`${name}, seed ${seed}`, done + (0.9 * step) / steps, total),
      });
      if (trial === undefined) return undefined;
      trials.get(name)!.push(trial);
      onProgress?.(`${name}, seed ${seed}`, ++done, total);
    }
  }
  return {
    id: lesson.id,
    title: lesson.title,
    method: lesson.method,
    seeds,
    rows: names.map((variant) => ({ variant, ...learningRow(card.title, task!, trials.get(variant)!) })),
    claims: lesson.claims.map((claim) => judge(claim, trials)),
  };
}

/** Claims about variants that there are not would be found out after hours only. */
function checkClaims({ variants, claims }: Lesson): void {
  for (const name of claims.flatMap(({ better, worse }) => [better, worse])) {
    if (Object.hasOwn(variants, name)) continue;
    throw usageError(`the lesson has no variant '${name}'`, { expected: Object.keys(variants).join(', ') });
  }
}

function judge(claim: Claim, trials: ReadonlyMap<string, readonly TrialResult[]>): ClaimOutcome {
  const [better, worse] = [trials.get(claim.better)!, trials.get(claim.worse)!];
  const difference = claim.of === 'probe' ? probeDifference(better, worse) : pretextDifference(better, worse);
  const decided = { better: 'as in the paper', worse: 'against the paper', undecided: 'not decided' } as const;
  return { ...claim, difference, verdict: decided[verdictOf(difference)] };
}

/** Each variant at the layer chosen on validation patients. */
function probeDifference(better: readonly TrialResult[], worse: readonly TrialResult[]) {
  return contrastOf(
    better.map(({ pretrained }) => pretrained),
    worse.map(({ pretrained }) => pretrained),
  ).best.difference;
}

/** Of accuracies where there are some, else of losses, where less is better. */
function pretextDifference(better: readonly TrialResult[], worse: readonly TrialResult[]) {
  const success = ({ pretext: { accuracy, loss } }: TrialResult) => accuracy ?? -loss;
  return pairedBootstrap(
    better.map(success),
    worse.map(success),
    better.map(({ seed }) => seed),
  ).difference;
}
