/**
 * The headline number of a stored result as a function of weights on its items: what bootstraps over patients and paired
 * comparisons evaluate again and again.
 * @module
 */
import { usageError } from '../base/errors.ts';
import { meanPrecision } from './box-score.ts';
import { classStatistic, unitShares } from './class-measures.ts';
import { rSquared } from './metrics/regression.ts';
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
  if (measure === 'ap50') return meanPrecision(items, classes!.length, 'all');
  if (measure === 'selectivity') return selectivity(items);
  if (measure === 'compression') {
    const bits = weightedMean(items);
    return (weights) => Math.log2(classes!.length) / bits(weights);
  }
  if (measure === 'auroc' || measure === 'averagePrecision' || measure === 'macroF1') {
    return classStatistic(measure, answersOf(items, classes!.length));
  }
  if (measure === 'r2' && items.every(({ truth, answer }) => truth !== undefined && answer !== undefined)) {
    const truth = items.map((item) => item.truth!);
    const answers = items.map((item) => item.answer!);
    return (weights) => rSquared(truth, answers, weights);
  }
  if (measure === 'balancedAccuracy' && items.every(({ truth }) => truth !== undefined)) return balanced(items);
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

/** Mean over true classes of the share that is right, whose numbers of items change as patients are drawn. */
function balanced(items: readonly AnsweredItem[]): (weights: ArrayLike<number>) => number {
  const truth = items.map((item) => item.truth!);
  const classes = Math.max(...truth) + 1;
  const shares = unitShares(truth, classes, 'balancedAccuracy');
  const right = items.map(({ correct }, i) => correct / shares[truth[i]]);
  return (weights) => {
    const sums = new Float64Array(classes);
    const totals = new Float64Array(classes);
    for (let i = 0; i < items.length; i++) {
      sums[truth[i]] += weights[i] * right[i];
      totals[truth[i]] += weights[i];
    }
    let sum = 0;
    let occurring = 0;
    for (let k = 0; k < classes; k++) {
      if (totals[k] === 0) continue;
      sum += sums[k] / totals[k];
      occurring++;
    }
    return sum / occurring;
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
