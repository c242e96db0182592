import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, type Tensor } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { barlowTwins, vicReg } from './redundancy.ts';

const valuesOf = async (...tensors: Tensor[]) =>
  (await evaluate(tensors, new Map(), processor)).map(({ data }) => (data as Float32Array)[0]);

// Two columns that are uncorrelated and of variance 1.
const white = [1, 1, 1, -1, -1, 1, -1, -1];

test('Barlow Twins: 0 for equal, decorrelated views; 4 per column for opposite ones; λ per pair of equal columns', async () => {
  const z = constant(float32([4, 2], white));
  const opposite = constant(
    float32(
      [4, 2],
      white.map((value) => -value),
    ),
  );
  const equal = constant(float32([4, 2], [1, 1, -1, -1, 1, 1, -1, -1]));
  const [none, far, redundant] = await valuesOf(
    barlowTwins(z, z),
    barlowTwins(z, opposite),
    barlowTwins(equal, equal, { lambda: 0.5 }),
  );
  assert.ok(none < 1e-8 && Math.abs(far - 8) < 1e-3 && Math.abs(redundant - 1) < 1e-3);
});

test('VICReg: constant embeddings have variance term 0.99 and nothing else; white ones have none', async () => {
  const flat = vicReg(constant(float32([4, 3], 2)), constant(float32([4, 3], 2)));
  const [variance, covariance, invariance, loss] = await valuesOf(
    flat.variance,
    flat.covariance,
    flat.invariance,
    flat.loss,
  );
  assert.ok(Math.abs(variance - 0.99) < 1e-6);
  assert.equal(covariance, 0);
  assert.equal(invariance, 0);
  assert.ok(Math.abs(loss - 25 * 0.99) < 1e-4);
  const z = constant(float32([4, 2], white));
  const spread = vicReg(z, z, { varianceReduction: 'sum' });
  assert.deepEqual(await valuesOf(spread.variance, spread.covariance), [0, 0]);
  const equal = constant(float32([4, 2], [1, 1, -1, -1, 1, 1, -1, -1]));
  // Cov = 4/3 beside the diagonal: (16/9 + 16/9)/2 for each view.
  const [shared] = await valuesOf(vicReg(equal, equal).covariance);
  assert.ok(Math.abs(shared - 32 / 9) < 1e-5);
});

test('gradients', async () => {
  const shapes = [
    [5, 3],
    [5, 3],
  ];
  await checkOperator(([a, b]) => barlowTwins(a, b, { lambda: 0.3 }), shapes);
  const draw = (random: { normal(): number }) => 0.4 * random.normal();
  await checkOperator(([a, b]) => vicReg(a, b).loss, shapes, { draw });
});
