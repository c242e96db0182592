import assert from 'node:assert/strict';
import test from 'node:test';
import { halvesStore, smallModel } from '../../../test/evaluation/small-network.ts';
import type { NetworkInput } from './protocol.ts';
import { video } from './video.ts';

const quick = { steps: 1, batchSize: 2, evaluations: 1, resamples: 20, windows: 3 };
const inputOf = (rank: 2 | 3, frames: number): NetworkInput => ({
  model: smallModel(rank, 0, { whole: false }),
  encoder: { name: 'small', role: 'pretrained' },
  store: halvesStore(4, frames),
  label: 'half',
  threads: 1,
});

test('a video is answered by several clips, and single clips are scored beside it', async () => {
  const result = await video.run(inputOf(2, 6), quick);
  const [{ measures, items }] = result.taps;
  assert.ok('clipAccuracy' in measures);
  assert.ok(!('accuracy shuffled' in measures));
  assert.equal(items?.length, 2);
});

test('frames in another order are asked of networks that see several', async () => {
  const [{ measures }] = (await video.run(inputOf(3, 18), { ...quick, taps: ['stage1'] })).taps;
  for (const name of ['clipAccuracy', 'accuracy shuffled', 'accuracy backwards']) assert.ok(name in measures, name);
});
