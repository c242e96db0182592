import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, checkAdjoint, checkOperator, forAll, spaced } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { cast, gradients, placeholder, reduceSum } from '../index.ts';
import { constant } from '../tensor.ts';
import { argMax, argMin, cumulativeSum, topK } from './selection.ts';

test('the largest entries, and what they send back', () =>
  forAll(
    anyShape(1, 4),
    async (shape) => {
      const axis = shape.length - 1;
      for (const largest of [true, false]) {
        await checkOperator(([x]) => topK(x, shape[axis], { largest }).values, [shape], { draw: spaced() });
        await checkOperator(([x]) => topK(x, 1, { axis: 0, largest }).values, [shape], { draw: spaced() });
      }
    },
    4,
  ));

test('positions of the largest and the smallest, first of equals, through which no gradient passes', async () => {
  const x = constant(float32([2, 3], [1, 5, 5, -2, 0, -2]));
  const found = await evaluate([argMax(x), argMin(x), argMax(x, 0, true), topK(x, 2).indices], new Map(), processor);
  assert.deepEqual(
    found.map(({ data }) => Array.from(data as BigInt64Array, Number)),
    [
      [1, 1],
      [0, 0],
      [0, 0, 0],
      [1, 2, 1, 0],
    ],
  );
  const y = placeholder('y', 'float32', [3]);
  assert.deepEqual(gradients(reduceSum(cast(argMax(y), 'float32')), [y])[0].shape, [3]);
  assert.throws(() => topK(y, 4), { message: /4 entries cannot be chosen of 3 along axis 0/ });
});

test('running sums from either side, with and without the entry itself', () =>
  forAll(
    anyShape(1, 4),
    async (shape) => {
      for (const options of [{}, { exclusive: true }, { reverse: true }, { exclusive: true, reverse: true }]) {
        await checkOperator(([x]) => cumulativeSum(x, -1, options), [shape]);
        await checkAdjoint((x) => cumulativeSum(x, 0, options), shape);
      }
    },
    3,
  ));
