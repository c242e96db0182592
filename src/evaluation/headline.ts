/**
 * The headline number of a stored result as a function of weights on its items: what bootstraps over patients and paired
 * comparisons evaluate again and again.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { classStatistic } from './class-measures.ts';
import type { AnsweredItem, ProbeResult, TapScore } from './probe-result.ts';

/** `weights[i]` says how often item i was drawn. Throws `usage` for a result that was stored without its items. */
export function headlineOf(
  { measure, classes, encoder }: Pick<ProbeResult, 'measure' | 'classes' | 'encoder'>,
  { tap, items }: Pick<TapScore, 'tap' | 'items'>,
): (weights: ArrayLike<number>) => number {
  if (items === undefined || items.length === 0) {
    throw usageError(`the result of ${encoder.name} holds no single answers`, {
      where: `tap ${tap}`,
      hint: 'probe it again',
    });
  }
  if (measure === 'selectivity') return selectivity(items);
  if (measure === 'compression') {
    const bits = weightedMean(items);
    return (weights) => Math.log2(classes!.length) / bits(weights);
  }
  if (measure === 'auroc' || measure === 'averagePrecision' || measure === 'macroF1') {
    return classStatistic(measure, answersOf(items, classes!.length));
  }
  return weightedMean(items);
}

/** Stored items as the arrays that measures read. */
export function answersOf(items: readonly AnsweredItem[], classes: number) {
  return {
    classes,
    truth: items.map(({ truth }) => truth!),
    answers: items.map(({ answer }) => answer!),
    scores: items.flatMap(({ scores }) => scores!),
  };
}

function weightedMean(items: readonly AnsweredItem[]): (weights: ArrayLike<number>) => number {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < items.length; i++) {
      sum += weights[i] * items[i].correct;
      total += weights[i];
    }
    return sum / total;
  };
}

function selectivity(items: readonly AnsweredItem[]): (weights: ArrayLike<number>) => number {
  return (weights) => {
    const sums = [0, 0];
    const totals = [0, 0];
    for (let i = 0; i < items.length; i++) {
      const side = items[i].control === true ? 1 : 0;
      sums[side] += weights[i] * items[i].correct;
      totals[side] += weights[i];
    }
    return sums[0] / totals[0] - sums[1] / totals[1];
  };
}
