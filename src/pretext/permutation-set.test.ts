import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random } from '../base/random.ts';
import { hammingDistance, inverseOrder, permutationSet } from './permutation-set.ts';

// Mean and smallest distance of the greedy algorithm, recomputed independently with NumPy.
for (const [tiles, count, rule, mean, smallest] of [
  [9, 10, 'max_avg', 8.8, 2],
  [9, 10, 'max_min', 8.8, 8],
  [9, 100, 'max_avg', 8.08, 2],
  [9, 100, 'max_min', 8.03, 6],
  [8, 50, 'max_avg', 7.14, 2],
  [8, 50, 'max_min', 7.01, 6],
] as const) {
  test(`${count} orders of ${tiles} tiles by ${rule} are ${mean} apart, at least ${smallest}`, () => {
    const set = permutationSet({ tiles, count, rule }, new Random(0));
    assert.equal(set.smallestDistance, smallest);
    assert.ok(Math.abs(set.meanDistance - mean) < 0.02, `${set.meanDistance}`);
  });
}

test('sets hold different orders of all tiles, and their distances are what they say', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 12 }),
      fc.integer({ min: 2, max: 20 }),
      fc.constantFrom('max_min' as const, 'max_avg' as const, 'random' as const),
      fc.nat(),
      (tiles, count, rule, seed) => {
        fc.pre(tiles < 9 || tiles > 9);
        const choose = () => permutationSet({ tiles, count, rule, candidates: 60 }, new Random(seed));
        const set = choose();
        assert.deepEqual(set, choose(), 'the same seed chooses the same');
        assert.deepEqual(set, structuredClone(set));
        assert.equal(new Set(set.orders.map((order) => order.join())).size, count);
        const sorted = Array.from({ length: tiles }, (_, i) => i);
        for (const order of set.orders)
          assert.deepEqual(
            [...order].sort((a, b) => a - b),
            sorted,
          );
        const found = set.orders.flatMap((a, i) => set.orders.slice(0, i).map((b) => hammingDistance(a, b)));
        assert.equal(set.smallestDistance, Math.min(...found));
        assert.ok(Math.abs(set.meanDistance - found.reduce((sum, d) => sum + d, 0) / found.length) < 1e-9);
      },
    ),
    { numRuns: 40 },
  );
});

test('all orders can be asked for, and not one more', () => {
  const set = permutationSet({ tiles: 4, count: 24 }, new Random(1));
  assert.equal(new Set(set.orders.map(String)).size, 24);
  assert.equal(set.smallestDistance, 2);
  assert.throws(() => permutationSet({ tiles: 4, count: 25 }, new Random(1)), { code: 'usage' });
});

test('an order and its inverse restore the tiles', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (tiles, seed) => {
      const order = Array.from(new Random(seed).permutation(tiles));
      const shuffled = order.map((tile) => `tile ${tile}`);
      const restored = inverseOrder(order).map((place) => shuffled[place]);
      assert.deepEqual(
        restored,
        order.map((_, tile) => `tile ${tile}`),
      );
    }),
  );
});
