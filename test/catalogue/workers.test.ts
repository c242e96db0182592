/**
 * The same bytes whatever the worker count, through the pool that feeds the training step: a method of each kind here,
 * every method in `npm run prove`.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { methodById } from '../../src/pretext/index.ts';
import { batchesOf, storeFor } from './workers.ts';

for (const id of ['jigsaw', 'cubic-puzzles', 'rubiks-cube']) {
  test(`${id}: one worker fills the same batches as two`, async () => {
    const method = methodById(id);
    const store = await storeFor(method);
    const one = await batchesOf(method, store, 1, 5);
    assert.equal(new Set(one).size, 5, 'steps differ');
    assert.deepEqual(await batchesOf(method, store, 2, 5), one);
  });
}
