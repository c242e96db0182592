import assert from 'node:assert/strict';
import test from 'node:test';
import { halvesStore, side, smallModel } from '../../test/evaluation/small-network.ts';
import { openEncoder } from './encoder.ts';
import { extractFeatures } from './extraction.ts';
import { againstBaseline, measure } from './measure.ts';
import { besideTaps, pixelsContender } from './pixels.ts';

test('raw pixels are measured like a tap, shown as the network is shown them, and compared with each tap', async () => {
  const store = halvesStore(8);
  const model = smallModel();
  const contender = pixelsContender(model);
  const encoder = await openEncoder(contender.model, { threads: 1 });
  const [table] = await extractFeatures(encoder, store, { dimensions: side * side });
  await encoder.release();
  assert.deepEqual([table.tap, table.columns], ['pixels', side * side]);
  const mean = table.features.subarray(0, side * side).reduce((sum, value) => sum + value, 0) / side ** 2;
  assert.ok(Math.abs(mean) < 1e-4, 'standardised like the network’s input');
  const options = { label: 'half', protocol: 'knn', protocolOptions: { resamples: 20 }, threads: 1, dimensions: 64 };
  const pixels = await measure(contender, store, options);
  assert.ok(pixels.taps[0].score.value > 0.9, `accuracy ${pixels.taps[0].score.value}`);
  const network = await measure({ model, encoder: { name: 'small', role: 'pretrained' } }, store, options);
  const beside = besideTaps(pixels, network);
  const { taps, against } = againstBaseline(network, beside);
  assert.equal(against, 'raw pixels');
  assert.deepEqual(
    taps.map(({ tap }) => tap),
    network.taps.map(({ tap }) => tap),
  );
});

test('raw pixels of a model from elsewhere have the size of its input', async () => {
  const { metadata: _, ...foreign } = smallModel(2, 0, {});
  const encoder = await openEncoder(pixelsContender(foreign).model, { threads: 1 });
  assert.deepEqual(encoder.inputShape, [1, side, side]);
  await encoder.release();
});
