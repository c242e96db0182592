import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAdjoint, checkOperator } from '../../../test/operator-check.ts';
import { constant, convolution, reshape, transpose } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { ParameterStore } from '../parameters.ts';
import { fromPatches, patchEmbedding, sineCosinePositions, toPatches } from './patches.ts';

const counted = (...shape: number[]) =>
  float32(
    shape,
    Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => Math.sin(k)),
  );

test('patches of pictures and of clips, and back', async () => {
  for (const [shape, patch] of [
    [
      [2, 3, 4, 6],
      [2, 3],
    ],
    [
      [1, 2, 4, 4, 2],
      [2, 2, 1],
    ],
  ]) {
    const x = counted(...shape);
    const patches = toPatches(constant(x), patch);
    const [back] = await evaluate([fromPatches(patches, patch, shape.slice(2))], new Map(), processor);
    assert.deepEqual(back.data, x.data);
    await checkAdjoint((t) => toPatches(t, patch), shape);
  }
  assert.throws(() => toPatches(constant(counted(1, 1, 5, 4)), [2, 2]), {
    message: /^5×4 does not divide into patches of 2×2/,
  });
});

test('a linear layer on patches is a convolution that steps from patch to patch', async () => {
  const store = new ParameterStore();
  const x = constant(counted(2, 3, 4, 6));
  const tokens = patchEmbedding(store.root(true), 'embed', x, { patch: [2, 2], width: 5 });
  const [weight, bias] = store.entries().map(({ tensor }) => tensor);
  const maps = convolution(x, reshape(weight, [5, 3, 2, 2]), { stride: 2, bias });
  const expected = transpose(reshape(maps, [2, 5, 6]), [0, 2, 1]);
  const feeds = new Map([
    [weight, counted(5, 12)],
    [bias, counted(5)],
  ]);
  const [a, b] = await evaluate([tokens, expected], feeds, processor);
  (a.data as Float32Array).forEach((value, k) => {
    assert.ok(Math.abs(value - (b.data as Float32Array)[k]) < 1e-5);
  });
  await checkOperator(([t]) => toPatches(t, [2, 2]), [[1, 2, 4, 4]]);
});

test('positions: every axis in its own part, sines then cosines, wavelengths growing', () => {
  const { shape, data } = sineCosinePositions([2, 3], 9);
  assert.deepEqual(shape, [1, 6, 9]);
  const token = [...data.subarray(5 * 9, 6 * 9)];
  const expected = [1, 0.01].map((f) => Math.sin(f)).concat([1, 0.01].map((f) => Math.cos(f)));
  const columns = [2, 0.02].map((f) => Math.sin(f)).concat([2, 0.02].map((f) => Math.cos(f)));
  [...expected, ...columns, 0].forEach((value, k) => {
    assert.ok(Math.abs(token[k] - value) < 1e-6, `entry ${k}`);
  });
});
