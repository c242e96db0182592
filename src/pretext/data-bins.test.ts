import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { dataBins } from './data-bins.ts';

test('bins lie where values do: three heaps have a bin each', () => {
  const random = new Random(4);
  const values = new Float32Array(600);
  for (let i = 0; i < 300; i++) {
    const [x, y] = [
      [0.1, 0.1],
      [0.5, 0.9],
      [0.9, 0.2],
    ][i % 3];
    values[2 * i] = x + 0.01 * random.normal();
    values[2 * i + 1] = y + 0.01 * random.normal();
  }
  const { centres, spacing } = dataBins(values, 2, 3, new Random(0));
  [0.1, 0.1, 0.5, 0.9, 0.9, 0.2].forEach((value, i) => {
    assert.ok(Math.abs(centres[i] - value) < 0.01, `${centres}`);
  });
  // The nearest other heap of each: the second for the first, the first and the third for the others.
  const expected = (Math.hypot(0.4, 0.8) + Math.hypot(0.4, 0.7) + Math.hypot(0.4, 0.7)) / 3;
  assert.ok(Math.abs(spacing - expected) < 0.05, `${spacing}, not ${expected}`);
});

test('even values get even bins, the same under a seed, in rising order', () => {
  const values = Float32Array.from({ length: 50_000 }, (_, i) => i / 50_000);
  const { centres, spacing } = dataBins(values, 1, 8, new Random(2));
  assert.deepEqual(centres, dataBins(values, 1, 8, new Random(2)).centres);
  centres.forEach((centre, bin) => {
    assert.ok(Math.abs(centre - (bin + 0.5) / 8) < 0.06, `${centres}`);
  });
  assert.ok(Math.abs(spacing - 1 / 8) < 0.04);
});

test('too few different values are an error that says how many there are', () => {
  assert.throws(
    () => dataBins(new Float32Array([0, 1, 0, 1, 1]), 1, 3, new Random(0)),
    /only 2 different values occur/,
  );
});
