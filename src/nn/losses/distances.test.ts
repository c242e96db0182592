import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator } from '../../../test/operator-check.ts';
import { constant, type Tensor } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { huberLoss, meanAbsoluteError, meanSquaredError } from './distances.ts';

const computed = async (loss: (x: Tensor, t: Tensor) => Tensor, x: number[], t: number[]) => {
  const of = (values: number[]) => constant(float32([values.length], values));
  const [value] = await evaluate([loss(of(x), of(t))], new Map(), processor);
  return (value.data as Float32Array)[0];
};

test('values by hand', async () => {
  assert.ok(Math.abs((await computed(meanSquaredError, [1, 2, 4], [1, 0, 1])) - 13 / 3) < 1e-6);
  assert.equal(await computed(meanAbsoluteError, [1, 2, 4], [1, 0, 0]), 2);
  // 0.5²/2, 1·(2 − ½), 1·(3 − ½)
  assert.ok(Math.abs((await computed(huberLoss, [0.5, -2, 3], [0, 0, 0])) - (0.125 + 1.5 + 2.5) / 3) < 1e-6);
  assert.ok(Math.abs((await computed((x, t) => huberLoss(x, t, 2), [1, 5], [0, 0])) - (0.5 + 2 * 4) / 2) < 1e-6);
});

test('gradients', async () => {
  for (const loss of [meanSquaredError, meanAbsoluteError, huberLoss]) {
    await checkOperator(
      ([x, t]) => loss(x, t),
      [
        [3, 4],
        [3, 4],
      ],
      { draw: (random) => 2 * random.normal() },
    );
  }
});
