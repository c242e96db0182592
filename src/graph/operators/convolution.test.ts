import test from 'node:test';
import { checkGradient } from '../../../test/gradient-check.ts';
import { convolution, convolutionTranspose } from './convolution.ts';
import '../index.ts';

const cases = [
  { name: '1-D', x: [2, 3, 9], w: [4, 3, 3], options: { padding: 1 } },
  { name: '2-D padded', x: [2, 3, 6, 7], w: [4, 3, 3, 3], options: { padding: 1 } },
  { name: '2-D strided', x: [2, 4, 9, 8], w: [6, 4, 3, 3], options: { padding: 1, stride: 2 } },
  { name: '2-D stride larger than kernel', x: [1, 2, 9, 9], w: [3, 2, 1, 1], options: { stride: 2 } },
  { name: '2-D grouped', x: [2, 8, 5, 5], w: [8, 4, 3, 3], options: { padding: 1, groups: 2 } },
  { name: '2-D depthwise', x: [2, 4, 5, 5], w: [4, 1, 3, 3], options: { padding: 1, groups: 4 } },
  { name: '2-D dilated', x: [1, 2, 9, 9], w: [3, 2, 3, 3], options: { padding: 2, dilation: 2 } },
  { name: '2-D asymmetric', x: [1, 2, 7, 6], w: [3, 2, 3, 2], options: { padding: [0, 1, 1, 2], stride: [1, 2] } },
  { name: '3-D padded', x: [2, 2, 4, 5, 5], w: [3, 2, 3, 3, 3], options: { padding: 1 } },
  { name: '3-D strided', x: [1, 2, 5, 6, 7], w: [3, 2, 3, 3, 3], options: { padding: 1, stride: 2 } },
  { name: '3-D stem', x: [1, 1, 4, 9, 9], w: [2, 1, 3, 7, 7], options: { padding: [1, 3, 3], stride: [1, 2, 2] } },
  { name: '3-D stride larger than kernel', x: [1, 2, 5, 5, 5], w: [3, 2, 1, 1, 1], options: { stride: 2 } },
];

for (const { name, x, w, options } of cases) {
  test(`convolution, ${name}: gradients of input and weight`, async () => {
    await checkGradient(([a, b]) => convolution(a, b, options), [x, w]);
  });
}

const transposed = [
  { name: '2-D', x: [2, 4, 4, 5], w: [4, 3, 4, 4], options: { stride: 2, padding: 1 } },
  {
    name: '2-D output padding',
    x: [1, 2, 4, 4],
    w: [2, 3, 3, 3],
    options: { stride: 2, padding: 1, outputPadding: 1 },
  },
  { name: '3-D', x: [1, 3, 3, 3, 3], w: [3, 2, 4, 4, 4], options: { stride: 2, padding: 1 } },
  { name: '3-D from a point', x: [2, 3, 1, 1, 1], w: [3, 4, 2, 4, 4], options: {} },
];

for (const { name, x, w, options } of transposed) {
  test(`transposed convolution, ${name}: gradients of input and weight`, async () => {
    await checkGradient(([a, b]) => convolutionTranspose(a, b, options), [x, w]);
  });
}

test('gradient of the gradient of a convolution', async () => {
  const { gradients, multiply, reduceSum } = await import('../index.ts');
  await checkGradient(
    ([a, b]) => {
      const y = convolution(a, b, { padding: 1, stride: 2 });
      const [dx] = gradients(reduceSum(multiply(y, multiply(y, y))), [a]);
      return multiply(dx, dx);
    },
    [
      [1, 2, 5, 5],
      [3, 2, 3, 3],
    ],
    { step: 1e-3, tolerance: 2e-2, draw: (random) => 0.3 * random.normal() },
  );
});
