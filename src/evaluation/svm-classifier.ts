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
import type { MatrixProduct } from './matrix-product.ts';
import { averagePrecision } from './metrics/ranking.ts';
import { listed } from './protocols/protocol.ts';
import { decisionValues, type HingeFit, hingePaths } from './squared-hinge.ts';
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
      const path = await hingePaths(parts.train, settings, product);
      const byFolds =
        settings.folds > 0 ? await crossValidate(parts.train, lesson.train, classes, settings, product) : undefined;
      const scores = new Float64Array(lesson.test.units.length * classes);
      const held = new Float64Array(lesson.validation.units.length * classes);
      const hyperparameters: Record<string, number> = {};
      for (let k = 0; k < classes; k++) {
        const fits = path(isClass(lesson.train.targets, k));
        const chosen = byFolds?.[k] ?? bestOnValidation(fits, parts.validation, lesson.validation, k);
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

/** For each class, the position of the cost with the highest mean average precision over folds of whole patients. */
async function crossValidate(
  train: Matrix,
  part: ExamplePart,
  classes: number,
  settings: SvmSettings,
  product: MatrixProduct,
): Promise<(number | undefined)[]> {
  const costs = settings.costs.length;
  const sums = Array.from({ length: classes }, () => new Float64Array(costs));
  const defined = new Float64Array(classes);
  const { units } = part;
  const foldOf = dealGroups(
    units.map((unit) => unit.patient),
    units.map((unit) => unit.target),
    settings.folds,
    new Random(settings.seed).split('folds'),
  );
  for (let fold = 0; fold < settings.folds; fold++) {
    const learned = rowsWhere(part, (unit) => foldOf[unit] !== fold);
    const asked = rowsWhere(part, (unit) => foldOf[unit] === fold);
    if (asked.length === 0 || learned.length === 0) continue;
    const path = await hingePaths(pickRows(train, learned), settings, product);
    const askedRows = pickRows(train, asked);
    for (let k = 0; k < classes; k++) {
      const positives = isClass(
        Float64Array.from(learned, (row) => part.targets[row]),
        k,
      );
      // A fold that lacks the class on either side says nothing about its cost.
      if (!positives.includes(1)) continue;
      const precisions = path(positives).map((fit) => {
        const values = decisionValues(fit, askedRows);
        return unitPrecision(part, asked, values, k);
      });
      if (precisions.some(Number.isNaN)) continue;
      precisions.forEach((precision, i) => {
        sums[k][i] += precision;
      });
      defined[k]++;
    }
    await turn();
  }
  return sums.map((own, k) => (defined[k] === 0 ? undefined : own.indexOf(Math.max(...own))));
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

function rowsWhere({ unitOfRow }: ExamplePart, wanted: (unit: number) => boolean): number[] {
  return [...unitOfRow.keys()].filter((row) => wanted(unitOfRow[row]));
}

function pickRows({ data, columns }: Matrix, rows: readonly number[]): Matrix & { readonly data: Float32Array } {
  const out = new Float32Array(rows.length * columns);
  rows.forEach((row, i) => {
    for (let p = 0; p < columns; p++) out[i * columns + p] = data[row * columns + p];
  });
  return { rows: rows.length, columns, data: out };
}
