import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, gradients, placeholder, sigmoid } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { binaryCrossEntropy } from './binary-cross-entropy.ts';

const computed = async (logits: number[], targets: number[]) => {
  const of = (values: number[]) => constant(float32([values.length], values));
  const [loss] = await evaluate([binaryCrossEntropy(of(logits), of(targets))], new Map(), processor);
  return (loss.data as Float32Array)[0];
};

test('ln 2 at logits of zero, and the definition elsewhere', async () => {
  assert.ok(Math.abs((await computed([0, 0, 0], [0, 1, 0.3])) - Math.LN2) < 1e-6);
  const [x, t] = [0.8, 0.25];
  const p = 1 / (1 + Math.exp(-x));
  assert.ok(Math.abs((await computed([x], [t])) + t * Math.log(p) + (1 - t) * Math.log(1 - p)) < 1e-6);
});

test('finite for logits of any size', async () => {
  assert.equal(await computed([200], [0]), 200);
  assert.equal(await computed([-200], [1]), 200);
  assert.equal(await computed([200], [1]), 0);
});

test('gradients of logits, targets and through weights', async () => {
  await checkOperator(
    ([x, t]) => binaryCrossEntropy(x, sigmoid(t)),
    [
      [3, 4],
      [3, 4],
    ],
  );
  const x = placeholder('x', 'float32', [2]);
  const targets = constant(float32([2], [1, 0]));
  const loss = binaryCrossEntropy(x, targets, { gradientWeights: constant(float32([2], [0, 4])) });
  const [dx] = await evaluate(gradients(loss, [x]), new Map([[x, float32([2], 0)]]), processor);
  assert.deepEqual(
    [...(dx.data as Float32Array)].map((value) => value + 0),
    [0, 1],
  );
});
