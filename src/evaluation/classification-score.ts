/**
 * Scores a classifier's answers on test units: headline number, further measures, confusion, each class alone, and what
 * a paired comparison needs.
 * @module
 */
import { SondeError } from '../base/errors.ts';
import { clusterBootstrap } from '../statistics/bootstrap.ts';
import { clusteredRocArea } from '../statistics/delong.ts';
import { type ClassMeasure, classStatistics, namesOfMeasures, unitShares } from './class-measures.ts';
import type { ClassTask } from './class-task.ts';
import { accuracy, balancedAccuracy, confusionMatrix, mostProbable } from './metrics/confusion.ts';
import { averagePrecision } from './metrics/ranking.ts';
import type { ClassScore, Estimate, TapScore } from './probe-result.ts';
import type { IntervalOptions } from './protocols/protocol.ts';

/** Significant digits of stored scores; scoring reads them as stored, so that a file gives its own numbers again. */
const digits = 6;

/**
 * The part of a `TapScore` that test answers decide. `scores` is `[units, classes]`, the highest being the answer;
 * `probabilities` says whether they are that. Throws `evaluation/labels` where the headline measure is undefined.
 */
export function scoreClassification(
  { classes: names, examples, label }: ClassTask,
  given: Float64Array,
  { measure, probabilities }: { readonly measure: ClassMeasure; readonly probabilities: boolean },
  interval: IntervalOptions,
): Pick<TapScore, 'score' | 'measures' | 'confusion' | 'perClass' | 'items'> {
  const { units } = examples.test;
  const classes = names.length;
  const truth = units.map((unit) => unit.target);
  const answers = mostProbable(given, classes);
  const scores = given.map((score) => Number(score.toPrecision(digits)));
  const patients = units.map((unit) => unit.patient);
  const statistics = classStatistics({ classes, truth, answers, scores, probabilities });
  const { intervals } = clusterBootstrap(patients, statistics, interval);
  const measures: Record<string, Estimate> = {};
  namesOfMeasures(probabilities).forEach((name, i) => {
    // Undefined on these patients (one class only, for instance): better left out than written as a number.
    if (!Number.isNaN(intervals[i].value)) measures[name] = intervals[i];
  });
  if (measures[measure] === undefined) {
    throw new SondeError('evaluation/labels', `the test patients show one class of label '${label}' only`, {
      where: `measure ${measure}`,
      hint: `split the data again, spread evenly by '${label}', or choose the measure accuracy`,
    });
  }
  const confusion = confusionMatrix(truth, answers, classes);
  const perClass = names.map((name, k) => scoreClass(name, k, { truth, confusion, scores, patients }, interval.level));
  // Of two classes the second is the one that is found or missed, as in scikit-learn.
  if (classes === 2 && perClass[1].auroc !== undefined) measures.aurocDeLong = perClass[1].auroc;
  const share = unitShares(truth, classes, measure);
  return {
    score: measures[measure],
    measures,
    confusion: Array.from({ length: classes }, (_, k) => [...confusion.subarray(k * classes, (k + 1) * classes)]),
    perClass,
    items: units.map(({ item, patient, target }, unit) => ({
      item,
      patient,
      correct: answers[unit] === target ? share[target] : 0,
      truth: target,
      answer: answers[unit],
      scores: [...scores.subarray(unit * classes, (unit + 1) * classes)],
    })),
  };
}

interface Answered {
  readonly truth: readonly number[];
  readonly confusion: Float64Array;
  readonly scores: Float64Array;
  readonly patients: readonly string[];
}

function scoreClass(
  name: string,
  k: number,
  { truth, confusion, scores, patients }: Answered,
  level: number,
): ClassScore {
  const classes = Math.sqrt(confusion.length);
  const positive = truth.map((target) => target === k);
  const own = Float64Array.from(truth, (_, unit) => scores[unit * classes + k]);
  const found = confusion[k * (classes + 1)];
  let answered = 0;
  for (let row = 0; row < classes; row++) answered += confusion[row * classes + k];
  const items = positive.filter(Boolean).length;
  const area = clusteredRocArea(positive, own, patients, level);
  return {
    name,
    items,
    patients: new Set(patients.filter((_, unit) => positive[unit])).size,
    ...(items === 0 ? {} : { recall: found / items, averagePrecision: averagePrecision(positive, own) }),
    ...(answered === 0 ? {} : { precision: found / answered }),
    ...(items === 0 ? {} : { f1: (2 * found) / (items + answered) }),
    ...(area === undefined ? {} : { auroc: { value: area.value, low: area.low, high: area.high } }),
  };
}

/** What knowing nothing reaches on the test units: the most frequent training class as answer, or scores all alike. */
export function chanceOf({ classes: names, examples }: ClassTask, measure: ClassMeasure): number {
  const classes = names.length;
  const counts = new Array<number>(classes).fill(0);
  for (const unit of examples.train.units) counts[unit.target]++;
  const truth = examples.test.units.map((unit) => unit.target);
  const answer = counts.indexOf(Math.max(...counts));
  const answers = new Int32Array(truth.length).fill(answer);
  if (measure === 'accuracy') return accuracy(confusionMatrix(truth, answers, classes));
  if (measure === 'balancedAccuracy') return balancedAccuracy(confusionMatrix(truth, answers, classes));
  const scores = new Float64Array(truth.length * classes);
  const statistics = classStatistics({ classes, truth, answers, scores, probabilities: false })();
  return statistics[namesOfMeasures(false).indexOf(measure)];
}
