import assert from 'node:assert/strict';
import { test } from 'node:test';
import { snapshotSteps } from './snapshots.ts';

test('snapshots halve the way back to the start and never repeat', () => {
  assert.deepEqual(snapshotSteps(800, 3), [100, 200, 400]);
  assert.deepEqual(snapshotSteps(8, 6), [1, 2, 4]);
  assert.deepEqual(snapshotSteps(1, 6), []);
  assert.deepEqual(snapshotSteps(800, 0), []);
});
