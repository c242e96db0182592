/**
 * What a regression is asked and how its answers are scored: a measured label, and R² on test units with its intervals.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import type { Label } from '../data/media.ts';
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import { arrangeExamples, type ExamplePart, type Examples, labelValues, type RowFacts } from './examples.ts';
import { correlation, meanAbsoluteError, rSquared } from './metrics/regression.ts';
import type { Estimate, TapScore } from './probe-result.ts';
import type { IntervalOptions } from './protocols/protocol.ts';

/**
 * The rows that carry a measured label, by part. Throws `evaluation/labels` for a label that is absent or no number, for
 * one that does not vary, and for a patient in two parts.
 */
export function numberTask(facts: RowFacts, label: string): Examples {
  const examples = arrangeExamples(facts, numbersOf(labelValues(facts, label), label), label);
  for (const part of ['train', 'test'] as const) requireSpread(examples[part], part, label);
  return examples;
}

function numbersOf(values: readonly (Label | undefined)[], label: string): Float64Array {
  return Float64Array.from(values, (value) => {
    if (value === undefined) return Number.NaN;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    throw new SondeError('evaluation/labels', `label '${label}' is not a number everywhere`, {
      found: `'${value}'`,
      hint: 'use the protocol linear for classes',
    });
  });
}

function requireSpread({ units }: ExamplePart, part: string, label: string): void {
  if (units.some((unit) => unit.target !== units[0].target)) return;
  throw new SondeError('evaluation/labels', `label '${label}' has the same value for every item of the ${part} part`, {
    found: String(units[0].target),
    hint: 'choose another label, or split the data again',
  });
}

/** R² and further measures of answers to the units of a part. */
export function scoreNumbers(
  part: ExamplePart,
  answers: Float64Array,
  settings: IntervalOptions,
): Pick<TapScore, 'score' | 'measures' | 'items'> {
  const truth = part.units.map((unit) => unit.target);
  const names = ['r2', 'meanAbsoluteError', 'correlation'] as const;
  const { intervals } = clusterBootstrap(
    part.units.map((unit) => unit.patient),
    (weights) => [
      rSquared(truth, answers, weights),
      meanAbsoluteError(truth, answers, weights),
      correlation(truth, answers, weights),
    ],
    settings,
  );
  const measures: Record<string, Estimate> = {};
  names.forEach((name, i) => {
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  const shares = numberShares(truth, answers);
  return {
    score: measures.r2,
    measures,
    items: part.units.map(({ item, patient, target }, unit) => ({
      item,
      patient,
      correct: shares[unit],
      truth: target,
      answer: answers[unit],
    })),
  };
}

/** What each unit adds to R², which is their mean. */
export function numberShares(truth: readonly number[], answers: Float64Array): number[] {
  const spread = meanSquaredError(truth, new Float64Array(truth.length).fill(meanOf(truth)));
  return truth.map((target, unit) => 1 - (target - answers[unit]) ** 2 / spread);
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function meanSquaredError(truth: readonly number[], answers: Float64Array): number {
  return truth.reduce((sum, value, i) => sum + (value - answers[i]) ** 2, 0) / truth.length;
}
