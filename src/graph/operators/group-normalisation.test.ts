import assert from 'node:assert/strict';
import test from 'node:test';
import { checkOperator, type Draw } from '../../../test/operator-check.ts';
import { gradients, multiply, placeholder, reduceSum } from '../index.ts';
import { emit, emitAll } from '../tensor.ts';
import { groupNormalisation, instanceNormalisation } from './group-normalisation.ts';

const cases: [string, number[], number][] = [
  ['1-D', [2, 4, 3], 2],
  ['2-D', [2, 6, 2, 3], 3],
  ['3-D, one group', [1, 3, 2, 2, 2], 1],
];
for (const [name, shape, groups] of cases) {
  const channels = [shape[1]];
  test(`group normalisation, ${name}`, () =>
    checkOperator(([x, scale, shift]) => groupNormalisation(x, scale, shift, groups), [shape, channels, channels]));
  test(`instance normalisation, ${name}`, () =>
    checkOperator(([x, scale, shift]) => instanceNormalisation(x, scale, shift), [shape, channels, channels]));
}

test('the statistics have gradients of their own, and the gradient has one', async () => {
  const shapes = [[2, 4, 3], [4], [4]];
  await checkOperator((inputs) => emitAll('GroupNormalization', inputs, { numGroups: 2, epsilon: 1e-5 }), shapes);
  await checkOperator(
    ([x, scale, shift]) => {
      const y = groupNormalisation(x, scale, shift, 2);
      return gradients(reduceSum(multiply(multiply(y, y), y)), [x, scale]);
    },
    shapes,
    { runtime: false, tolerance: 1e-5 },
  );
});

test('batch normalisation with statistics that are given', () => {
  const normal: Draw = (random) => random.normal();
  const positive: Draw = (random) => random.uniform(0.5, 2);
  return checkOperator(
    (inputs) => emit('BatchNormalization', inputs, { epsilon: 1e-3 }),
    [[2, 3, 2, 2], [3], [3], [3], [3]],
    { draw: [normal, normal, normal, normal, positive] },
  );
});

test('channels that do not divide are refused', () => {
  const [x, scale] = [placeholder('x', 'float32', [2, 4, 3]), placeholder('scale', 'float32', [4])];
  assert.throws(() => groupNormalisation(x, scale, scale, 3), { message: /4 channels do not divide into 3 groups/ });
  assert.throws(() => groupNormalisation(x, x, scale, 2), { message: /one entry a channel \(expected \[4\]/ });
});
