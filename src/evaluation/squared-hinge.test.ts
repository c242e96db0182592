import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { plainMatrixProduct } from './matrix-product.ts';
import { averagePrecision } from './metrics/ranking.ts';
import { projectOntoRows } from './row-space.ts';
import { decisionValues, fitHinges } from './squared-hinge.ts';
import { normaliseRows } from './standardisation.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/protocols.json', import.meta.url), 'utf8'));

for (const reference of golden.svm) {
  const { rows, columns, classes, train, weights, targets, fits } = reference;
  const features = Float32Array.from(reference.features);
  const range = (from: number, to: number) => Int32Array.from({ length: to - from }, (_, i) => from + i);
  const learned = normaliseRows(features, columns, range(0, train));
  const asked = normaliseRows(features, columns, range(train, rows));
  const costs = fits.map((fit: { cost: number }) => fit.cost);
  const options = { costs, positiveWeight: weights[0], negativeWeight: weights[1], maxIterations: 5000 };

  for (const space of ['columns', 'rows'] as const) {
    test(`LinearSVC of scikit-learn: ${classes} classes, ${columns} columns, in the space of ${space}`, async () => {
      const projected = await projectOntoRows(learned, [asked], plainMatrixProduct);
      const [fitted, answered] = space === 'rows' ? [projected.train, projected.others[0]] : [learned, asked];
      const problems = Array.from({ length: classes }, (_, k) => ({
        positive: targets.slice(0, train).map((target: number) => (target === k ? 1 : 0)),
      }));
      const paths = await fitHinges(fitted, problems, options, plainMatrixProduct);
      const precisions: number[] = costs.map(() => 0);
      for (let k = 0; k < classes; k++) {
        paths[k].forEach((fit, i) => {
          const values = decisionValues(fit, answered);
          values.forEach((value, row) => {
            const expected = fits[i].decisions[row * classes + k];
            assert.ok(
              Math.abs(value - expected) < 2e-4 * Math.max(1, Math.abs(expected)),
              `cost ${fit.cost}, class ${k}, row ${row}: ${value}, expected ${expected}`,
            );
          });
          const truth = targets.slice(train).map((target: number) => target === k);
          precisions[i] += averagePrecision(truth, values) / classes;
        });
      }
      precisions.forEach((precision, i) => {
        assert.ok(Math.abs(precision - fits[i].meanAveragePrecision) < 1e-9, `mAP ${precision} at cost ${costs[i]}`);
      });
    });
  }
}

test('the solution is a minimum: no small step lowers the value', async () => {
  const random = new Random('hinge');
  const features = { rows: 30, columns: 5, data: random.fillNormal(new Float32Array(150)) };
  const positive = Array.from({ length: 30 }, (_, row) => (features.data[row * 5] + random.normal() > 0 ? 1 : 0));
  const options = { costs: [0.3], positiveWeight: 2, negativeWeight: 1, maxIterations: 1000 };
  const [[fit]] = await fitHinges(features, [{ positive }], options, plainMatrixProduct);
  const value = (weights: Float64Array) => {
    const penalty = weights.reduce((sum, w) => sum + w * w, 0) / 2;
    return decisionValues({ weights }, features).reduce((sum, score, row) => {
      const short = Math.max(0, 1 - (positive[row] === 1 ? score : -score));
      return sum + 0.3 * (positive[row] === 1 ? 2 : 1) * short * short;
    }, penalty);
  };
  const least = value(fit.weights);
  for (let p = 0; p < 6; p++) {
    for (const step of [-1e-3, 1e-3]) {
      const moved = Float64Array.from(fit.weights);
      moved[p] += step;
      assert.ok(value(moved) > least, `weight ${p} by ${step}`);
    }
  }
});

test('problems in step are those alone, rows left out are not there, and the runtime agrees with loops', async () => {
  const random = new Random('together');
  // Large enough for the runtime: 300 rows of 900 columns, nine problems.
  const [rows, columns] = [300, 900];
  const data = random.fillNormal(new Float32Array(rows * columns));
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  const features = normaliseRows(data, columns, all);
  const side = (k: number) =>
    Uint8Array.from(all, (row) => (data[row * columns + k] + 0.3 * random.normal() > 0 ? 1 : 0));
  const left = Uint8Array.from(all, (row) => (row % 3 === 0 ? 1 : 0));
  const problems = Array.from({ length: 9 }, (_, k) => ({ positive: side(k), ...(k % 2 === 0 ? {} : { left }) }));
  const options = { costs: [1, 0.01], positiveWeight: 2, negativeWeight: 1, maxIterations: 500 };
  const together = await fitHinges(features, problems, options, plainMatrixProduct);
  const kept = [...all].filter((row) => left[row] === 0);
  for (const k of [0, 1]) {
    const rowsOf = k === 0 ? [...all] : kept;
    const positive = rowsOf.map((row) => problems[k].positive[row]);
    const own = normaliseRows(data, columns, rowsOf);
    const [alone] = await fitHinges(own, [{ positive }], options, plainMatrixProduct);
    alone.forEach(({ cost, weights }, i) => {
      assert.equal(together[k][i].cost, [0.01, 1][i]);
      const expected = decisionValues({ weights }, features);
      decisionValues(together[k][i], features).forEach((value, row) => {
        assert.ok(Math.abs(value - expected[row]) < 1e-3, `cost ${cost}, row ${row}: ${value}, alone ${expected[row]}`);
      });
    });
  }
});
