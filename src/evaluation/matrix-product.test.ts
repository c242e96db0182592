import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { pivotedCholesky, solvePositiveDefinite } from './cholesky.ts';
import { plainMatrixProduct } from './matrix-product.ts';

const random = new Random('products');
const filled = (count: number) => random.fillNormal(new Float32Array(count));

function naive(a: Float32Array, b: Float32Array, m: number, n: number, k: number): number[] {
  return Array.from({ length: m * n }, (_, o) => {
    let sum = 0;
    for (let p = 0; p < k; p++) sum += a[Math.floor(o / n) * k + p] * b[(o % n) * k + p];
    return sum;
  });
}

for (const [m, n, k] of [
  [1, 1, 1],
  [4, 8, 3],
  [7, 5, 600],
  [13, 9, 1100],
]) {
  test(`a [${m}, ${k}] times b [${n}, ${k}] transposed`, () => {
    const a = filled(m * k);
    const b = filled(n * k);
    const product = plainMatrixProduct(a, b, m, n, k);
    naive(a, b, m, n, k).forEach((value, i) => {
      assert.ok(Math.abs(product[i] - value) < 1e-10 * k);
    });
    const gram = plainMatrixProduct(a, a, m, m, k);
    naive(a, a, m, m, k).forEach((value, i) => {
      assert.ok(Math.abs(gram[i] - value) < 1e-10 * k);
    });
  });
}

test('a positive definite system is solved; an indefinite one is refused', () => {
  const n = 20;
  const root = filled(n * 2 * n);
  const gram = plainMatrixProduct(root, root, n, n, 2 * n);
  const x = Float64Array.from({ length: n }, (_, i) => i - 7);
  const b = Float64Array.from({ length: n }, (_, i) => x.reduce((sum, value, j) => sum + gram[i * n + j] * value, 0));
  const solved = solvePositiveDefinite(Float64Array.from(gram), b, n);
  x.forEach((value, i) => {
    assert.ok(Math.abs(solved[i] - value) < 1e-8);
  });
  assert.throws(() => solvePositiveDefinite(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1), 2), RangeError);
});

test('the pivoted factor multiplies back, has the rank of the matrix and is triangular on its pivots', () => {
  const n = 12;
  const inner = 5;
  const rows = filled(n * inner);
  const gram = plainMatrixProduct(rows, rows, n, n, inner);
  const { rank, pivots, factor } = pivotedCholesky(gram, n, n, 1e-10);
  assert.equal(rank, inner);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < rank; p++) sum += factor[i * rank + p] * factor[j * rank + p];
      assert.ok(Math.abs(sum - gram[i * n + j]) < 1e-10);
    }
  }
  pivots.forEach((pivot, step) => {
    for (let p = step + 1; p < rank; p++) assert.equal(factor[pivot * rank + p], 0);
  });
});
