import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, logSoftmax } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { distillationLoss, klDivergence } from './kl-divergence.ts';

test('0 between equals; by hand between others', async () => {
  const log = (...p: number[]) => constant(float32([1, p.length], p.map(Math.log)));
  const [same, other, distilled] = await evaluate(
    [
      klDivergence(log(0.2, 0.8), log(0.2, 0.8)),
      klDivergence(log(0.5, 0.5), log(0.25, 0.75)),
      distillationLoss(log(0.25, 0.75), log(0.5, 0.5), 1),
    ],
    new Map(),
    processor,
  );
  const expected = 0.5 * Math.log(2) + 0.5 * Math.log(2 / 3);
  assert.ok(Math.abs((same.data as Float32Array)[0]) < 1e-7);
  assert.ok(Math.abs((other.data as Float32Array)[0] - expected) < 1e-6);
  assert.ok(Math.abs((distilled.data as Float32Array)[0] - expected) < 1e-6);
});

test('gradients', async () => {
  await checkOperator(
    ([a, b]) => klDivergence(logSoftmax(a, 1), logSoftmax(b, 1)),
    [
      [2, 4],
      [2, 4],
    ],
  );
  const teacher = constant(float32([2, 3], [1, 0, -1, 0.5, 2, 1]));
  await checkOperator(([x]) => distillationLoss(x, teacher, 2), [[2, 3]]);
});
