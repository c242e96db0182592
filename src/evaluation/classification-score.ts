/**
 * Scores class probabilities on test units: headline number, further measures, confusion, and what a paired comparison
 * needs.
 * @module
 */
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import type { ExamplePart } from './examples.ts';
import { brierScore, expectedCalibrationError } from './metrics/calibration.ts';
import { accuracy, balancedAccuracy, confusionMatrix, macroF1, mostProbable } from './metrics/confusion.ts';
import { areaUnderRoc, averagePrecision, oneAgainstRest } from './metrics/ranking.ts';
import type { Estimate, TapScore } from './probe-result.ts';
import type { IntervalOptions } from './protocols/protocol.ts';

export type ClassMeasure = 'accuracy' | 'balancedAccuracy';

/** The part of a `TapScore` that test answers decide. `probabilities` is `[units, classes]`. */
export function scoreClassification(
  part: ExamplePart,
  probabilities: Float64Array,
  classes: number,
  measure: ClassMeasure,
  interval: IntervalOptions,
): Pick<TapScore, 'score' | 'measures' | 'confusion' | 'items'> {
  const truth = part.units.map((unit) => unit.target);
  const answers = mostProbable(probabilities, classes);
  const rocArea = oneAgainstRest(areaUnderRoc, truth, probabilities, classes);
  const precision = oneAgainstRest(averagePrecision, truth, probabilities, classes);
  const names = ['accuracy', 'balancedAccuracy', 'macroF1', 'auroc', 'averagePrecision', 'ece', 'brier'] as const;
  const { intervals } = clusterBootstrap(
    part.units.map((unit) => unit.patient),
    (weights) => {
      const confusion = confusionMatrix(truth, answers, classes, weights);
      return [
        accuracy(confusion),
        balancedAccuracy(confusion),
        macroF1(confusion),
        rocArea(weights),
        precision(weights),
        expectedCalibrationError(truth, probabilities, classes, weights),
        brierScore(truth, probabilities, classes, weights),
      ];
    },
    interval,
  );
  const measures: Record<string, Estimate> = {};
  names.forEach((name, i) => {
    // Undefined on these patients (one class only, for instance): better left out than written as a number.
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  const confusion = confusionMatrix(truth, answers, classes);
  const share = unitShares(truth, classes, measure);
  return {
    score: measures[measure],
    measures,
    confusion: Array.from({ length: classes }, (_, k) => [...confusion.subarray(k * classes, (k + 1) * classes)]),
    items: part.units.map(({ item, patient, target }, unit) => ({
      item,
      patient,
      correct: answers[unit] === target ? share[target] : 0,
    })),
  };
}

/** What a right answer of each class adds, so that the mean over units is the headline number. */
function unitShares(truth: readonly number[], classes: number, measure: ClassMeasure): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (const k of truth) counts[k]++;
  const occurring = counts.filter((count) => count > 0).length;
  return counts.map((count) => (measure === 'accuracy' ? 1 : truth.length / (occurring * count)));
}

/** What answering the most frequent training class reaches on the test units. */
export function chanceOf(train: ExamplePart, test: ExamplePart, classes: number, measure: ClassMeasure): number {
  const counts = new Array<number>(classes).fill(0);
  for (const unit of train.units) counts[unit.target]++;
  const answer = counts.indexOf(Math.max(...counts));
  const truth = test.units.map((unit) => unit.target);
  const confusion = confusionMatrix(truth, new Int32Array(truth.length).fill(answer), classes);
  return measure === 'accuracy' ? accuracy(confusion) : balancedAccuracy(confusion);
}
