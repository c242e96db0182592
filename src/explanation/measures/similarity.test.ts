import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import { symmetricEigen } from '../../statistics/symmetric-eigen.ts';
import { type Cloud, centredColumns } from './geometry.ts';
import {
  gramMatrix,
  neighbourAgreement,
  procrustesDistance,
  projectionWeightedCca,
  representationalSimilarity,
  svcca,
  unbiasedCka,
} from './similarity.ts';

function noise(rows: number, columns: number, seed: number | string): Cloud & { data: Float64Array } {
  const random = new Random(seed).split('noise');
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => random.normal()) };
}

/** A random orthogonal matrix: the eigenvectors of a random symmetric one. */
function rotated({ rows, columns, data }: Cloud, seed: number, scale = 1): Cloud {
  const random = new Random(seed).split('rotation');
  const symmetric = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j <= i; j++) symmetric[i * columns + j] = symmetric[j * columns + i] = random.normal();
  }
  const { vectors } = symmetricEigen(symmetric, columns);
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < columns; k++)
        out[i * columns + j] += scale * data[i * columns + k] * vectors[j * columns + k];
    }
  }
  return { rows, columns, data: out };
}

const cka = (x: Cloud, y: Cloud) => unbiasedCka(gramMatrix(x), gramMatrix(y), x.rows);
const near = (found: number, expected: number, tolerance = 1e-8) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);

test('a rotation and a scale change no measure', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 2, max: 9 }),
      fc.double({ min: 0.1, max: 30, noNaN: true }),
      (seed, columns, scale) => {
        const x = noise(40, columns, seed);
        const y = rotated(x, seed, scale);
        near(cka(x, x), 1);
        near(cka(x, y), 1);
        near(procrustesDistance(x, y), 0, 1e-6);
        near(svcca(x, y, 1), 1, 1e-6);
        near(projectionWeightedCca(x, y, 1), 1, 1e-6);
        near(neighbourAgreement(x, y, 5), 1);
      },
    ),
    { numRuns: 20 },
  );
});

test('independent noise with more columns than rows: unbiased CKA is near zero where the biased form is 0.83', () => {
  const x = noise(100, 500, 'a');
  const y = noise(100, 500, 'b');
  near(cka(x, y), 0, 0.03);
  const [k, l] = [gramMatrix(centredColumns(x)), gramMatrix(centredColumns(y))];
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  near(dot(k, l) / Math.sqrt(dot(k, k) * dot(l, l)), 0.83, 0.02);
});

test('any invertible map leaves canonical correlations, and not CKA, as they were', () => {
  const x = noise(200, 4, 'plain');
  const stretched = { ...x, data: x.data.map((value, i) => value * [1, 20, 0.3, 5][i % 4]) };
  near(svcca(x, stretched, 1), 1, 1e-6);
  assert.ok(cka(x, stretched) < 0.6);
  near(svcca(x, noise(200, 4, 'other'), 1), 0.1, 0.1);
});

test('shared columns give the canonical correlation they should', () => {
  const x = noise(3000, 2, 'shared');
  const own = noise(3000, 2, 'own');
  // Both columns of y are a column of x and noise of the same size: ρ = 1/√2.
  const y = { ...x, data: x.data.map((value, i) => value + own.data[i]) };
  near(
    svcca({ ...x, rows: 400, data: x.data.subarray(0, 800) }, { ...y, rows: 400, data: y.data.subarray(0, 800) }, 1),
    Math.SQRT1_2,
    0.06,
  );
});

test('Procrustes distance of orthogonal subspaces is two, neighbours of noise agree by chance, RSA of itself is one', () => {
  const x = { rows: 4, columns: 1, data: [1, -1, 1, -1] };
  const y = { rows: 4, columns: 1, data: [1, 1, -1, -1] };
  near(procrustesDistance(x, y), 2);
  near(neighbourAgreement(noise(300, 20, 'c'), noise(300, 20, 'd'), 10), 10 / 299, 0.02);
  const z = noise(30, 6, 'e');
  near(representationalSimilarity(z, z), 1);
  near(representationalSimilarity(noise(60, 6, 'f'), noise(60, 6, 'g')), 0, 0.1);
});
