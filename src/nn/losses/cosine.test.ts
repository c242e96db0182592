import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, gradients, placeholder } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { byolLoss, cosineLoss, simSiamLoss } from './cosine.ts';

const rows = (...values: number[]) => constant(float32([values.length / 2, 2], values));

test('perfect views: SimSiam −1, BYOL 0; opposite ones: 1 and 8; at right angles: 0 and 4', async () => {
  const a = rows(3, 4, 1, 0);
  for (const [b, simSiam, byol] of [
    [rows(6, 8, 5, 0), -1, 0],
    [rows(-3, -4, -1, 0), 1, 8],
    [rows(-4, 3, 0, 2), 0, 4],
  ] as const) {
    const [found1, found2, found3] = await evaluate(
      [simSiamLoss([a, a], [b, b]), byolLoss([a, a], [b, b]), cosineLoss(a, b)],
      new Map(),
      processor,
    );
    assert.ok(Math.abs((found1.data as Float32Array)[0] - simSiam) < 1e-6);
    assert.ok(Math.abs((found2.data as Float32Array)[0] - byol) < 1e-5);
    assert.ok(Math.abs((found3.data as Float32Array)[0] - (1 + simSiam)) < 1e-6);
  }
});

test('no gradient reaches the branch that is the target', async () => {
  const at = (name: string) => placeholder(name, 'float32', [2, 3]);
  const [p, z] = [at('p'), at('z')];
  const feeds = new Map([[p, float32([2, 3], [1, 2, 3, -1, 0, 2])]]);
  const [dz] = await evaluate(gradients(byolLoss([p, p], [z, z]), [z]), feeds, processor);
  assert.deepEqual([...(dz.data as Float32Array)], [0, 0, 0, 0, 0, 0]);
});

test('gradients', async () => {
  await checkOperator(
    ([a, b]) => cosineLoss(a, b),
    [
      [3, 4],
      [3, 4],
    ],
  );
  const z = rows(1, 2, -1, 0.5);
  await checkOperator(
    ([p, q]) => simSiamLoss([p, q], [z, z]),
    [
      [2, 2],
      [2, 2],
    ],
  );
});
