import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { Random } from '../../base/random.ts';
import { constant, gradients, indices, placeholder } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, hostArray } from '../../tensor/host-array.ts';
import { crossEntropy } from './cross-entropy.ts';
import { softCrossEntropy } from './soft-targets.ts';

const classes = indices([0, 3, 2, 1, 4, 0, 3, 4, 0, 2, 1, 3], [2, 3, 2]);
const random = new Random(3);
const shares = float32([2, 3, 2], 0);
for (const [b, at] of [0, 1].flatMap((b) => [0, 1].map((at) => [b, at]))) {
  const raw = [0, 1, 2].map(() => random.uniform(0.1, 1));
  const sum = raw.reduce((x, y) => x + y, 0);
  raw.forEach((value, k) => {
    shares.data[(b * 3 + k) * 2 + at] = value / sum;
  });
}

test('it is the cross-entropy against the distribution written out, and ln K where nothing is known', async () => {
  const logits = float32([2, 5, 2], 0);
  random.fillNormal(logits.data, 0, 1);
  const dense = float32([2, 5, 2], 0);
  const numbers = [0, 3, 2, 1, 4, 0, 3, 4, 0, 2, 1, 3];
  numbers.forEach((k, i) => {
    dense.data[(Math.floor(i / 6) * 5 + k) * 2 + (i % 2)] += shares.data[i];
  });
  const [sparse, full, unknown] = await evaluate(
    [
      softCrossEntropy(constant(logits), { classes, shares: constant(shares) }),
      crossEntropy(constant(logits), constant(dense)),
      softCrossEntropy(constant(float32([2, 5, 2], 0.3)), { classes, shares: constant(shares) }),
    ],
    new Map(),
    processor,
  );
  assert.ok(Math.abs(Number(sparse.data[0]) - Number(full.data[0])) < 1e-6);
  assert.ok(Math.abs(Number(unknown.data[0]) - Math.log(5)) < 1e-6);
});

test('gradients by differences', async () => {
  await checkOperator(([x]) => softCrossEntropy(x, { classes, shares: constant(shares) }), [[2, 5, 2]]);
});

test('weights count in the gradient and not in the value', async () => {
  const x = placeholder('x', 'float32', [2, 5, 2]);
  const weights = constant(hostArray('float32', [2, 2], new Float32Array([0, 3, 1, 1])));
  const plain = softCrossEntropy(x, { classes, shares: constant(shares) });
  const weighted = softCrossEntropy(x, { classes, shares: constant(shares) }, { gradientWeights: weights });
  const [a, b, da, db] = await evaluate(
    [plain, weighted, ...gradients(plain, [x]), ...gradients(weighted, [x])],
    new Map([[x, float32([2, 5, 2], 0.1)]]),
    processor,
  );
  assert.equal(a.data[0], b.data[0]);
  for (let k = 0; k < 5; k++) {
    assert.equal(Math.abs(Number(db.data[2 * k])), 0);
    assert.ok(Math.abs(Number(db.data[2 * k + 1]) - 3 * Number(da.data[2 * k + 1])) < 1e-6);
  }
});
