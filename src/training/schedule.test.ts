import assert from 'node:assert/strict';
import test from 'node:test';
import { scheduleFactor } from './schedule.ts';

const over = (schedule: Parameters<typeof scheduleFactor>[0], total: number) =>
  Array.from({ length: total }, (_, step) => scheduleFactor(schedule, step, total));

test('constant, one step, several steps', () => {
  assert.deepEqual(over({ kind: 'constant' }, 3), [1, 1, 1]);
  assert.deepEqual(over({ kind: 'steps', at: [0.5], factor: 0.1 }, 4), [1, 1, 0.1, 0.1]);
  const several = over({ kind: 'steps', at: [0.3, 0.6, 0.8], factor: 0.5 }, 10);
  assert.deepEqual(several, [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
  const warmed = over({ kind: 'steps', at: [0.5], factor: 0.1, warmup: 0.25 }, 8);
  assert.deepEqual(warmed, [1 / 3, 2 / 3, 1, 1, 0.1, 0.1, 0.1, 0.1]);
});

test('a cosine falls from 1 to almost 0, after a warm-up that rises evenly', () => {
  const plain = over({ kind: 'cosine', warmup: 0 }, 100);
  plain.forEach((factor, step) => {
    assert.ok(Math.abs(factor - 0.5 * (1 + Math.cos((Math.PI * step) / 100))) < 1e-12);
  });
  const warmed = over({ kind: 'cosine', warmup: 0.25 }, 8);
  assert.deepEqual(warmed.slice(0, 3), [1 / 3, 2 / 3, 1]);
  assert.ok(warmed.slice(2).every((factor, i, all) => i === 0 || factor < all[i - 1]));
  assert.ok(Math.abs(warmed[5] - 0.5) < 1e-12, 'half way at half of the rest');
});
