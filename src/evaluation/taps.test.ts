import assert from 'node:assert/strict';
import test from 'node:test';
import { halvesStore, smallModel } from '../../test/evaluation/small-network.ts';
import { openEncoder } from './encoder.ts';
import { measureTasks, settleTask } from './measure.ts';
import { withTaps } from './taps.ts';

test('taps are chosen by name, in the order of the network; values between nodes count too', async () => {
  const model = smallModel();
  const all = await openEncoder(model, { threads: 1 });
  await all.release();
  const [first, second] = all.taps;
  const chosen = await openEncoder(withTaps(model, [second, first]), { threads: 1 });
  assert.deepEqual(chosen.taps, [first, second]);
  await chosen.release();
  const inner = model.graph.nodes[0].outputs[0];
  const looked = await openEncoder(withTaps(model, [inner]), { threads: 1 });
  const pixels = new Float32Array(looked.inputShape.reduce((a, b) => a * b, 1)).fill(0.5);
  const { [inner]: value } = await looked.encode(pixels, 1);
  assert.equal(value.shape[0], 1);
  await looked.release();
  assert.throws(() => withTaps(model, ['stage9']), new RegExp(`no tap 'stage9' \\(expected ${first}`));
});

test('a label that cannot be measured does not take the others with it', async () => {
  const store = halvesStore(16);
  const contender = { model: smallModel(), encoder: { name: 'small', role: 'pretrained' as const } };
  const good = settleTask({ label: 'half', protocol: 'knn', options: { k: [3], resamples: 20 } }, store);
  const bad = settleTask({ label: 'half', options: { without: ['left', 'right'] } }, store);
  const [failed, measured] = await measureTasks(contender, store, [bad, good], { threads: 1 });
  assert.ok(failed instanceof Error);
  assert.ok(!(measured instanceof Error) && measured.taps.length > 0);
  assert.throws(() => settleTask({ label: 'nothing' }, store), /no item has the label 'nothing'/);
  assert.throws(() => settleTask({ label: 'half', protocol: 'knn', options: { kk: 3 } }, store), /no option 'kk'/);
});
