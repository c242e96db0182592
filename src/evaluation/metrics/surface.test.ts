import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { distanceMap } from './distance-map.ts';
import { overlapOf } from './overlap.ts';
import { type SurfaceOptions, surfaceDistance } from './surface.ts';

type Ellipsoid = readonly [centre: readonly number[], radii: readonly number[]];

interface Case extends SurfaceOptions {
  readonly truth: Ellipsoid;
  readonly answer: Ellipsoid;
  readonly expected: { dice: number; iou: number; hd95: number; surfaceDice: number };
}

function drawn([depth, height, width]: readonly number[], [centre, radii]: Ellipsoid): Uint8Array {
  return Uint8Array.from({ length: depth * height * width }, (_, i) => {
    const place = [Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width];
    return place.reduce((sum, p, axis) => sum + ((p - centre[axis]) / radii[axis]) ** 2, 0) <= 1 ? 1 : 0;
  });
}

test('overlap and surface distances as scipy computes them', () => {
  const { cases } = JSON.parse(readFileSync('test/golden/surfaces.json', 'utf8')) as { cases: Case[] };
  for (const { expected, ...options } of cases) {
    const truth = drawn(options.shape, options.truth);
    const answer = drawn(options.shape, options.answer);
    const found = { ...overlapOf(truth, answer, 1), ...surfaceDistance(truth, answer, 1, options) };
    for (const name of ['dice', 'iou', 'hd95', 'surfaceDice'] as const) {
      assert.ok(Math.abs(found[name] - expected[name]) < 1e-9, `${name}: ${found[name]} for ${expected[name]}`);
    }
  }
});

test('distances are those of trying every pair', () => {
  const grid = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }));
  const spacing = fc.tuple(...[0, 1, 2].map(() => fc.constantFrom(0.5, 1, 2.5)));
  fc.assert(
    fc.property(grid, spacing, fc.infiniteStream(fc.boolean()), (shape, steps, coins) => {
      const size = shape[0] * shape[1] * shape[2];
      const marked = Uint8Array.from([...coins.take(size)], (coin) => (coin ? 1 : 0));
      const place = (i: number) => [
        Math.floor(i / (shape[1] * shape[2])),
        Math.floor(i / shape[2]) % shape[1],
        i % shape[2],
      ];
      const map = distanceMap(marked, shape, steps as [number, number, number]);
      for (let i = 0; i < size; i++) {
        let nearest = Number.POSITIVE_INFINITY;
        for (let j = 0; j < size; j++) {
          if (marked[j])
            nearest = Math.min(nearest, Math.hypot(...place(i).map((p, axis) => (p - place(j)[axis]) * steps[axis])));
        }
        assert.ok(map[i] === nearest || Math.abs(map[i] - nearest) < 1e-9);
      }
    }),
    { numRuns: 60 },
  );
});

test('masks that are empty: undefined where both are, as bad as can be where one is', () => {
  const options: SurfaceOptions = { shape: [1, 4, 5], spacing: [1, 1, 1], tolerance: 1 };
  const empty = new Uint8Array(20);
  const one = Uint8Array.from({ length: 20 }, (_, i) => (i === 7 ? 1 : 0));
  assert.deepEqual(surfaceDistance(empty, empty, 1, options), { hd95: Number.NaN, surfaceDice: Number.NaN });
  assert.deepEqual(surfaceDistance(empty, one, 1, options), { hd95: 5, surfaceDice: 0 });
  assert.deepEqual(surfaceDistance(one, one, 1, options), { hd95: 0, surfaceDice: 1 });
  assert.equal(overlapOf(one, empty, 1).dice, 0);
  assert.ok(Number.isNaN(overlapOf(empty, empty, 1).dice));
});
