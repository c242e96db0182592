import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { dciOf, lassoImportances } from './disentanglement.ts';
import { correlationWith, lassoPath, lassoProblem } from './lasso.ts';
import { entropyOf, equalParts, informationGap, mutualInformation } from './mutual-information.ts';

interface Golden {
  readonly information: { a: number[]; b: number[]; value: number };
  readonly lasso: { x: number[]; y: number[]; rows: number; columns: number; penalties: number[]; weights: number[][] };
  readonly dci: { importances: number[][]; disentanglement: number; completeness: number };
}
const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/explanation.json', import.meta.url), 'utf8'),
) as Golden;
const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);

test('mutual information equals scikit-learn’s, is symmetric, and of a thing with itself its entropy', () => {
  const { a, b, value } = golden.information;
  near(mutualInformation(a, b), value, 1e-12);
  near(mutualInformation(b, a), value, 1e-12);
  near(mutualInformation(a, a), entropyOf(a), 1e-12);
});

test('parts are about equal, and equal numbers stay together', () => {
  const codes = equalParts([5, 1, 4, 2, 3, 6, 8, 7], 4);
  assert.deepEqual([...codes], [2, 0, 1, 0, 1, 2, 3, 3]);
  assert.deepEqual([...equalParts([0, 0, 0, 0, 0, 1], 3)], [0, 0, 0, 0, 0, 1]);
});

test('the gap is 1 where one channel says the factor, 0 where two do', () => {
  const factor = [0, 0, 1, 1, 2, 2];
  const silent = [0, 1, 0, 1, 0, 1];
  near(informationGap([silent, factor], factor).gap, 1, 1e-12);
  assert.equal(informationGap([silent, factor], factor).channel, 1);
  near(informationGap([factor, silent, factor], factor).gap, 0, 1e-12);
});

test('lasso weights equal scikit-learn’s along the path', () => {
  const { x, y, rows, columns, penalties, weights } = golden.lasso;
  const path = lassoPath(lassoProblem(x, rows, columns), correlationWith(x, y, columns), penalties, {
    tolerance: 1e-12,
    sweeps: 5000,
  });
  path.forEach((found, i) => {
    found.forEach((value, k) => {
      near(value, weights[i][k], 1e-6);
    });
  });
});

test('disentanglement and completeness equal those of scipy’s entropies', () => {
  const { importances, disentanglement, completeness } = golden.dci;
  const found = dciOf(importances);
  near(found.disentanglement, disentanglement, 1e-12);
  near(found.completeness, completeness, 1e-12);
});

test('a channel a factor is disentangled and complete; turned channels are neither', () => {
  const random = new Random('factors');
  const rows = 240;
  const factors = Array.from({ length: 4 }, () => Float64Array.from({ length: rows }, () => random.normal()));
  const folds = Array.from({ length: rows }, (_, row) => row % 5);
  const targets = factors.map((column, i) => ({ name: `factor ${i}`, columns: [column] }));
  const look = (mix: (row: number, k: number) => number) => {
    const x = Float64Array.from({ length: rows * 4 }, (_, i) => mix(Math.floor(i / 4), i % 4) + 0.05 * random.normal());
    const { all, without, informativeness } = lassoImportances(x, 4, targets, folds);
    assert.equal(without.length, 5);
    for (const r2 of informativeness) assert.ok(r2 > 0.95, `${r2}`);
    return dciOf(all);
  };
  const plain = look((row, k) => factors[k][row]);
  assert.ok(plain.disentanglement > 0.95 && plain.completeness > 0.95, JSON.stringify(plain));
  // Hadamard's matrix: every channel holds every factor alike.
  const signs = [1, 1, 1, 1, 1, -1, 1, -1, 1, 1, -1, -1, 1, -1, -1, 1];
  const turned = look((row, k) => factors.reduce((sum, factor, f) => sum + 0.5 * signs[k * 4 + f] * factor[row], 0));
  assert.ok(turned.disentanglement < 0.2 && turned.completeness < 0.2, JSON.stringify(turned));
});
