import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { logisticPath } from './logistic-path.ts';
import { fitLogistic, predictProbabilities } from './logistic-regression.ts';
import { plainMatrixProduct } from './matrix-product.ts';
import { projectionPays, projectOntoRows } from './row-space.ts';
import { measureColumns, standardise } from './standardisation.ts';

interface Reference {
  rows: number;
  columns: number;
  classes: number;
  l2: number;
  train: number;
  features: number[];
  targets: number[];
  probabilities: number[];
  coefficients?: number[];
  intercepts?: number[];
}
const golden = JSON.parse(readFileSync(new URL('../../test/golden/evaluation.json', import.meta.url), 'utf8'));

function prepared(reference: Reference) {
  const features = Float32Array.from(reference.features);
  const positions = Array.from({ length: reference.rows }, (_, i) => i);
  const trainRows = positions.slice(0, reference.train);
  const scale = measureColumns(features, reference.columns, trainRows);
  return {
    train: standardise(features, reference.columns, trainRows, scale),
    test: standardise(features, reference.columns, positions.slice(reference.train), scale),
    targets: reference.targets.slice(0, reference.train),
  };
}

const tight = { tolerance: 1e-8, valueTolerance: 0, maxIterations: 5000 };

for (const reference of golden.logistic as Reference[]) {
  const { rows, columns, classes, l2 } = reference;
  test(`${rows} rows, ${columns} columns, ${classes} classes, l2 ${l2}: as scikit-learn`, async () => {
    const { train, test: held, targets } = prepared(reference);
    const direct = fitLogistic(train, targets, classes, { l2, ...tight });
    close(predictProbabilities(direct, held), reference.probabilities, 1e-4, 'probabilities');
    if (reference.coefficients === undefined) return;
    const stride = columns + 1;
    const coefficients = [...direct.weights].filter((_, i) => i % stride !== columns);
    const intercepts = [...direct.weights].filter((_, i) => i % stride === columns);
    const centre = intercepts.reduce((sum, value) => sum + value, 0) / classes;
    close(coefficients, reference.coefficients, 1e-3, 'coefficients');
    close(
      intercepts.map((value) => value - centre),
      reference.intercepts!,
      1e-3,
      'intercepts',
    );
  });

  if (columns > rows) {
    test(`${rows} rows, ${columns} columns: the projection onto the rows changes no probability`, async () => {
      const { train, test: held, targets } = prepared(reference);
      const projected = await projectOntoRows(train, [held], plainMatrixProduct);
      assert.ok(projected.train.columns < train.rows, 'centred rows span one dimension less than there are rows');
      const fit = fitLogistic(projected.train, targets, classes, { l2, ...tight });
      close(predictProbabilities(fit, projected.others[0]), reference.probabilities, 1e-4, 'probabilities');
    });
  }
}

test('a projection is chosen for many columns and few rows only', () => {
  assert.equal(projectionPays(400, 200, 9216, 4), true);
  assert.equal(projectionPays(400, 200, 300, 4), false);
  assert.equal(projectionPays(5000, 3000, 6000, 2), false);
});

test('the fit of a stronger penalty is a good start for a weaker one', () => {
  const random = new Random('warm');
  const rows = 200;
  const columns = 30;
  const data = random.fillNormal(new Float32Array(rows * columns));
  const targets = Int32Array.from({ length: rows }, (_, i) => (data[i * columns] + random.normal() > 0 ? 1 : 0));
  const features = { rows, columns, data };
  const strong = fitLogistic(features, targets, 2, { l2: 0.1 });
  const cold = fitLogistic(features, targets, 2, { l2: 0.05, ...tight });
  const warm = fitLogistic(features, targets, 2, { l2: 0.05, start: strong.weights, ...tight });
  assert.ok(warm.iterations <= cold.iterations, `${warm.iterations} against ${cold.iterations}`);
  close(warm.weights.slice(0, columns), cold.weights.slice(0, columns), 1e-5, 'weights');
});

test('a path over penalties, steered or not, ends where single fits do', async () => {
  const random = new Random('path');
  for (const [rows, columns, classes] of [
    [300, 20, 3],
    [40, 130, 2],
  ]) {
    const data = random.fillNormal(new Float32Array(rows * columns));
    // Correlated columns of unequal size are what makes plain fits slow.
    for (let i = 0; i < rows; i++) for (let p = 1; p < columns; p++) data[i * columns + p] += 3 * data[i * columns];
    const targets = Int32Array.from({ length: rows }, (_, i) =>
      i < classes ? i : Math.abs(Math.round(data[i * columns] + random.normal())) % classes,
    );
    const features = { rows, columns, data };
    const seen: number[] = [];
    for await (const fit of logisticPath(
      features,
      targets,
      classes,
      { penalties: [0.01, 1, 0.1] },
      plainMatrixProduct,
    )) {
      seen.push(fit.l2);
      const single = fitLogistic(features, targets, classes, { l2: fit.l2, ...tight });
      assert.ok(fit.converged);
      assert.ok(fit.value - single.value < 1e-5 * single.value, `${fit.value} against ${single.value}`);
      close(predictProbabilities(fit, features), predictProbabilities(single, features), 2e-3, 'probabilities');
    }
    assert.deepEqual(seen, [1, 0.1, 0.01]);
  }
});

test('targets and rows must agree in number', () => {
  assert.throws(() => fitLogistic({ rows: 2, columns: 1, data: new Float32Array(2) }, [0], 2, { l2: 1 }), RangeError);
});

function close(found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(found.length, expected.length, what);
  for (let i = 0; i < found.length; i++) {
    const gap = Math.abs(found[i] - expected[i]);
    assert.ok(gap <= tolerance, `${what}[${i}] is ${found[i]}, expected ${expected[i]}`);
  }
}
