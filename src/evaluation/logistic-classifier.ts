/**
 * Multinomial logistic regression as a classifier: fitted to the minimum for every penalty, the penalty chosen.
 * @module
 */
import { z } from 'zod';
import type { ClassMeasure } from './class-measures.ts';
import { type Classifier, judgeOf, shortened, truthOf, turn } from './classifier.ts';
import { averageByUnit, type ExamplePart } from './examples.ts';
import { logisticPath } from './logistic-path.ts';
import { type LogisticFit, predictProbabilities } from './logistic-regression.ts';
import { logLoss } from './metrics/calibration.ts';
import { listed } from './protocols/protocol.ts';
import { measureColumns, standardise } from './standardisation.ts';

/** Options of a protocol that fits a logistic regression. */
export const logisticSettings = {
  l2: z
    .preprocess(listed, z.array(z.coerce.number().positive()).min(1))
    .default([1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100])
    .describe('penalties to choose from: mean cross-entropy + l2 / 2 · squared weights'),
  maxIterations: z.number().int().positive().default(300).describe('L-BFGS iterations a penalty'),
};

export interface LogisticSettings {
  readonly l2: readonly number[];
  readonly maxIterations: number;
  /** What the penalty is chosen by on validation units. */
  readonly measure: ClassMeasure | 'logLoss';
}

/** Multinomial logistic regression on standardised features; the penalty is chosen on the validation units. */
export function logisticClassifier({ l2, maxIterations, measure }: LogisticSettings): Classifier {
  return {
    probabilities: true,
    async learn(table, lesson, product) {
      const classes = lesson.names.length;
      const scale = measureColumns(table.features, table.columns, lesson.train.rows);
      const rowsOf = ({ rows }: ExamplePart) => standardise(table.features, table.columns, rows, scale);
      const { train, validation, test } = await shortened(lesson, rowsOf, classes, product);
      const held = truthOf(lesson.validation);
      const judge =
        measure === 'logLoss'
          ? (answers: Float64Array) => -logLoss(held, answers, classes)
          : judgeOf(measure, lesson.validation, classes);
      let best: { fit: LogisticFit; score: number; loss: number } | undefined;
      const path = { penalties: l2, maxIterations };
      for await (const fit of logisticPath(train, lesson.train.targets, classes, path, product)) {
        const answers = averageByUnit(lesson.validation, predictProbabilities(fit, validation), classes);
        const score = judge(answers);
        const loss = logLoss(held, answers, classes);
        // Equal scores go to the lower cross-entropy.
        if (best === undefined || score > best.score || (score === best.score && loss < best.loss)) {
          best = { fit, score, loss };
        }
        await turn();
      }
      const { fit, score } = best!;
      return {
        scores: averageByUnit(lesson.test, predictProbabilities(fit, test), classes),
        validation: score,
        hyperparameters: { l2: fit.l2, iterations: fit.iterations },
      };
    },
  };
}
