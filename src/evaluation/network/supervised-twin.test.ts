import assert from 'node:assert/strict';
import test from 'node:test';
import { halvesStore, smallModel } from '../../../test/evaluation/small-network.ts';
import { measure } from '../measure.ts';
import { networkSource } from './learning-network.ts';
import { supervisedTwin, twinMultiplyAdds } from './supervised-twin.ts';

test('full supervision makes a network whose taps hold the label', async () => {
  const store = halvesStore(16);
  const model = smallModel();
  const encoder = { name: 'full supervision', role: 'supervised' as const };
  const trained = await supervisedTwin(
    { model, encoder, store, label: 'half', threads: 1 },
    { steps: 25, batchSize: 8, learningRate: [3e-3], evaluations: 3 },
  );
  assert.deepEqual(trained.metadata, model.metadata);
  const result = await measure({ model: trained, encoder }, store, { label: 'half', threads: 1 });
  assert.ok(result.taps[4].score.value > 0.8);
});

test('what a twin takes grows with its steps', () => {
  const source = networkSource(smallModel());
  const one = twinMultiplyAdds(source, 1);
  assert.ok(one > 0);
  assert.equal(twinMultiplyAdds(source, 50), 50 * one);
});
