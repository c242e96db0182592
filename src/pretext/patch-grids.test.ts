import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random } from '../base/random.ts';
import { askNeighbours, type LaidPatch, layPatches, leastSide } from './patch-grids.ts';

const released = { patch: 96, gap: 48, jitter: 7, patches: 40 };
const sizes = { patch: fc.integer({ min: 8, max: 30 }), gap: fc.integer({ min: 0, max: 20 }) };
const drawn = fc.record({ ...sizes, seed: fc.nat(), high: fc.nat({ max: 150 }), wide: fc.nat({ max: 150 }) });

function laidOf({ patch, gap, seed, high, wide }: Record<string, number>) {
  const options = { patch, gap, jitter: Math.min(4, Math.floor(gap / 2)), patches: 18 };
  const [height, width] = [leastSide(options) + high, leastSide(options) + wide];
  return { options, height, width, laid: layPatches(height, width, options, new Random(seed)) };
}

test('as many patches as wanted, within the picture, and those of a grid at least the gap less twice the jitter apart', () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { options, height, width, laid } = laidOf(given);
      assert.equal(laid.length, 18);
      const least = options.patch + options.gap - 2 * options.jitter;
      for (const a of laid) {
        assert.ok(a.top >= 0 && a.left >= 0 && a.top + options.patch <= height && a.left + options.patch <= width);
        for (const b of laid) {
          if (a.grid !== b.grid || a === b) continue;
          assert.ok(Math.abs(a.top - b.top) >= least || Math.abs(a.left - b.left) >= least);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('neighbours lie where the answer says, every pair is asked, and either way round', () => {
  fc.assert(
    fc.property(drawn, (given) => {
      const { laid } = laidOf(given);
      const questions = askNeighbours(laid, 8 * 18, true, new Random(given.seed));
      assert.equal(questions.length, 144);
      const seen = new Set(questions.map(({ first, second }) => `${first} ${second}`));
      for (const { first, second, position } of questions) {
        const [a, b] = [laid[first], laid[second]];
        const place = position < 4 ? position : position + 1;
        assert.deepEqual(
          [a.grid, a.row + Math.floor(place / 3) - 1, a.column + (place % 3) - 1],
          [b.grid, b.row, b.column],
        );
        assert.ok(seen.has(`${second} ${first}`));
      }
      const near = (a: LaidPatch, b: LaidPatch) =>
        a !== b && a.grid === b.grid && Math.abs(a.row - b.row) <= 1 && Math.abs(a.column - b.column) <= 1;
      let pairs = 0;
      for (const a of laid) for (const b of laid) if (near(a, b)) pairs++;
      assert.equal(seen.size, pairs);
    }),
    { numRuns: 60 },
  );
});

test('every answer is asked equally often, in either order or both', () => {
  fc.assert(
    fc.property(drawn, fc.boolean(), (given, bothOrders) => {
      const { laid } = laidOf(given);
      const counts = new Array<number>(8).fill(0);
      for (const { position } of askNeighbours(laid, 112, bothOrders, new Random(1))) counts[position]++;
      assert.deepEqual(counts, new Array<number>(8).fill(14));
    }),
    { numRuns: 30 },
  );
});

test('the released grids: four of them on a picture of 640 by 480, beginning anywhere in their first cell', () => {
  const [tops, grids] = [new Set<number>(), [] as number[]];
  for (let seed = 0; seed < 300; seed++) {
    const laid = layPatches(480, 640, { ...released, jitter: 0 }, new Random(seed));
    tops.add(laid[0].top);
    grids.push(laid[39].grid + 1);
  }
  assert.ok(Math.min(...tops) === 0 && Math.max(...tops) > 138 && Math.max(...tops) < 144 && tops.size > 100);
  const mean = grids.reduce((sum, count) => sum + count, 0) / 300;
  assert.ok(mean > 3.8 && mean < 5, `${mean}`);
});

test('patches move by up to the jitter each way, each by itself', () => {
  const moves = new Set<number>();
  for (let seed = 0; seed < 60; seed++) {
    const laid = layPatches(600, 600, released, new Random(seed));
    const [a, b] = [laid[0], laid.find(({ grid, row, column }) => grid === 0 && row === 1 && column === 0)!];
    moves.add(b.top - a.top - 144);
    assert.ok(Math.abs(b.top - a.top - 144) <= 14);
  }
  assert.ok(moves.size > 15);
});
