/**
 * Every measure of answers to a classification, as functions of weights, so that one set of answers serves all resamples
 * of patients.
 * @module
 */
import type { classMeasures } from './class-task.ts';
import { brierScore, expectedCalibrationError } from './metrics/calibration.ts';
import { accuracy, balancedAccuracy, confusionMatrix, macroF1 } from './metrics/confusion.ts';
import { areaUnderRoc, averagePrecision, oneAgainstRest } from './metrics/ranking.ts';

export type ClassMeasure = (typeof classMeasures)[number];

export interface ClassAnswers {
  readonly classes: number;
  /** Class code of each unit. */
  readonly truth: readonly number[];
  readonly answers: ArrayLike<number>;
  /** Row-major `[units, classes]`. */
  readonly scores: ArrayLike<number>;
  /** Whether the scores are probabilities, so that calibration has a meaning. */
  readonly probabilities: boolean;
}

/** Names of what `classStatistics` returns, in its order. */
export const measureNames = [
  ...(['accuracy', 'balancedAccuracy', 'macroF1'] as const),
  'auroc',
  'averagePrecision',
] as const;
const calibrationNames = ['ece', 'brier'] as const;

export function namesOfMeasures(probabilities: boolean): readonly string[] {
  return probabilities ? [...measureNames, ...calibrationNames] : measureNames;
}

/** All measures under given weights; NaN where one is undefined. */
export function classStatistics({
  classes,
  truth,
  answers,
  scores,
  probabilities,
}: ClassAnswers): (weights?: ArrayLike<number>) => number[] {
  const rocArea = oneAgainstRest(areaUnderRoc, truth, scores, classes);
  const precision = oneAgainstRest(averagePrecision, truth, scores, classes);
  return (weights) => {
    const confusion = confusionMatrix(truth, answers, classes, weights);
    return [
      accuracy(confusion),
      balancedAccuracy(confusion),
      macroF1(confusion),
      rocArea(weights),
      precision(weights),
      ...(probabilities
        ? [expectedCalibrationError(truth, scores, classes, weights), brierScore(truth, scores, classes, weights)]
        : []),
    ];
  };
}

/** One measure alone, which is much cheaper than all of them. */
export function classStatistic(
  measure: ClassMeasure,
  { classes, truth, answers, scores }: Omit<ClassAnswers, 'probabilities'>,
): (weights?: ArrayLike<number>) => number {
  if (measure === 'auroc') return oneAgainstRest(areaUnderRoc, truth, scores, classes);
  if (measure === 'averagePrecision') return oneAgainstRest(averagePrecision, truth, scores, classes);
  const ofConfusion = { accuracy, balancedAccuracy, macroF1 }[measure];
  return (weights) => ofConfusion(confusionMatrix(truth, answers, classes, weights));
}

/** What a right answer of each class adds, so that the mean over units is the headline number where it is a mean. */
export function unitShares(truth: readonly number[], classes: number, measure: ClassMeasure): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const k of truth) counts[k]++;
  const occurring = counts.filter((count) => count > 0).length;
  return counts.map((count) => (measure === 'balancedAccuracy' ? truth.length / (occurring * count) : 1));
}
