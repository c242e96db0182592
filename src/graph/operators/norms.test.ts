import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, checkOperator, type Draw, forAll } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { gradients, placeholder, reduceSum } from '../index.ts';
import { logSumExp, reduceL1, reduceL2, reduceLogSum, reduceProduct } from './norms.ts';

const nonzero: Draw = (random) => (random.bernoulli() ? 1 : -1) * random.uniform(0.3, 2);
const positive: Draw = (random) => random.uniform(0.3, 2);
const reductions = { reduceProduct, logSumExp, reduceL1, reduceL2, reduceLogSum };

for (const [name, reduce] of Object.entries(reductions)) {
  const draw = name === 'reduceLogSum' ? positive : nonzero;
  test(`${name} over all axes, the last, and some kept`, () =>
    forAll(
      anyShape(1, 4),
      async (shape) => {
        await checkOperator(([x]) => reduce(x), [shape], { draw });
        await checkOperator(([x]) => reduce(x, { axes: [-1] }), [shape], { draw });
        await checkOperator(([x]) => reduce(x, { axes: [0], keep: true }), [shape], { draw });
      },
      4,
    ));
}

test('where one factor is zero only it has a gradient; where two are, none has', async () => {
  const x = placeholder('x', 'float32', [3, 3]);
  const [dx] = gradients(reduceSum(reduceProduct(x, { axes: [1] })), [x]);
  const feeds = new Map([[x, float32([3, 3], [2, 3, 4, 2, 0, 4, 0, 0, 4])]]);
  const [value] = await evaluate([dx], feeds, processor);
  assert.deepEqual([...(value.data as Float32Array)], [12, 8, 6, 0, 8, 0, 0, 0, 0]);
});

test('the length of a vector of zeros has a gradient of zeros; large exponents do not overflow', async () => {
  const x = placeholder('x', 'float32', [2]);
  const [dx] = gradients(reduceL2(x), [x]);
  const [length, sum] = await evaluate([dx, logSumExp(x)], new Map([[x, float32([2], 0)]]), processor);
  assert.deepEqual([...(length.data as Float32Array)], [0, 0]);
  assert.ok(Math.abs((sum.data as Float32Array)[0] - Math.log(2)) < 1e-6);
  const [large] = await evaluate([logSumExp(x)], new Map([[x, float32([2], 300)]]), processor);
  assert.ok(Math.abs((large.data as Float32Array)[0] - 300 - Math.log(2)) < 1e-4);
});
