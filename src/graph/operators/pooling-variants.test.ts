import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAdjoint, checkOperator, spaced } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { gradients, placeholder, reduceSum } from '../index.ts';
import { constant, emit } from '../tensor.ts';
import { adaptiveAveragePool, adaptiveMaxPool, lpPool } from './pooling-variants.ts';

test('norms over windows, padded and overlapping', async () => {
  const draw = spaced();
  await checkOperator(([x]) => lpPool(x, { kernel: 2 }), [[1, 2, 4, 6]], { draw });
  await checkOperator(([x]) => lpPool(x, { kernel: 3, stride: 2, padding: 1 }), [[2, 1, 5, 4]], { draw });
  await checkOperator(([x]) => lpPool(x, { kernel: 2, p: 1 }), [[1, 2, 6]], { draw });
  await checkOperator(([x]) => lpPool(x, { kernel: 2, p: 3 }), [[1, 1, 2, 4, 2]], { draw });
  await checkOperator(([x]) => lpPool(x, { kernel: 3, stride: 2, ceil: true }), [[1, 2, 6, 8]], { draw });
  await checkOperator(([x]) => lpPool(x, { kernel: [2, 3], padding: [1, 0, 0, 2] }), [[1, 2, 5, 4]], { draw });
});

test('the norm of a window of zeros sends back zeros', async () => {
  const x = placeholder('x', 'float32', [1, 1, 2, 2]);
  const [dx] = gradients(reduceSum(lpPool(x, { kernel: 2 })), [x]);
  const [value] = await evaluate([dx], new Map([[x, float32([1, 1, 2, 2], 0)]]), processor);
  assert.deepEqual([...(value.data as Float32Array)], [0, 0, 0, 0]);
});

test('mean, maximum and norm of whole maps', async () => {
  for (const shape of [
    [2, 3, 4],
    [1, 2, 3, 2],
    [1, 2, 2, 3, 2],
  ]) {
    for (const [type, attributes] of [
      ['GlobalAveragePool', {}],
      ['GlobalMaxPool', {}],
      ['GlobalLpPool', { p: 2 }],
      ['GlobalLpPool', { p: 3 }],
    ] as const) {
      await checkOperator(([x]) => emit(type, [x], attributes), [shape], { draw: spaced() });
    }
  }
});

test('pooling to a given size, even and uneven', async () => {
  for (const [shape, size] of [
    [[2, 3, 7], 3],
    [[1, 2, 4, 6], 2],
    [
      [1, 2, 5, 6],
      [3, 4],
    ],
    [
      [1, 1, 3, 4, 5],
      [1, 3, 5],
    ],
  ] as const) {
    await checkOperator(([x]) => adaptiveAveragePool(x, size), [shape]);
    await checkAdjoint((x) => adaptiveAveragePool(x, size), shape);
    await checkOperator(([x]) => adaptiveMaxPool(x, size), [shape], { draw: spaced() });
  }
});

test("the windows are PyTorch's", async () => {
  const x = constant(float32([1, 1, 5], [1, 2, 3, 4, 5]));
  const [mean, maximum] = await evaluate([adaptiveAveragePool(x, 3), adaptiveMaxPool(x, 3)], new Map(), processor);
  assert.deepEqual([...(mean.data as Float32Array)], [1.5, 3, 4.5]);
  assert.deepEqual([...(maximum.data as Float32Array)], [2, 4, 5]);
  assert.throws(() => adaptiveMaxPool(x, 6), {
    message:
      'an axis of length 5 cannot be pooled to 6\n  hint: the output is no longer than the input, and at least 1',
  });
});
