import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configureRun } from '../training/configuration.ts';
import { rateHint } from './pretraining.ts';

test('a smaller batch at the rate of a larger one is said; the rate in proportion is named', () => {
  const hint = (request: { batchSize?: number; learningRate?: number; accumulate?: number }, method = 'rotation') =>
    rateHint({ ...request, batch: request.batchSize }, configureRun({ method, ...request }));
  assert.match(hint({ batchSize: 8 })!, /rate 0\.1 is that of batches of 16; in proportion to 8 it is 0\.05 /);
  assert.equal(hint({}), undefined);
  assert.equal(hint({ batchSize: 16 }), undefined);
  assert.equal(hint({ batchSize: 8, learningRate: 0.1 }), undefined);
  assert.equal(hint({ batchSize: 8, accumulate: 2 }), undefined);
});
