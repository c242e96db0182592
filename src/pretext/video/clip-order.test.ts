import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { standardise } from '../../data/transform/layout.ts';
import { sampleView } from '../../training/sampling/views.ts';
import type { SampleView } from '../method.ts';
import { allOrders } from '../orders.ts';
import { clipOrder } from './clip-order.ts';

const store = pictureStore('clip', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);
const small = { size: 48, frames: 4, interval: 2, smallestCrop: 1, mirror: false, pairFeatures: 8 };

function sampled(changes: object, seed: number, from: SampleView = view(seed % 3)) {
  const options = clipOrder.options.parse({ ...small, ...changes });
  const context = { options, prepared: undefined, channels: 1 as const };
  return { ...clipOrder.sample(from, new Random(seed), context), context };
}

test('the order undone gives the clips of the recording, as far apart as the interval says', () => {
  for (const clips of [2, 3]) {
    for (let seed = 0; seed < 12; seed++) {
      const { inputs, factors } = sampled({ clips }, seed);
      const order = allOrders(clips)[Number(factors.order)];
      const length = 4 * 48 * 48;
      order.forEach((clip, place) => {
        const read = view(seed % 3).read({ start: Number(factors.start) + clip * 6, count: 4 });
        const shown = (inputs.clips.data as Float32Array).slice(place * length, (place + 1) * length);
        assert.deepEqual(shown, standardise(read).data);
      });
    }
  }
});

test('every order is drawn as often as any other, and every start that fits', () => {
  const orders = new Uint32Array(6);
  const starts = new Set<number>();
  for (let seed = 0; seed < 600; seed++) {
    const { factors } = sampled({ size: 8 }, seed);
    orders[Number(factors.order)]++;
    starts.add(Number(factors.start));
  }
  for (const count of orders) assert.ok(Math.abs(count - 100) < 5 * Math.sqrt(600 * (5 / 36)), `${orders}`);
  assert.deepEqual(
    [...starts].sort((a, b) => a - b),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test('units are left out at the rate that is asked for, and none by default', () => {
  assert.deepEqual(Object.keys(sampled({}, 1).inputs), ['clips', 'order']);
  const { inputs } = sampled({ dropout: 0.5, pairFeatures: 400 }, 1);
  const { data } = inputs.keptUnits;
  assert.equal(data.length, 1200, 'three pairs');
  const kept = (data as Float32Array).reduce((sum, unit) => sum + unit, 0);
  assert.ok(Math.abs(kept - 600) < 5 * Math.sqrt(300), `${kept}`);
});

test('recordings too short or frozen are refused in words; a frozen one gives way to another', () => {
  const options = clipOrder.options.parse(small);
  const refuses = (changes: object) => clipOrder.refuses(pictureItem('clip', 'x', changes), options);
  assert.equal(refuses({ frames: 16 }), undefined);
  assert.equal(refuses({ frames: 15 }), '15 frames are fewer than the 16 of 3 clips of 4, 2 between them');
  assert.equal(refuses({ kind: 'volume' }), 'it is not a clip');
  const still: SampleView = {
    ...view(0),
    read: (window) => {
      const count = window?.count ?? 24;
      const { data } = view(0).read({ start: 0, count: 1 });
      const repeated = new Float32Array(count * data.length);
      for (let i = 0; i < count; i++) repeated.set(data, i * data.length);
      return { data: repeated, shape: [count, 48, 48, 1] as const };
    },
  };
  assert.match(clipOrder.refusesPictures?.(still, options) ?? '', /^nothing moves in it/);
  assert.equal(clipOrder.refusesPictures?.(view(1), options), undefined);
  assert.notEqual(sampled({}, 1, still).factors.item, 'clip-0');
});

test('a drawing names the clips and the answers', () => {
  const { inputs, factors, context } = sampled({}, 4);
  const answer = [0, 0, 0, 0, 0, 1];
  const { rows, answer: right } = clipOrder.draw({ inputs, factors }, context, { view: view(1), answer });
  const order = allOrders(3)[Number(factors.order)];
  assert.equal(right, order.map((clip) => clip + 1).join(' '));
  assert.deepEqual(
    rows[1].map(({ caption }) => caption),
    order.map((clip, place) => `clip ${clip + 1}, answered ${3 - place}`),
  );
});
