import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { add, constant, gradients, literal, matmul, multiply, placeholder, reduceSum } from '../index.ts';
import { inverseSquareRoot } from './inverse-square-root.ts';

const eye = (n: number, value = 1) =>
  literal(
    float32(
      [n, n],
      Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? value : 0)),
    ),
  );

test('of a diagonal matrix it is the inverse square roots of the diagonal, over five decades', async () => {
  const diagonal = [1e-4, 0.01, 1, 4, 9];
  const matrix = float32([5, 5], 0);
  diagonal.forEach((value, i) => {
    matrix.data[i * 6] = value;
  });
  const [root] = await evaluate([inverseSquareRoot(constant(matrix))], new Map(), processor);
  diagonal.forEach((value, i) => {
    assert.ok(Math.abs((root.data as Float32Array)[i * 6] * Math.sqrt(value) - 1) < 2e-3, `entry ${i}`);
  });
});

test('of two by two matrices it is the closed form', async () => {
  // For A = [[a, b], [b, d]] with s = √det A and t = √(a + d + 2 s), √A = (A + s I) / t.
  const [a, b, d] = [2, 0.8, 1];
  const s = Math.sqrt(a * d - b * b);
  const t = Math.sqrt(a + d + 2 * s);
  const root = [(a + s) / t, b / t, (d + s) / t];
  const det = root[0] * root[2] - root[1] ** 2;
  const expected = [root[2] / det, -root[1] / det, -root[1] / det, root[0] / det];
  const [found] = await evaluate([inverseSquareRoot(constant(float32([2, 2], [a, b, b, d])))], new Map(), processor);
  expected.forEach((value, k) => {
    assert.ok(Math.abs((found.data as Float32Array)[k] - value) < 1e-5);
  });
});

test('it whitens: R A R = I for a batch of covariances', async () => {
  const x = placeholder('x', 'float32', [2, 4, 9]);
  const covariance = add(multiply(matmul(x, x, { transposeB: true }), 1 / 9), eye(4, 0.05));
  const root = inverseSquareRoot(covariance);
  const values = Array.from({ length: 72 }, (_, k) => Math.sin(k * k + 1));
  const feeds = new Map([[x, float32([2, 4, 9], values)]]);
  const [product] = await evaluate([matmul(matmul(root, covariance), root)], feeds, processor);
  (product.data as Float32Array).forEach((value, k) => {
    assert.ok(Math.abs(value - ((k % 16) % 5 === 0 ? 1 : 0)) < 1e-3);
  });
});

test('its gradient: by differences, and −½ a^(−3/2) of a diagonal', async () => {
  await checkOperator(([x]) => inverseSquareRoot(add(matmul(x, x, { transposeB: true }), eye(3, 0.5))), [[3, 4]]);
  const a = placeholder('a', 'float32', [2, 2]);
  const [da] = gradients(reduceSum(multiply(inverseSquareRoot(a), eye(2))), [a]);
  const [found] = await evaluate([da], new Map([[a, float32([2, 2], [4, 0, 0, 0.25])]]), processor);
  const data = found.data as Float32Array;
  assert.ok(Math.abs(data[0] + 1 / 16) < 1e-5 && Math.abs(data[3] + 4) < 1e-4, `${data}`);
});
