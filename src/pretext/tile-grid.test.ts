import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random } from '../base/random.ts';
import { type AxisGrid, drawCorners, gridLength } from './tile-grid.ts';

const axis = fc.record({
  count: fc.integer({ min: 1, max: 3 }),
  tile: fc.integer({ min: 1, max: 9 }),
  gap: fc.integer({ min: 0, max: 5 }),
  jitter: fc.integer({ min: 0, max: 5 }),
});

test('tiles stay in the grid, and neighbours at least the gap apart on the axis that separates them', () => {
  fc.assert(
    fc.property(fc.array(axis, { minLength: 1, maxLength: 3 }), fc.nat(), (axes, seed) => {
      const corners = drawCorners(axes, new Random(seed));
      assert.deepEqual(corners, drawCorners(axes, new Random(seed)));
      assert.equal(
        corners.length,
        axes.reduce((product, { count }) => product * count, 1),
      );
      for (const corner of corners) {
        corner.forEach((at, i) => {
          assert.ok(at >= 0 && at + axes[i].tile <= gridLength(axes[i]));
        });
      }
      corners.forEach((a, i) => {
        for (const b of corners.slice(0, i)) {
          assert.ok(axes.some(({ tile, gap }, k) => Math.abs(a[k] - b[k]) >= tile + gap));
        }
      });
    }),
  );
});

test('every place within the jitter is as likely, and tiles lie in row-major order', () => {
  const grid: AxisGrid = { count: 2, tile: 3, gap: 2, jitter: 3 };
  const seen = new Map<number, number>();
  for (let seed = 0; seed < 2000; seed++) {
    const corners = drawCorners([grid, grid], new Random(seed));
    assert.ok(corners[1][1] > corners[0][1] + 4 && corners[2][0] > corners[0][0] + 4);
    seen.set(corners[0][0], (seen.get(corners[0][0]) ?? 0) + 1);
  }
  assert.deepEqual([...seen.keys()].sort(), [1, 2, 3, 4]);
  for (const count of seen.values()) assert.ok(Math.abs(count - 500) < 100, `${count}`);
});
