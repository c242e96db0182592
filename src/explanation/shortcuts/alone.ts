/**
 * Can the question be answered from the shortcut alone? A logistic regression on what the shortcut says, fitted on other
 * patients than it answers for.
 * @module
 */
import type { Random } from '../../base/random.ts';
import { fitLogistic, predictProbabilities } from '../../evaluation/logistic-regression.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { measureColumns, standardise } from '../../evaluation/standardisation.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { balancedShare } from './balanced-share.ts';

export interface Alone {
  /** Balanced accuracy of the shortcut alone, on patients it was not fitted on. */
  readonly accuracy: Estimate;
  /** What guessing reaches: one in as many as there are answers. */
  readonly chance: number;
  readonly questions: number;
  readonly patients: number;
}

export interface AloneRow {
  readonly features: readonly number[];
  readonly answer: number;
  readonly patient: string;
}

const folds = 4;
const penalty = 1e-2;

/** `undefined` where the shortcut says the same of every question, or too few patients are there to fit on others. */
export function answerAlone(
  rows: readonly AloneRow[],
  classes: number,
  level: number,
  random: Random,
): Alone | undefined {
  const patients = [...new Set(rows.map(({ patient }) => patient))].sort();
  const columns = rows[0]?.features.length ?? 0;
  if (patients.length < folds || columns === 0) return undefined;
  const order = random.split('folds').permutation(patients.length);
  const foldOf = new Map(Array.from(order, (place, i) => [patients[place], i % folds]));
  const features = Float32Array.from(rows.flatMap((row) => row.features));
  const given = new Int32Array(rows.length);
  let varies = false;
  for (let fold = 0; fold < folds; fold++) {
    const own = rows.flatMap(({ patient }, row) => (foldOf.get(patient) === fold ? [row] : []));
    const others = rows.flatMap(({ patient }, row) => (foldOf.get(patient) === fold ? [] : [row]));
    const scale = measureColumns(features, columns, others);
    if (scale.kept.length === 0) continue;
    varies = true;
    const targets = others.map((row) => rows[row].answer);
    const fit = fitLogistic(standardise(features, columns, others, scale), targets, classes, { l2: penalty });
    const probabilities = predictProbabilities(fit, standardise(features, columns, own, scale));
    const shares = Float64Array.from({ length: classes }, (_, k) => targets.filter((target) => target === k).length);
    own.forEach((row, i) => {
      // Every answer counts alike, however often it is the right one.
      let best = -1;
      for (let k = 0; k < classes; k++) {
        const odds = shares[k] === 0 ? 0 : probabilities[i * classes + k] / shares[k];
        if (odds > best) [best, given[row]] = [odds, k];
      }
    });
  }
  if (!varies) return undefined;
  const right = rows.map(({ answer }, row) => (answer === given[row] ? 1 : 0));
  const truth = rows.map(({ answer }) => answer);
  const { intervals } = clusterBootstrap(
    rows.map(({ patient }) => patient),
    (weights) => [balancedShare(right, truth, classes, weights)],
    { level },
  );
  return {
    accuracy: intervals[0],
    chance: 1 / new Set(truth).size,
    questions: rows.length,
    patients: patients.length,
  };
}
