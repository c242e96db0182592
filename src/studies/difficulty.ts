/**
 * Hypothesis H2: a pretext task teaches most where it is hard and can still be solved. Variants of one method, ordered by
 * how well they are solved: one in between should transfer better than the easiest and better than the hardest.
 * @module
 */
import { mean } from '../statistics/descriptive.ts';
import { bestTap, contrastOf } from './contrast.ts';
import type { Evidence, Prediction } from './hypothesis.ts';
import { type Need, type StudyOptions, studiedTrials } from './studied-trials.ts';
import type { TrialResult } from './trial.ts';

/** Variants of one method that differ in one respect. */
export interface DifficultyFamily {
  readonly name: string;
  readonly method: string;
  readonly variants: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** A variant under several seeds. */
export interface DifficultyVariant {
  readonly name: string;
  readonly trials: readonly TrialResult[];
}

export async function difficultyEvidence(
  families: readonly DifficultyFamily[],
  options: StudyOptions,
): Promise<Evidence | undefined> {
  const needs = families.flatMap(({ name, method, variants }) =>
    Object.entries(variants).map(([variant, own]): Need => ({ method, name: `${name}: ${variant}`, options: own })),
  );
  const groups = await studiedTrials(needs, options);
  if (groups === undefined || groups.length === 0) return undefined;
  const seen = families.map(({ name, variants }) => ({
    name,
    variants: Object.keys(variants).flatMap((variant): DifficultyVariant[] => {
      const group = groups.find((candidate) => candidate.name === `${name}: ${variant}`);
      return group === undefined ? [] : [{ name: variant, trials: group.trials.map(({ result }) => result) }];
    }),
  }));
  const usable = seen.filter(({ variants }) => variants.length >= 3);
  if (usable.length === 0) return undefined;
  const counts = usable.flatMap(({ variants }) => variants.map(({ trials }) => trials.length));
  const [{ task }] = groups;
  return {
    predictions: usable.flatMap(({ name, variants }) => difficultyPredictions(name, variants)),
    seeds: Math.min(...counts),
    material: `${usable.map(({ name, variants }) => `${name} (${variants.map((variant) => variant.name).join(', ')})`).join('; ')}. \`${task.data.path}\`, *${task.label}* from ${task.labelledPatients} labelled patients.`,
    figures: [
      {
        kind: 'scatter',
        name: 'transfer',
        title: 'How well the task is solved and what its features are worth',
        caption:
          'A point a run. Solved: pretext accuracy with guessing at 0 and perfection at 100. Worth: accuracy of the best layer, chosen on validation patients, less the same of the network untrained.',
        x: 'task solved, %',
        y: `points gained in ${task.label}`,
        points: usable.flatMap(({ name, variants }) =>
          variants.flatMap(({ trials }) =>
            trials.map((trial) => ({ x: 100 * solved(trial), y: 100 * worth(trial), group: name })),
          ),
        ),
      },
    ],
    tables: [
      {
        title: 'Variants from hardest to easiest',
        columns: ['task', 'variant', 'solved, %', 'accuracy of its best layer, %'],
        rows: usable.flatMap(({ name, variants }) =>
          byDifficulty(variants).map(({ name: variant, trials }) => [
            name,
            variant,
            (100 * mean(trials.map(solved))).toFixed(1),
            (100 * mean(trials.map((trial) => scoreAtBest(trial, 'pretrained')))).toFixed(1),
          ]),
        ),
      },
    ],
    remarks: seen
      .filter(({ variants }) => variants.length < 3)
      .map(({ name }) => `${name} is left out: three variants are needed, and fewer have been trained.`),
  };
}

/** Pretext accuracy from guessing, 0, to perfection, 1. */
function solved({ pretext: { accuracy = Number.NaN, chance } }: TrialResult): number {
  const guessing = chance.accuracy ?? 0;
  return (accuracy - guessing) / (1 - guessing);
}

function scoreAtBest(trial: TrialResult, which: 'pretrained' | 'random'): number {
  const tap = bestTap([trial[which]]);
  return trial[which].taps.find((candidate) => candidate.tap === tap)!.score;
}

const worth = (trial: TrialResult) => scoreAtBest(trial, 'pretrained') - scoreAtBest(trial, 'random');

/** Hardest first. */
function byDifficulty(variants: readonly DifficultyVariant[]): DifficultyVariant[] {
  const mastered = new Map(variants.map((variant) => [variant, mean(variant.trials.map(solved))]));
  return [...variants].sort((a, b) => mastered.get(a)! - mastered.get(b)!);
}

/** The one in between is the one that does best on validation patients; test patients compare. */
export function difficultyPredictions(family: string, variants: readonly DifficultyVariant[]): Prediction[] {
  const ordered = byDifficulty(variants);
  const [hardest, easiest] = [ordered[0], ordered[ordered.length - 1]];
  const held = ({ trials }: DifficultyVariant) => {
    const results = trials.map(({ pretrained }) => pretrained);
    const best = bestTap(results);
    return mean(results.map(({ taps }) => taps.find(({ tap }) => tap === best)!.validation));
  };
  const between = ordered.slice(1, -1).reduce((a, b) => (held(b) > held(a) ? b : a));
  return [['easiest', easiest] as const, ['hardest', hardest] as const].map(([end, other]): Prediction => {
    const count = Math.min(between.trials.length, other.trials.length);
    const results = ({ trials }: DifficultyVariant) => trials.slice(0, count).map(({ pretrained }) => pretrained);
    const { difference, p } = contrastOf(results(between), results(other)).best;
    return {
      name: `${family}: ${between.name} less ${other.name} (the ${end})`,
      unit: 'points',
      decides: true,
      difference,
      p,
    };
  });
}
