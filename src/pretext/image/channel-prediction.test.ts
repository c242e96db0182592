import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { present } from '../../data/transform/presentation.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { resize } from '../../data/transform/resize.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { sampleView } from '../../training/sampling/views.ts';
import type { WeightedBins } from '../bin-prediction.ts';
import { channelPrediction } from './channel-prediction.ts';

const items = [0, 1, 2, 3, 4, 5];
const store = pictureStore('clip', items.length, 3);
const views = items.map((item) => sampleView(store, item, items));

function sampled(given: Record<string, unknown>, seed: number) {
  const options = channelPrediction.options.parse({ bins: 16, ...given });
  const prepared = channelPrediction.prepare?.(views, options, new Random(1)) as WeightedBins;
  const context = { options, prepared, channels: 3 as const };
  const { inputs, factors } = channelPrediction.sample(views[seed % 6], new Random(seed), context);
  return { inputs, factors: factors as Record<string, number>, context, prepared };
}

for (const [heldOut, given, held] of [
  ['red-blue', [1], [0, 2]],
  ['green', [0, 2], [1]],
] as const) {
  test(`with ${heldOut} held out, the others go in, and what is held out is asked at every fourth pixel`, () => {
    for (let seed = 0; seed < 6; seed++) {
      const { inputs, factors } = sampled({ heldOut }, seed);
      const { frame, cropTop: y, cropLeft: x, cropSide, mirrored } = factors;
      const part = crop(views[seed].read({ start: frame, count: 1 }), { y, x, height: cropSide, width: cropSide });
      const sized = resize(part, 32, 32, cropSide >= 32 ? 'area' : 'bilinear');
      const { data } = mirrored === 1 ? flipHorizontally(sized) : sized;
      assert.deepEqual(inputs.given.shape, [given.length, 32, 32]);
      given.forEach((channel, k) => {
        for (let i = 0; i < 1024; i++) assert.equal(inputs.given.data[k * 1024 + i], data[3 * i + channel]);
      });
      held.forEach((channel, k) => {
        for (let place = 0; place < 64; place++) {
          const at = 4 * Math.floor(place / 8) * 32 + 4 * (place % 8);
          assert.equal(inputs.heldValues.data[k * 64 + place], data[3 * at + channel]);
        }
      });
    }
  });
}

test('the network is shown the same channels when it is measured', () => {
  const { inputs, context, factors } = sampled({ smallestCrop: 1, mirror: false, heldOut: 'green' }, 2);
  const frame = views[2].read({ start: factors.frame, count: 1 });
  assert.deepEqual(present(frame, channelPrediction.presentation(context)), inputs.given.data);
});

test('bins follow the data: every one is the nearest of some value, and rare ones weigh more', () => {
  const { prepared } = sampled({}, 0);
  const counts = new Float64Array(16);
  for (let seed = 0; seed < 300; seed++) {
    for (const bin of (sampled({}, seed).inputs.heldBins.data as BigInt64Array).subarray(0, 64)) counts[Number(bin)]++;
  }
  assert.ok(
    counts.every((count) => count > 0),
    `${counts}`,
  );
  const order = [...counts.keys()].sort((a, b) => counts[a] - counts[b]);
  assert.ok(prepared.weights[order[0]] > prepared.weights[order[15]]);
});

test('a drawing puts the channels together as they are and as the network says', () => {
  const { inputs, factors, context } = sampled({}, 3);
  const held = hostArray('float32', [2, 8, 8], new Float32Array(128).fill(1));
  const { rows } = channelPrediction.draw({ inputs, factors }, context, { view: views[3], productions: { held } });
  const [, given, , told] = rows[0].map(({ picture }) => picture);
  assert.equal(given.data[0], 0);
  assert.deepEqual([told.data[0], told.data[2]], [1, 1]);
  assert.equal(told.data[1], inputs.given.data[0]);
});
