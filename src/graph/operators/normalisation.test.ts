import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, checkOperator, forAll } from '../../../test/operator-check.ts';
import * as graph from '../index.ts';
import { batchNormalisation, gradients, inScope, multiply, placeholder, reduceSum } from '../index.ts';

/** [B, C, …] with more than one value a channel. */
const pictures = anyShape(2, 4, 4).map(([batch, ...rest]) => [batch + 2, ...rest]);

test('batch normalisation: the output, both statistics, and all gradients through each of them', () =>
  forAll(
    pictures,
    async (shape) => {
      const channels = [shape[1]];
      await checkOperator(
        ([x, scale, shift]) => {
          const { y, mean, variance } = batchNormalisation(x, scale, shift, 1e-3);
          return [y, mean, variance];
        },
        [shape, channels, channels],
      );
      await checkOperator(
        ([x, scale, shift]) => batchNormalisation(x, scale, shift, 0.1).y,
        [shape, channels, channels],
      );
      await checkOperator(
        ([x, scale, shift]) => batchNormalisation(x, scale, shift).variance,
        [shape, channels, channels],
      );
    },
    8,
  ));

test('the gradient of the gradient of batch normalisation', () =>
  forAll(
    pictures,
    (shape) =>
      checkOperator(
        ([x, scale, shift]) => {
          const { y } = batchNormalisation(x, scale, shift, 0.05);
          return gradients(reduceSum(multiply(y, multiply(y, y))), [x, scale]);
        },
        [shape, [shape[1]], [shape[1]]],
        { tolerance: 1e-5 },
      ),
    6,
  ));

test('a batch without variance has finite values and gradients', () =>
  checkOperator(([x, scale, shift]) => batchNormalisation(x, scale, shift, 0.5).y, [[4, 2, 3], [2], [2]], {
    draw: [() => 3, (random) => random.normal(), (random) => random.normal()],
  }));

test('a scale of another length is refused, with the layer and the shapes', () => {
  const x = placeholder('x', 'float32', [8, 16, 7, 7]);
  const scale = placeholder('scale', 'float32', [8]);
  assert.throws(() => inScope('stage1/bn', () => graph.batchNormalisation(x, scale, scale)), {
    code: 'shape/mismatch',
    message:
      'BatchNormTraining "stage1/bn": scale and shift have one entry a channel (expected [16], found inputs [8, 16, 7, 7], [8], [8])\n  hint: they are vectors of the length of the second axis',
  });
});
