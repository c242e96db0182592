import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../base/random.ts';
import { symmetricEigen, symmetricEigenvalues } from './symmetric-eigen.ts';

test('vectors are orthonormal and rebuild the matrix, values descend', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), fc.integer(), fc.boolean(), (n, seed, deficient) => {
      const random = new Random(seed);
      const rank = deficient ? Math.max(1, n >> 1) : n;
      const a = Float64Array.from({ length: n * rank }, () => random.normal());
      const matrix = Float64Array.from({ length: n * n }, (_, at) => {
        let sum = 0;
        for (let k = 0; k < rank; k++) sum += a[Math.floor(at / n) * rank + k] * a[(at % n) * rank + k];
        return sum;
      });
      const { values, vectors } = symmetricEigen(matrix, n);
      symmetricEigenvalues(matrix, n).forEach((value, k) => {
        assert.ok(Math.abs(value - values[k]) < 1e-10 * Math.max(1, values[0]));
      });
      for (let i = 0; i < n; i++) {
        if (i > 0) assert.ok(values[i] <= values[i - 1]);
        for (let j = 0; j < n; j++) {
          let dot = 0;
          let rebuilt = 0;
          for (let k = 0; k < n; k++) {
            dot += vectors[i * n + k] * vectors[j * n + k];
            rebuilt += values[k] * vectors[k * n + i] * vectors[k * n + j];
          }
          assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-10);
          assert.ok(Math.abs(rebuilt - matrix[i * n + j]) < 1e-9 * Math.max(1, values[0]));
        }
      }
    }),
    { numRuns: 40 },
  );
});

test('the second difference has the eigenvalues of the textbook', () => {
  const n = 40;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = 2;
    if (i > 0) matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
  }
  symmetricEigen(matrix, n).values.forEach((value, k) => {
    assert.ok(Math.abs(value - (2 - 2 * Math.cos((Math.PI * (n - k)) / (n + 1)))) < 1e-12);
  });
});
