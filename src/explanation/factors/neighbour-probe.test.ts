import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Label, SplitPart } from '../../data/media.ts';
import type { FeatureTable } from '../../evaluation/feature-table.ts';
import { answerOfNeighbours, nearestOfTraining } from './neighbour-probe.ts';

/** Eight directions of training patients, eight of test patients a little turned; labels by direction. */
function circle(labels: (angle: number, row: number) => Readonly<Record<string, Label>>): FeatureTable {
  const rows = 16;
  const angles = Array.from({ length: rows }, (_, i) => ((i % 8) * Math.PI) / 4 + (i < 8 ? 0 : 0.05));
  const own = angles.map(labels);
  const names = Object.keys(own[0]);
  return {
    tap: 'circle',
    rows,
    columns: 2,
    // Lengths differ and do not matter.
    features: Float32Array.from({ length: rows * 2 }, (_, i) => {
      const angle = angles[i >> 1];
      return (1 + (i >> 1)) * (i % 2 === 0 ? Math.cos(angle) : Math.sin(angle));
    }),
    items: angles.map((_, i) => `${i}`),
    patients: angles.map((_, i) => `p${i}`),
    parts: angles.map((_, i): SplitPart => (i < 8 ? 'train' : 'test')),
    labels: Object.fromEntries(names.map((name) => [name, own.map((row) => row[name])])),
  };
}

test('the nearest pictures of training patients are those in the same direction', () => {
  const { queries, nearest } = nearestOfTraining(
    circle(() => ({})),
    1,
  );
  assert.deepEqual(queries, [8, 9, 10, 11, 12, 13, 14, 15]);
  assert.deepEqual(nearest.flat(), [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('what goes with the direction is read perfectly, its opposite as wrongly as can be', () => {
  const table = nearestOfTraining(
    circle((angle, row) => ({
      half: Math.round(angle / (Math.PI / 4)) < 4 ? 'upper' : 'lower',
      turned: Math.round(angle / (Math.PI / 4)) < 4 === row < 8 ? 'a' : 'b',
      place: Math.round(angle / (Math.PI / 4)),
      same: 'all',
    })),
    1,
  );
  assert.equal(answerOfNeighbours(table, 'half', 200)?.share.value, 1);
  // Two classes: half right is guessing, none right is as far below.
  assert.equal(answerOfNeighbours(table, 'turned', 200)?.share.value, -1);
  assert.equal(answerOfNeighbours(table, 'place', 200)?.share.value, 1);
  assert.equal(answerOfNeighbours(table, 'same', 200), undefined);
});

test('numbers are the mean of the neighbours', () => {
  // Both neighbours of direction k: itself and the next one on (the test rows are turned towards it).
  const table = nearestOfTraining(
    circle((angle) => ({ place: Math.round(angle / (Math.PI / 4)) })),
    2,
  );
  const guesses = Array.from({ length: 8 }, (_, k) => (k + ((k + 1) % 8)) / 2);
  const mean = 3.5;
  const error = guesses.reduce((sum, guess, k) => sum + (guess - k) ** 2, 0);
  const spread = guesses.reduce((sum, _, k) => sum + (k - mean) ** 2, 0);
  const found = answerOfNeighbours(table, 'place', 200)!.share.value;
  assert.ok(Math.abs(found - (1 - error / spread)) < 1e-12, `${found}`);
});
