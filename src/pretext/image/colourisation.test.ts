import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { batchOf, train, trial } from '../../../test/catalogue/run-method.ts';
import { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { rgbOf } from '../../data/transform/lab.ts';
import { present } from '../../data/transform/presentation.ts';
import { flipHorizontally } from '../../data/transform/quarter-turn.ts';
import { resize } from '../../data/transform/resize.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { sampleView } from '../../training/sampling/views.ts';
import type { WeightedBins } from '../bin-prediction.ts';
import type { SampleView } from '../method.ts';
import { colourisation } from './colourisation.ts';

const items = [0, 1, 2, 3, 4, 5];
const store = pictureStore('clip', items.length, 3);
const views = items.map((item) => sampleView(store, item, items));

/** A frame of one colour in every pixel. */
const plain = (red: number, green: number, blue: number): SampleView => ({
  ...views[0],
  frames: 1,
  read: () => ({
    data: Float32Array.from({ length: 48 * 48 * 3 }, (_, i) => [red, green, blue][i % 3]),
    shape: [1, 48, 48, 3],
  }),
});

function sampled(given: Record<string, unknown>, seed: number, view = views[seed % 6]) {
  const options = colourisation.options.parse(given);
  const prepared = colourisation.prepare?.(views, options, new Random(1)) as WeightedBins;
  const context = { options, prepared, channels: 3 as const };
  const { inputs, factors } = colourisation.sample(view, new Random(seed), context);
  return { inputs, factors: factors as Record<string, number>, context, prepared };
}

test('lightness and the colours of every fourth pixel are those of the crop', () => {
  for (let seed = 0; seed < 10; seed++) {
    const { inputs, factors } = sampled({}, seed);
    const { frame, cropTop: y, cropLeft: x, cropSide, mirrored } = factors;
    const part = crop(views[seed % 6].read({ start: frame, count: 1 }), { y, x, height: cropSide, width: cropSide });
    const sized = resize(part, 32, 32, cropSide >= 32 ? 'area' : 'bilinear');
    const { data } = mirrored === 1 ? flipHorizontally(sized) : sized;
    for (let place = 0; place < 64; place++) {
      const at = 4 * Math.floor(place / 8) * 32 + 4 * (place % 8);
      const lightness = Number(inputs.lightness.data[at]) * 50 + 50;
      const [a, b] = [inputs.colourValues.data[place], inputs.colourValues.data[64 + place]].map(Number);
      rgbOf(lightness, a, b).forEach((value, c) => {
        assert.ok(Math.abs(value - data[3 * at + c]) < 1e-4);
      });
    }
  }
});

test('the network is shown as it was trained when it is measured', () => {
  const { inputs, context, factors } = sampled({ smallestCrop: 1, mirror: false, divisor: 1 }, 2);
  const frame = views[2].read({ start: factors.frame, count: 1 });
  assert.deepEqual(present(frame, colourisation.presentation(context)), inputs.lightness.data);
});

test('a crop without colour is known for one and counts for nothing; a coloured one counts', () => {
  const grey = sampled({}, 1, plain(0.4, 0.4, 0.4));
  assert.equal(grey.factors.coloured, 0);
  assert.ok((grey.inputs.colourWeights.data as Float32Array).every((weight) => weight === 0));
  const counted = sampled({ greyThreshold: 0 }, 1, plain(0.4, 0.4, 0.4));
  assert.ok((counted.inputs.colourWeights.data as Float32Array).every((weight) => weight > 0));
  const red = sampled({}, 1, plain(0.8, 0.2, 0.2));
  assert.equal(red.factors.coloured, 1);
  assert.ok(red.factors.meanA > 40 && red.factors.meanB > 20);
});

test('rare colours count more than common ones, and all alike without rebalancing', () => {
  const { inputs, prepared } = sampled({}, 0);
  const rare = sampled({}, 0, plain(0.1, 0.1, 0.9)).inputs.colourWeights.data[0];
  const common = Math.min(...(inputs.colourWeights.data as Float32Array));
  assert.ok(Number(rare) > 3 * common, `${rare}, ${common}`);
  assert.equal(prepared.weights.length, 313);
  assert.ok(sampled({ rebalance: false }, 0).prepared.weights.every((weight) => weight === 1));
});

test('bins of every hue are reached', () => {
  const random = new Random(5);
  const reached = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const view = plain(random.uniform(), random.uniform(), random.uniform());
    reached.add(Number(sampled({ rebalance: false }, 0, view).inputs.colourBins.data[0]));
  }
  assert.ok(reached.size > 100, `${reached.size}`);
});

test('rebalancing changes what is learned and not what the first loss says', async () => {
  const [even] = await train(
    trial(colourisation, store, { rebalance: false }),
    batchOf(trial(colourisation, store), 4, 0),
    {
      seed: 0,
      steps: 1,
    },
  );
  const [weighted] = await train(trial(colourisation, store), batchOf(trial(colourisation, store), 4, 0), {
    seed: 0,
    steps: 1,
  });
  assert.equal(even.loss, weighted.loss);
});

test('a drawing colours the lightness with the true colours, and with those that the network gives', () => {
  const { inputs, factors, context } = sampled({}, 3);
  const colours = hostArray('float32', [2, 8, 8], new Float32Array(128));
  const { rows } = colourisation.draw({ inputs, factors }, context, { view: views[3], productions: { colours } });
  const [, grey, truth, told] = rows[0].map(({ picture }) => picture);
  assert.deepEqual([grey.shape[3], truth.shape[3], told.shape[3]], [1, 3, 3]);
  const spread = ({ data }: typeof truth) =>
    data.reduce((most, value, i) => (i % 3 === 0 ? Math.max(most, Math.abs(value - data[i + 1])) : most), 0);
  assert.ok(spread(truth) > 0.03 && spread(told) < 0.005, `${spread(truth)}, ${spread(told)}`);
});
