import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { sizeOf } from '../base/shape.ts';
import { planPooling, poolActivations, poolingTargets } from './pooling.ts';

test('a target of 9216 gives the grids of the papers', () => {
  const grid = (channels: number, side: number) => planPooling([channels, side, side], poolingTargets.paper).grid;
  assert.deepEqual(grid(64, 55), [12, 12]);
  assert.deepEqual(grid(192, 27), [7, 7]);
  assert.deepEqual(grid(384, 13), [5, 5]);
  assert.deepEqual(grid(256, 13), [6, 6]);
  assert.deepEqual(grid(512, 28), [4, 4]);
  assert.deepEqual(grid(1024, 14), [3, 3]);
  assert.deepEqual(grid(2048, 7), [2, 2]);
});

test('small activations stay whole, clips shrink in proportion, vectors have no grid', () => {
  assert.deepEqual(planPooling([8, 4, 4], 9216).grid, [4, 4]);
  const clip = planPooling([64, 8, 28, 28], 1024);
  assert.deepEqual(clip.grid, [1, 4, 4]);
  assert.equal(clip.dimensions, 1024);
  assert.deepEqual(planPooling([128]).grid, []);
  assert.throws(() => planPooling([2, 3, 4, 5, 6]), /\[C, T, H, W\]/);
});

test('average and max over cells worked out by hand', () => {
  const image = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const plan = { shape: [1, 3, 3], grid: [2, 2], dimensions: 4 };
  // Three positions in two cells: each cell covers two, the middle belongs to both.
  assert.deepEqual([...poolActivations(image, 1, { ...plan, kind: 'average' })], [3, 4, 6, 7]);
  assert.deepEqual([...poolActivations(image, 1, { ...plan, kind: 'max' })], [5, 6, 8, 9]);
  const line = { shape: [2, 4], grid: [2], dimensions: 4, kind: 'average' } as const;
  assert.deepEqual([...poolActivations(Float32Array.from([1, 3, 5, 7, 2, 4, 6, 8]), 1, line)], [2, 6, 3, 7]);
});

test('pooling to full resolution changes nothing; to one cell gives mean and maximum of each channel', () => {
  const shape = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 6 }),
  );
  fc.assert(
    fc.property(shape, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), (axes, rows, channels) => {
      const whole = [channels, ...axes];
      const size = sizeOf(whole);
      const data = Float32Array.from({ length: rows * size }, (_, i) => ((i * 37) % 101) - 50);
      const same = poolActivations(data, rows, { shape: whole, grid: axes, dimensions: size, kind: 'average' });
      assert.deepEqual(same, data);
      const one = { shape: whole, grid: [1, 1, 1], dimensions: channels };
      const means = poolActivations(data, rows, { ...one, kind: 'average' });
      const largest = poolActivations(data, rows, { ...one, kind: 'max' });
      const perChannel = size / channels;
      for (let plane = 0; plane < rows * channels; plane++) {
        const values = [...data.subarray(plane * perChannel, (plane + 1) * perChannel)];
        assert.ok(Math.abs(means[plane] - values.reduce((a, b) => a + b) / perChannel) < 1e-4);
        assert.equal(largest[plane], Math.max(...values));
      }
    }),
    { numRuns: 50 },
  );
});

test('activations that do not fit are refused', () => {
  assert.throws(() => poolActivations(new Float32Array(5), 1, planPooling([2, 3])), /expected 6 numbers, found 5/);
});
