import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, gradients, indices, placeholder, softmax } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { balancedAccuracyOf, crossEntropy } from './cross-entropy.ts';

test('at uniform logits it is ln K: 1.3863, 2.0794 and 3.1781 for 4, 8 and 24 classes', async () => {
  for (const [count, expected] of [
    [4, 1.3863],
    [8, 2.0794],
    [24, 3.1781],
  ]) {
    const [loss] = await evaluate(
      [crossEntropy(constant(float32([3, count], 0.7)), indices([0, 1, count - 1]))],
      new Map(),
      processor,
    );
    assert.equal((loss.data as Float32Array)[0].toFixed(4), expected.toFixed(4));
  }
});

test('class numbers, distributions and maps of both', async () => {
  const classes = indices([2, 0, 1, 1, 0, 2, 2, 1, 0, 0, 1, 2], [2, 2, 3]);
  await checkOperator(([x]) => crossEntropy(x, indices([2, 0])), [[2, 3]]);
  await checkOperator(([x]) => crossEntropy(x, classes), [[2, 3, 2, 3]]);
  await checkOperator(
    ([x, t]) => crossEntropy(x, softmax(t, 1)),
    [
      [2, 3],
      [2, 3],
    ],
  );
  await checkOperator(
    ([x, t]) => crossEntropy(x, softmax(t, 1)),
    [
      [2, 3, 4],
      [2, 3, 4],
    ],
  );
});

test('a map is the mean over its places', async () => {
  const logits = float32([1, 2, 2], [1, 3, 2, -1]);
  const [loss] = await evaluate([crossEntropy(constant(logits), indices([0, 1], [1, 2]))], new Map(), processor);
  const each = [Math.log(1 + Math.exp(2 - 1)), Math.log(1 + Math.exp(3 - -1))];
  assert.ok(Math.abs((loss.data as Float32Array)[0] - (each[0] + each[1]) / 2) < 1e-6);
});

test('weights count in the gradient and not in the value', async () => {
  const x = placeholder('x', 'float32', [2, 3]);
  const targets = indices([0, 2]);
  const weighted = crossEntropy(x, targets, { gradientWeights: constant(float32([2], [3, 0])) });
  const plain = crossEntropy(x, targets);
  const feeds = new Map([[x, float32([2, 3], [0.1, 0.2, -0.3, 1, 2, 0])]]);
  const all = [plain, weighted, ...gradients(plain, [x]), ...gradients(weighted, [x])];
  const [a, b, da, db] = (await evaluate(all, feeds, processor)).map(({ data }) => [...(data as Float32Array)]);
  assert.deepEqual(a, b);
  da.forEach((value, k) => {
    assert.ok(Math.abs(db[k] - value * (k < 3 ? 3 : 0)) < 1e-6);
  });
});

test('targets that fit neither way are refused', () => {
  const logits = placeholder('logits', 'float32', [2, 3]);
  assert.throws(() => crossEntropy(logits, indices([1])), {
    message: 'targets are class numbers or distributions over the classes (expected [2] or [2, 3], found [1])',
  });
});

test('balanced accuracy weighs classes alike, however many rows they have; absent classes do not count', async () => {
  const logits = constant(float32([4, 3], [1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 2, 0]));
  for (const [classes, expected] of [
    [[0, 0, 1, 1], 0.75],
    [[0, 0, 0, 2], 0.5],
    [[0, 0, 0, 1], 1],
  ] as const) {
    const [accuracy] = await evaluate([balancedAccuracyOf(logits, indices(classes))], new Map(), processor);
    assert.ok(Math.abs((accuracy.data as Float32Array)[0] - expected) < 1e-6);
  }
});
