import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { labOf } from '../data/transform/lab.ts';
import { gamutBins, gamutHull } from './colour-gamut.ts';

const { rows } = JSON.parse(readFileSync(join(import.meta.dirname, '../../test/golden/colour.json'), 'utf8')) as {
  rows: [a: number, first: number, last: number][];
};

test('with a grid of 10 there are 313 bins, the published ones', () => {
  const published = rows.flatMap(([a, first, last]) =>
    Array.from({ length: (last - first) / 10 + 1 }, (_, i) => [a, first + 10 * i]),
  );
  assert.equal(gamutBins(10).length, 2 * 313);
  assert.deepEqual(Array.from(gamutBins(10)), published.flat());
});

test('every colour of a screen lies in the hull, and within a cell whose corners are bins', () => {
  const hull = gamutHull();
  const bins = new Set(
    Array.from({ length: 313 }, (_, q) =>
      gamutBins(10)
        .slice(2 * q, 2 * q + 2)
        .join(),
    ),
  );
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (red, green, blue) => {
      const [, a, b] = labOf(red / 255, green / 255, blue / 255);
      hull.forEach(([fromA, fromB], i) => {
        const [toA, toB] = hull[(i + 1) % hull.length];
        assert.ok((toA - fromA) * (b - fromB) - (toB - fromB) * (a - fromA) > -1e-9);
      });
      for (const cornerA of [10 * Math.floor(a / 10), 10 * Math.ceil(a / 10)]) {
        for (const cornerB of [10 * Math.floor(b / 10), 10 * Math.ceil(b / 10)]) {
          assert.ok(bins.has(`${cornerA},${cornerB}`), `${red} ${green} ${blue}: ${cornerA}, ${cornerB}`);
        }
      }
    }),
    { numRuns: 500 },
  );
});

test('a coarser grid has fewer bins', () => {
  const counts = [10, 20, 40].map((grid) => gamutBins(grid).length / 2);
  assert.ok(counts[0] > counts[1] && counts[1] > counts[2] && counts[2] > 10, `${counts}`);
});
