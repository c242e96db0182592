import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAdjoint, checkOperator } from '../../../test/operator-check.ts';
import { indices, placeholder } from '../index.ts';
import * as indexing from './indexing.ts';

const { gatherElements, gatherND, scatterElements, scatterND, takeTokens } = indexing;

test('entries at given positions along an axis, some read twice, some from behind', async () => {
  const index = indices([0, 2, -1, 1, 1, 0], [2, 3]);
  await checkOperator(([x]) => gatherElements(x, index, 0), [[3, 4]]);
  await checkOperator(([x]) => gatherElements(x, index, 1), [[2, 3]]);
  await checkAdjoint((x) => gatherElements(x, index, 1), [2, 3]);
});

test('entries written and added at given positions', async () => {
  const distinct = indices([0, 2, 1, 3, 1, 0], [2, 3]);
  const repeated = indices([0, 0, 1, 3, -1, 3], [2, 3]);
  const shapes = [
    [2, 4],
    [2, 3],
  ];
  await checkOperator(([x, u]) => scatterElements(x, distinct, u, { axis: 1 }), shapes);
  await checkOperator(([x, u]) => scatterElements(x, repeated, u, { axis: 1, reduction: 'add' }), shapes);
});

test('slices at tuples of positions', async () => {
  const pairs = indices([0, 1, 1, 0, 0, 1], [3, 2]);
  await checkOperator(([x]) => gatherND(x, pairs), [[2, 3]]);
  await checkOperator(([x]) => gatherND(x, pairs), [[2, 3, 2]]);
  await checkOperator(([x]) => gatherND(x, indices([1, -1, 1], [3, 1])), [[2, 3]]);
  await checkAdjoint((x) => gatherND(x, pairs), [2, 2, 2]);
});

test('slices at tuples of positions of each sample', async () => {
  await checkOperator(([x]) => gatherND(x, indices([1, -2, 0, 0], [2, 2, 1]), 1), [[2, 3, 2]]);
  await checkOperator(([x]) => gatherND(x, indices([1, 1, 0, 1, 1, 0, 1, -1], [2, 2, 2]), 1), [[2, 2, 3]]);
  await checkOperator(([x]) => gatherND(x, indices([1, 0, 2, 2], [2, 2, 1]), 2), [[2, 2, 3]]);
});

test('slices written and added at tuples of positions', async () => {
  const shapes = [
    [3, 2],
    [2, 2],
  ];
  await checkOperator(([x, u]) => scatterND(x, indices([2, 0], [2, 1]), u), shapes);
  await checkOperator(([x, u]) => scatterND(x, indices([1, 1], [2, 1]), u, 'add'), shapes);
});

test('tokens of each sample', async () => {
  const kept = indices([2, 0, 1, 1], [2, 2]);
  await checkOperator(([x]) => takeTokens(x, kept), [[2, 3, 4]]);
  await checkAdjoint((x) => takeTokens(x, kept), [2, 5, 3]);
});

test('what does not fit is refused', () => {
  const x = placeholder('x', 'float32', [2, 3]);
  assert.throws(() => gatherElements(x, x), { message: /indices are int64, not float32/ });
  assert.throws(() => gatherND(x, indices([0, 0, 0], [1, 3])), { message: /indices \[1, 3\] do not fit \[2, 3\]/ });
  assert.throws(() => takeTokens(x, indices([0])), { message: /tokens are \[B, N, W\] and their positions \[B, K\]/ });
  assert.throws(() => scatterND(x, indices([0], [1, 1]), x), { message: /the updates have the shape of what/ });
});
