import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { brierScore, expectedCalibrationError, logLoss } from './calibration.ts';
import { accuracy, balancedAccuracy, confusionMatrix, macroF1, mostProbable, recalls } from './confusion.ts';
import { areaUnderRoc, averagePrecision, oneAgainstRest } from './ranking.ts';
import { correlation, meanAbsoluteError, rSquared } from './regression.ts';

const golden = JSON.parse(readFileSync(new URL('../../../test/golden/evaluation.json', import.meta.url), 'utf8'));
const near = (found: number, expected: number, what: string, tolerance = 1e-9) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${what} is ${found}, expected ${expected}`);

for (const reference of golden.classification) {
  const { classes, truth, probabilities } = reference;
  for (const kind of ['plain', 'weighted'] as const) {
    test(`${classes} classes, ${kind}: the measures of scikit-learn`, () => {
      const weights = kind === 'weighted' ? reference.weights : undefined;
      const expected = reference[kind];
      const confusion = confusionMatrix(truth, mostProbable(probabilities, classes), classes, weights);
      assert.deepEqual([...confusion], expected.confusion);
      near(accuracy(confusion), expected.accuracy, 'accuracy');
      near(balancedAccuracy(confusion), expected.balancedAccuracy, 'balanced accuracy');
      near(macroF1(confusion), expected.macroF1, 'macro F1');
      near(oneAgainstRest(areaUnderRoc, truth, probabilities, classes)(weights), expected.auroc, 'AUROC');
      near(oneAgainstRest(averagePrecision, truth, probabilities, classes)(weights), expected.averagePrecision, 'AP');
      near(expectedCalibrationError(truth, probabilities, classes, weights), expected.ece, 'ECE');
      near(brierScore(truth, probabilities, classes, weights), expected.brier, 'Brier');
      if (weights === undefined) near(logLoss(truth, probabilities, classes), expected.logLoss, 'log loss');
    });
  }
  if (classes === 2) {
    test('two classes: the Brier score is twice the one-sided one', () => {
      near(brierScore(truth, probabilities, 2), 2 * reference.sklearnBrier, 'Brier');
    });
  } else {
    test('the macro AUROC is that of roc_auc_score', () => {
      near(oneAgainstRest(areaUnderRoc, truth, probabilities, classes)(), reference.sklearnMacroAuroc, 'AUROC');
    });
  }
}

test('measures of predicted numbers are those of scikit-learn', () => {
  const { truth, predicted, weights, ...expected } = golden.regression;
  near(rSquared(truth, predicted), expected.r2, 'R²');
  near(rSquared(truth, predicted, weights), expected.r2Weighted, 'weighted R²');
  near(meanAbsoluteError(truth, predicted), expected.mae, 'MAE');
  near(meanAbsoluteError(truth, predicted, weights), expected.maeWeighted, 'weighted MAE');
  near(correlation(truth, predicted), expected.correlation, 'correlation');
});

test('a weight counts an observation that many times', () => {
  const row = fc.record({
    truth: fc.nat(2),
    scores: fc.array(fc.nat(5), { minLength: 3, maxLength: 3 }),
    weight: fc.nat(3),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 20 }), (rows) => {
      const repeated = rows.flatMap((entry) => new Array<typeof entry>(entry.weight).fill(entry));
      const flat = (entries: typeof rows) => entries.flatMap(({ scores }) => scores.map((score) => (score + 1) / 20));
      const truths = (entries: typeof rows) => entries.map(({ truth }) => truth);
      const weights = rows.map(({ weight }) => weight);
      const same = (a: number, b: number, what: string) =>
        assert.ok(Object.is(a, b) || Math.abs(a - b) < 1e-12, `${what}: ${a} and ${b}`);
      const all = [truths(rows), flat(rows), 3] as const;
      const copies = [truths(repeated), flat(repeated), 3] as const;
      same(oneAgainstRest(areaUnderRoc, ...all)(weights), oneAgainstRest(areaUnderRoc, ...copies)(), 'AUROC');
      same(oneAgainstRest(averagePrecision, ...all)(weights), oneAgainstRest(averagePrecision, ...copies)(), 'AP');
      same(expectedCalibrationError(...all, weights), expectedCalibrationError(...copies), 'ECE');
      same(brierScore(...all, weights), brierScore(...copies), 'Brier');
    }),
    { numRuns: 100 },
  );
});

test('closed forms: perfect, reversed and tied rankings', () => {
  assert.equal(areaUnderRoc([1, 1, 0, 0], [4, 3, 2, 1]), 1);
  assert.equal(areaUnderRoc([1, 1, 0, 0], [1, 2, 3, 4]), 0);
  assert.equal(areaUnderRoc([1, 0, 1, 0], [7, 7, 7, 7]), 0.5);
  assert.equal(averagePrecision([1, 0, 1, 0], [4, 3, 2, 1]), (1 + 2 / 3) / 2);
});

test('what is undefined is NaN, not 0', () => {
  assert.ok(Number.isNaN(areaUnderRoc([1, 1], [1, 2])));
  assert.ok(Number.isNaN(averagePrecision([0, 0], [1, 2])));
  assert.ok(Number.isNaN(rSquared([2, 2], [1, 3])));
  assert.ok(Number.isNaN(correlation([2, 2], [1, 3])));
  assert.ok(Number.isNaN(accuracy(new Float64Array(4))));
  assert.ok(Number.isNaN(balancedAccuracy(new Float64Array(4))));
  const confusion = confusionMatrix([0, 0, 1], [0, 2, 1], 3);
  assert.deepEqual(recalls(confusion), [0.5, 1, Number.NaN]);
  assert.equal(balancedAccuracy(confusion), 0.75);
  assert.throws(() => confusionMatrix([0], [], 1), RangeError);
});
