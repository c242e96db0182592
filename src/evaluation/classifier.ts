/**
 * Linear classifiers on rows of features, with their one hyper-parameter chosen where it may be: each is given rows to
 * learn from, rows to choose by and rows to answer, and protocols differ in which rows those are.
 * @module
 */
import { type ClassMeasure, classStatistic } from './class-measures.ts';
import type { ExamplePart } from './examples.ts';
import type { FeatureTable } from './feature-table.ts';
import type { Matrix } from './linear-scores.ts';
import type { MatrixProduct } from './matrix-product.ts';
import { mostProbable } from './metrics/confusion.ts';
import { projectionPays, projectOntoRows } from './row-space.ts';

/** What is learned from, chosen by and answered; `names[k]` is class k. */
export interface Lesson {
  readonly names: readonly string[];
  readonly train: ExamplePart;
  readonly validation: ExamplePart;
  readonly test: ExamplePart;
}

/** Answers `[units, classes]` to the test units, and how good those to the validation units are. */
export interface Learned {
  readonly scores: Float64Array;
  readonly validation: number;
  readonly hyperparameters: Readonly<Record<string, number>>;
}

export interface Classifier {
  /** Whether scores are probabilities. */
  readonly probabilities: boolean;
  learn(table: FeatureTable, lesson: Lesson, product: MatrixProduct): Promise<Learned>;
}

/** How good scores of a part's units are; accuracy where the measure is undefined on them. */
export function judgeOf(measure: ClassMeasure, part: ExamplePart, classes: number): (scores: Float64Array) => number {
  const truth = truthOf(part);
  return (scores) => {
    const answers = mostProbable(scores, classes);
    const value = classStatistic(measure, { classes, truth, answers, scores })();
    return Number.isNaN(value) ? classStatistic('accuracy', { classes, truth, answers, scores })() : value;
  };
}

/** The three sets of rows, in the span of the training rows where that makes them shorter. */
export async function shortened(
  { train, validation, test }: Lesson,
  rowsOf: (part: ExamplePart) => Matrix & { readonly data: Float32Array },
  classes: number,
  product: MatrixProduct,
): Promise<{ train: Matrix; validation: Matrix; test: Matrix }> {
  const rows = { train: rowsOf(train), validation: rowsOf(validation), test: rowsOf(test) };
  const others = rows.validation.rows + rows.test.rows;
  if (!projectionPays(rows.train.rows, others, rows.train.columns, classes)) return rows;
  const projected = await projectOntoRows(rows.train, [rows.validation, rows.test], product);
  return { train: projected.train, validation: projected.others[0], test: projected.others[1] };
}

export function truthOf({ units }: Pick<ExamplePart, 'units'>): number[] {
  return units.map((unit) => unit.target);
}

/** Whoever serves progress gets a turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
