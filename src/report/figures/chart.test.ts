import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { bandPath, linearScale, linePath, niceDomain, separated, ticks } from './chart.ts';

test('ticks are round, equally spaced and inside the interval', () => {
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticks(0, 2880, 3), [0, 1000, 2000]);
  const intervals = fc.tuple(
    fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
  );
  fc.assert(
    fc.property(intervals, ([low, span]) => {
      const values = ticks(low, low + span, 5);
      assert.ok(values.length >= 2 && values.length <= 11, String(values));
      for (const value of values) assert.ok(value >= low - span * 1e-6 && value <= low + span * (1 + 1e-6));
    }),
  );
});

test('a nice domain holds its interval and ends on ticks', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -1e4, max: 1e4, noNaN: true }),
      fc.double({ min: 1e-2, max: 1e4, noNaN: true }),
      (low, span) => {
        const [from, to] = niceDomain(low, low + span, 5);
        assert.ok(from <= low + span * 1e-6 && to >= low + span * (1 - 1e-6), `${from} ${to}`);
        assert.ok(to - from <= span * 3);
      },
    ),
  );
  assert.deepEqual(niceDomain(0.26, 0.93, 5), [0.2, 1]);
});

test('scales map their ends, also upside down', () => {
  const scale = linearScale([0, 2], [100, 0]);
  assert.deepEqual([scale(0), scale(1), scale(2)], [100, 50, 0]);
});

test('lines break where values are missing, bands leave them out', () => {
  assert.equal(
    linePath([
      [0, 1],
      [1, Number.NaN],
      [2, 3],
      [3, 4],
    ]),
    'M0 1M2 3L3 4',
  );
  assert.equal(
    bandPath([
      [0, 3, 1],
      [1, Number.NaN, 0],
      [2, 5, 2],
    ]),
    'M0 1L2 2L2 5L0 3Z',
  );
  assert.equal(bandPath([]), '');
});

test('separated labels keep their order and their gap', () => {
  const gap = 10;
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 12 }), (positions) => {
      const places = separated(positions, gap, [0, 200]);
      for (const [i, a] of positions.entries()) {
        assert.ok(places[i] <= 200);
        for (const [j, b] of positions.entries()) if (a < b) assert.ok(places[j] - places[i] >= gap - 1e-9);
      }
    }),
  );
  assert.deepEqual(separated([50, 90, 10], 10, [0, 100]), [50, 90, 10], 'labels with room stay where they are');
});
