import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { mapQuality } from './trustworthiness.ts';

const random = new Random('maps');
const rows = 120;
const plane = Float64Array.from({ length: rows * 2 }, () => random.normal());

test('a rotated plane is a perfect map of itself, a shuffled one a bad one', () => {
  const turned = Float64Array.from(plane, (_, i) => (i % 2 === 0 ? -3 * plane[i + 1] : 3 * plane[i - 1]));
  const original = { rows, columns: 2, data: plane };
  const quality = mapQuality(original, { rows, columns: 2, data: turned }, 10);
  assert.deepEqual([quality.trustworthiness, quality.continuity], [1, 1]);
  const order = random.permutation(rows);
  const shuffled = Float64Array.from(plane, (_, i) => plane[order[i >> 1] * 2 + (i % 2)]);
  const bad = mapQuality(original, { rows, columns: 2, data: shuffled }, 10);
  // Chance for neighbourhoods without any relation is about a half.
  assert.ok(Math.abs(bad.trustworthiness - 0.5) < 0.1 && Math.abs(bad.continuity - 0.5) < 0.1, JSON.stringify(bad));
});

test('a line folded over brings strangers near but tears nobody away', () => {
  const line = { rows, columns: 1, data: Float64Array.from({ length: rows }, (_, i) => i) };
  const folded = {
    rows,
    columns: 1,
    data: Float64Array.from({ length: rows }, (_, i) => Math.abs(i - rows / 2 + 0.25)),
  };
  const { trustworthiness, continuity } = mapQuality(line, folded, 8);
  assert.ok(trustworthiness < 0.85 && continuity > 0.95, `${trustworthiness}, ${continuity}`);
});
