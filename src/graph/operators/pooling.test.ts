import assert from 'node:assert/strict';
import test from 'node:test';
import { checkGradient } from '../../../test/gradient-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { averagePool, gradients, maxPool, placeholder, reduceSum } from '../index.ts';

const cases = [
  { name: '2-D, two by two', x: [2, 3, 6, 4], options: { kernel: 2 } },
  { name: '2-D overlapping', x: [2, 3, 8, 9], options: { kernel: 3, stride: 2, padding: 1 } },
  { name: '2-D ceil', x: [1, 2, 8, 7], options: { kernel: 3, stride: 2, ceil: true } },
  { name: '2-D stride 1', x: [1, 2, 5, 5], options: { kernel: 3, stride: 1, padding: 1 } },
  { name: '2-D remainder', x: [1, 2, 7, 8], options: { kernel: 2 } },
  { name: '3-D overlapping', x: [1, 2, 4, 6, 5], options: { kernel: 3, stride: 2, padding: 1 } },
];
// Distinct values, far enough apart that no maximum changes within the step.
const spaced = () => {
  let k = 0;
  return () => ((k = (k * 37 + 11) % 1009), k / 20);
};

for (const { name, x, options } of cases) {
  test(`maximum pooling, ${name}`, async () => {
    await checkGradient(([a]) => maxPool(a, options), [x], { draw: spaced(), step: 1e-3, tolerance: 2e-2 });
  });
  test(`average pooling, ${name}`, async () => {
    await checkGradient(([a]) => averagePool(a, options), [x]);
    await checkGradient(([a]) => averagePool(a, { ...options, countPadding: false }), [x]);
  });
}

test('the first of several equal maxima receives the whole gradient', async () => {
  const x = placeholder('x', 'float32', [1, 1, 4, 4]);
  const [dx] = gradients(reduceSum(maxPool(x, { kernel: 2 })), [x]);
  const [value] = await evaluate([dx], new Map([[x, float32([1, 1, 4, 4], 0)]]), processor);
  assert.deepEqual([...(value.data as Float32Array)], [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
});
