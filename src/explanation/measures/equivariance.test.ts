import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { equivarianceR2 } from './equivariance.ts';

const random = new Random('equivariance');
const rows = 240;
const columns = 6;
const x = Float64Array.from({ length: rows * columns }, () => random.normal());
const groups = Array.from({ length: rows }, (_, i) => `patient ${i % 24}`);
const cloud = (data: ArrayLike<number>) => ({ rows, columns, data });

test('a linear change is followed, an independent one is not', () => {
  const turned = Float64Array.from({ length: rows * columns }, (_, i) => {
    const row = Math.floor(i / columns) * columns;
    return 3 + 2 * x[row + ((i + 1) % columns)] - x[row + ((i + 4) % columns)];
  });
  assert.ok(equivarianceR2(cloud(x), cloud(turned), groups) > 0.95);
  assert.ok(equivarianceR2(cloud(x), cloud(x), groups) > 0.99);
  const other = Float64Array.from({ length: rows * columns }, () => random.normal());
  assert.ok(equivarianceR2(cloud(x), cloud(other), groups) < 0.05);
  const squared = x.map((value) => value * value);
  assert.ok(equivarianceR2(cloud(x), cloud(squared), groups) < 0.2);
});
