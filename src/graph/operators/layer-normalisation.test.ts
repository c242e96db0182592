import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, checkOperator, forAll } from '../../../test/operator-check.ts';
import { gradients, multiply, placeholder, reduceSum } from '../index.ts';
import { emitAll } from '../tensor.ts';
import { layerNormalisation } from './layer-normalisation.ts';

test('layer normalisation over any last axes, with and without a shift', () =>
  forAll(
    anyShape(2, 4, 5).filter((shape) => shape[shape.length - 1] > 2),
    async (shape) => {
      for (const axis of shape[1] === 1 ? [-1] : [-1, 1]) {
        const inner = shape.slice(axis);
        await checkOperator(
          ([x, scale, shift]) => layerNormalisation(x, scale, shift, { axis }),
          [shape, inner, inner],
        );
        await checkOperator(([x, scale]) => layerNormalisation(x, scale, undefined, { axis }), [shape, inner]);
      }
    },
    6,
  ));

test('the statistics have gradients of their own, and the gradient has one', async () => {
  const shapes = [[3, 5], [5], [5]];
  const attributes = { axis: 1, epsilon: 1e-5, stashType: 1 };
  await checkOperator((inputs) => emitAll('LayerNormalization', inputs, attributes), shapes);
  await checkOperator(
    ([x, scale, shift]) => {
      const y = layerNormalisation(x, scale, shift);
      return gradients(reduceSum(multiply(multiply(y, y), y)), [x, scale]);
    },
    shapes,
    { runtime: false, tolerance: 1e-5 },
  );
});

test('a scale of another shape is refused', () => {
  const x = placeholder('x', 'float32', [2, 4]);
  assert.throws(() => layerNormalisation(x, placeholder('scale', 'float32', [3])), {
    code: 'shape/mismatch',
    message: /the scale has the shape of the normalised axes|do not broadcast/,
  });
});
