import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../test/operator-check.ts';
import { add, convolution, gradients, linear, multiply, placeholder, reduceSum, type Tensor, tanh } from './index.ts';
import { topologicalOrder } from './tensor.ts';

const at = (name: string, ...shape: number[]): Tensor => placeholder(name, 'float32', shape);
const count = (tensor: Tensor, type: string) =>
  topologicalOrder([tensor]).filter(({ operator }) => operator.type === type).length;

test('a weight used at every step has one product as its gradient', async () => {
  const unrolled = (start: Tensor, weight: Tensor) => {
    let hidden = start;
    for (let step = 0; step < 5; step++) hidden = tanh(linear(hidden, weight));
    return hidden;
  };
  const [hidden, weight] = [at('hidden', 2, 3), at('weight', 3, 3)];
  const [gradient] = gradients(reduceSum(unrolled(hidden, weight)), [weight]);
  assert.equal(gradient.node.operator.type, 'MatMul');
  assert.equal(count(gradient, 'Concat'), 2);
  await checkOperator(
    ([h, w]) => unrolled(h, w),
    [
      [2, 3],
      [3, 3],
    ],
  );
});

test('kernels shared by small maps are joined, others are added', async () => {
  const [a, b, weight] = [at('a', 2, 3, 4, 4), at('b', 2, 3, 4, 4), at('weight', 5, 3, 3, 3)];
  const twice = (x: Tensor, y: Tensor, w: Tensor) =>
    add(convolution(x, w, { padding: 1 }), multiply(2, convolution(y, w, { padding: 1 })));
  const [gradient] = gradients(reduceSum(twice(a, b, weight)), [weight]);
  assert.equal(gradient.node.operator.type, 'ConvWeightGradient');
  await checkOperator(
    ([x, y, w]) => twice(x, y, w),
    [
      [2, 3, 4, 4],
      [2, 3, 4, 4],
      [5, 3, 3, 3],
    ],
  );
  const strided = (x: Tensor, y: Tensor, w: Tensor) =>
    add(convolution(x, w, { stride: 2 }), convolution(y, w, { padding: [0, 0, 0, 0], dilation: 1, stride: 2 }));
  await checkOperator(
    ([x, y, w]) => strided(x, y, w),
    [
      [1, 2, 5, 5],
      [1, 2, 5, 5],
      [2, 2, 3, 3],
    ],
  );
});
