import assert from 'node:assert/strict';
import test from 'node:test';
import { gradients } from './gradient.ts';
import { convolution, convolutionTranspose, matmul, reduceSum, relu } from './index.ts';
import { multiplyAdds } from './multiply-adds.ts';
import { placeholder } from './tensor.ts';

test('a product and its gradients each cost rows · inner · columns', () => {
  const [a, b] = [placeholder('a', 'float32', [5, 7]), placeholder('b', 'float32', [7, 3])];
  const product = matmul(a, b);
  assert.equal(multiplyAdds([product]), 5 * 7 * 3);
  const slopes = gradients(reduceSum(relu(product)), [a, b]);
  assert.equal(multiplyAdds([product, ...slopes]), 3 * 5 * 7 * 3);
});

test('a convolution, its transpose and its gradients read every weight at every position', () => {
  const x = placeholder('x', 'float32', [2, 4, 9, 9]);
  const weight = placeholder('weight', 'float32', [6, 2, 3, 3]);
  const y = convolution(x, weight, { groups: 2, padding: 1, stride: 2 });
  const once = 2 * (5 * 5) * 6 * (2 * 9);
  assert.equal(multiplyAdds([y]), once);
  const [dx, dw] = gradients(reduceSum(relu(y)), [x, weight]);
  assert.equal(multiplyAdds([dw]) - multiplyAdds([y]), once);
  assert.equal(multiplyAdds([dx]) - multiplyAdds([y]), once);
  const back = convolutionTranspose(placeholder('y', 'float32', [2, 6, 5, 5]), weight, { groups: 2, padding: 1 });
  assert.equal(multiplyAdds([back]), once);
});
