import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import type { Cloud } from './geometry.ts';
import { lidar } from './lidar.ts';

const { lidar: golden } = JSON.parse(
  readFileSync(new URL('../../../test/golden/explanation.json', import.meta.url), 'utf8'),
) as { lidar: { views: number[][]; rows: number; columns: number; value: number } };
const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);

test('LiDAR equals numpy’s, and neither scale nor place of the features changes it', () => {
  const { views, rows, columns, value } = golden;
  const clouds = (change: (x: number) => number): Cloud[] =>
    views.map((data) => ({ rows, columns, data: data.map(change) }));
  near(lidar(clouds((x) => x)), value, 1e-9);
  near(lidar(clouds((x) => 250 * x - 7)), value, 1e-6);
});

test('pictures told apart along k axes alone have a LiDAR of k, however much views differ along others', () => {
  const random = new Random('lidar');
  const [rows, columns, views, k] = [400, 8, 6, 3];
  const centres = Array.from({ length: rows * k }, () => random.normal());
  const clouds = Array.from(
    { length: views },
    (): Cloud => ({
      rows,
      columns,
      data: Float64Array.from({ length: rows * columns }, (_, i) => {
        const [row, axis] = [Math.floor(i / columns), i % columns];
        return axis < k ? 30 * centres[row * k + axis] + random.normal() : 5 * random.normal();
      }),
    }),
  );
  near(lidar(clouds), k, 0.1);
});

test('where all is one point it is 1', () => {
  const still: Cloud = { rows: 5, columns: 3, data: new Float64Array(15).fill(2) };
  assert.equal(lidar([still, still]), 1);
});
