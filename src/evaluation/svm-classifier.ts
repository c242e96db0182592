/**
 * One-against-all support vector machines as a classifier, each class with its own cost.
 * @module
 */
import { z } from 'zod';
import { Random } from '../base/random.ts';
import type { ClassMeasure } from './class-measures.ts';
import { type Classifier, judgeOf, shortened, turn } from './classifier.ts';
import { averageByUnit, type ExamplePart } from './examples.ts';
import { dealGroups } from './folds.ts';
import type { Matrix } from './linear-scores.ts';
import { averagePrecision } from './metrics/ranking.ts';
import { listed } from './protocols/protocol.ts';
import { decisionValues, fitHinges, type HingeFit, type HingeProblem } from './squared-hinge.ts';
import { normaliseRows } from './standardisation.ts';

/** Options of a protocol that fits support vector machines. */
export const svmSettings = {
  costs: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100])
    .describe('costs of errors to choose from'),
  positiveWeight: z.number().positive().default(2).describe('how much an error on the class itself counts'),
  negativeWeight: z.number().positive().default(1).describe('how much an error on the other classes counts'),
  maxIterations: z.number().int().positive().default(2000).describe('L-BFGS iterations a cost'),
};

export interface SvmSettings {
  readonly costs: readonly number[];
  readonly positiveWeight: number;
  readonly negativeWeight: number;
  readonly maxIterations: number;
  readonly measure: ClassMeasure;
  /** Cross-validation over this many groups of training patients; 0 chooses on the validation units. */
  readonly folds: number;
  readonly seed: number;
}

/**
 * One-against-all support vector machines on features of length 1. Each class has its own cost, the one with the highest
 * average precision.
 */
export function svmClassifier(settings: SvmSettings): Classifier {
  return {
    probabilities: false,
    async learn(table, lesson, product) {
      const classes = lesson.names.length;
      const rowsOf = ({ rows }: ExamplePart) => normaliseRows(table.features, table.columns, rows);
      const parts = await shortened(lesson, rowsOf, classes, product);
      const folds = settings.folds > 0 ? foldsOf(lesson.train, settings) : [];
      const positives = lesson.names.map((_, k) => isClass(lesson.train.targets, k));
      const problems = [undefined, ...folds].flatMap((left) =>
        positives.map((positive): HingeProblem => ({ positive, ...(left === undefined ? {} : { left }) })),
      );
      const paths = await fitHinges(parts.train, problems, settings, product);
      const byFolds = chooseByFolds(parts.train, lesson.train, folds, paths.slice(classes), classes);
      const scores = new Float64Array(lesson.test.units.length * classes);
      const held = new Float64Array(lesson.validation.units.length * classes);
      const hyperparameters: Record<string, number> = {};
      for (let k = 0; k < classes; k++) {
        const fits = paths[k];
        const chosen = byFolds[k] ?? bestOnValidation(fits, parts.validation, lesson.validation, k);
        const fit = fits[chosen];
        hyperparameters[`cost ${lesson.names[k]}`] = fit.cost;
        place(scores, averageByUnit(lesson.test, decisionValues(fit, parts.test), 1), k, classes);
        place(held, averageByUnit(lesson.validation, decisionValues(fit, parts.validation), 1), k, classes);
        await turn();
      }
      return { scores, validation: judgeOf(settings.measure, lesson.validation, classes)(held), hyperparameters };
    },
  };
}

/** Folds of whole patients: of each, 1 for the rows that are asked and not learned. Empty ones are left out. */
function foldsOf({ units, unitOfRow }: ExamplePart, { folds, seed }: SvmSettings): Uint8Array[] {
  const foldOf = dealGroups(
    units.map((unit) => unit.patient),
    units.map((unit) => unit.target),
    folds,
    new Random(seed).split('folds'),
  );
  return Array.from({ length: folds }, (_, fold) =>
    Uint8Array.from(unitOfRow, (unit) => (foldOf[unit] === fold ? 1 : 0)),
  ).filter((asked) => asked.includes(1) && asked.includes(0));
}

/**
 * For each class, the position of the cost with the highest mean average precision over folds; `paths` are those of the
 * first fold's classes, then the second's. Undefined where no fold has the class on both sides.
 */
function chooseByFolds(
  train: Matrix,
  part: ExamplePart,
  folds: readonly Uint8Array[],
  paths: readonly (readonly HingeFit[])[],
  classes: number,
): (number | undefined)[] {
  const rowsOfFolds = folds.map((fold) => [...fold.keys()].filter((row) => fold[row] === 1));
  const askedRows = rowsOfFolds.map((rows) => pickRows(train, rows));
  return Array.from({ length: classes }, (_, k) => {
    const sums = new Float64Array(paths[0]?.length ?? 0);
    let defined = 0;
    folds.forEach((fold, i) => {
      // A fold that lacks the class on either side says nothing about its cost.
      if (!fold.some((asked, row) => asked === 0 && part.targets[row] === k)) return;
      const precisions = paths[i * classes + k].map((fit) =>
        unitPrecision(part, rowsOfFolds[i], decisionValues(fit, askedRows[i]), k),
      );
      if (precisions.some(Number.isNaN)) return;
      for (let cost = 0; cost < sums.length; cost++) sums[cost] += precisions[cost];
      defined++;
    });
    return defined === 0 ? undefined : sums.indexOf(Math.max(...sums));
  });
}

function bestOnValidation(fits: readonly HingeFit[], rows: Matrix, part: ExamplePart, k: number): number {
  const positive = part.units.map((unit) => unit.target === k);
  const precisions = fits.map((fit) => averagePrecision(positive, averageByUnit(part, decisionValues(fit, rows), 1)));
  // Where validation patients do not show the class, the cost that LIBLINEAR takes unasked.
  if (precisions.some(Number.isNaN)) {
    const gaps = fits.map((fit) => Math.abs(Math.log(fit.cost)));
    return gaps.indexOf(Math.min(...gaps));
  }
  return precisions.indexOf(Math.max(...precisions));
}

/** Average precision of decision values at some rows, averaged over the rows of each unit. */
function unitPrecision(part: ExamplePart, rows: readonly number[], values: Float64Array, k: number): number {
  const sums = new Map<number, { sum: number; count: number }>();
  rows.forEach((row, i) => {
    const unit = part.unitOfRow[row];
    const known = sums.get(unit) ?? { sum: 0, count: 0 };
    sums.set(unit, { sum: known.sum + values[i], count: known.count + 1 });
  });
  const units = [...sums];
  return averagePrecision(
    units.map(([unit]) => part.units[unit].target === k),
    units.map(([, { sum, count }]) => sum / count),
  );
}

function isClass(targets: ArrayLike<number>, k: number): Uint8Array {
  return Uint8Array.from(targets, (target) => (target === k ? 1 : 0));
}

function place(scores: Float64Array, values: Float64Array, k: number, classes: number): void {
  for (let unit = 0; unit < values.length; unit++) scores[unit * classes + k] = values[unit];
}

function pickRows({ data, columns }: Matrix, rows: readonly number[]): Matrix & { readonly data: Float32Array } {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    for (let p = 0; p < columns; p++) out[i * columns + p] = data[row * columns + p];
  });
  return { rows: rows.length, columns, data: out };
}
