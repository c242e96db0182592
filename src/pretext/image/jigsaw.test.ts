import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { crop } from '../../data/transform/crop.ts';
import { standardise } from '../../data/transform/layout.ts';
import { resize } from '../../data/transform/resize.ts';
import { sampleView } from '../../training/sampling/views.ts';
import type { SampleView } from '../method.ts';
import { inverseOrder, type PermutationSet, permutationSet } from '../permutation-set.ts';
import { jigsaw } from './jigsaw.ts';

const store = pictureStore('clip', 6);
const view = (item: number) => sampleView(store, item, [0, 1, 2, 3, 4, 5]);
const prepared = permutationSet({ tiles: 9, count: 24, rule: 'random' }, new Random(0));

/** A colour picture whose value says its place, so that a tile tells where it was cut. */
const places: SampleView = {
  ...view(0),
  frames: 1,
  channels: 3,
  read: () => {
    const data = new Float32Array(48 * 48 * 3);
    for (let i = 0; i < data.length; i++) data[i] = (Math.floor(i / 3) % 48) / 48 + (i % 3) / 1000;
    return { data, shape: [1, 48, 48, 3] };
  },
};

function sampled(options: Record<string, unknown>, seed: number, channels: 1 | 3 = 1, from = view(seed % 6)) {
  const context = { options: jigsaw.options.parse(options), prepared, channels };
  const { inputs, factors } = jigsaw.sample(from, new Random(seed), context);
  const { shape, data } = inputs.tiles;
  const length = shape[1] * shape[2] * shape[3];
  const tiles = Array.from({ length: shape[0] }, (_, i) => (data as Float32Array).slice(i * length, (i + 1) * length));
  return { tiles, factors: factors as Record<string, number>, context, inputs, from };
}

test('put back by the inverse order, the tiles are those of the picture, each with mean 0 and deviation 1', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { tiles, factors } = sampled({}, seed);
    const { frame, cropTop: y, cropLeft: x, cropSide } = factors;
    const side = 3 * 26;
    const picture = view(seed % 6).read({ start: frame, count: 1 });
    const part = crop(picture, { y, x, height: cropSide, width: cropSide });
    const whole = resize(part, side, side, cropSide >= side ? 'area' : 'bilinear');
    const [tops, lefts] = [factors.tileTops, factors.tileLefts] as unknown as number[][];
    inverseOrder(prepared.orders[factors.order]).forEach((place, tile) => {
      const cut = standardise(crop(whole, { y: tops[tile], x: lefts[tile], height: 20, width: 20 }));
      assert.deepEqual(tiles[place], cut.data);
    });
  }
});

test('neighbouring tiles are at least the gap apart, and stay in their cells', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 0, max: 6 }),
      fc.integer({ min: 8, max: 16 }),
      (seed, gap, jitter, tile) => {
        const { factors } = sampled({ gap, jitter, tile }, seed);
        const [tops, lefts] = [factors.tileTops, factors.tileLefts] as unknown as number[][];
        const cell = tile + gap + jitter;
        tops.forEach((top, i) => {
          assert.equal(Math.floor(top / cell), Math.floor(i / 3));
          assert.equal(Math.floor(lefts[i] / cell), i % 3);
          if (i % 3 < 2) assert.ok(lefts[i + 1] - lefts[i] >= tile + gap);
          if (i < 6) assert.ok(tops[i + 3] - top >= tile + gap);
        });
      },
    ),
    { numRuns: 40 },
  );
});

test('without jitter and gap the tiles touch, and cover the crop', () => {
  const { factors } = sampled({ gap: 0, jitter: 0 }, 2);
  assert.deepEqual(factors.tileTops, [0, 0, 0, 20, 20, 20, 40, 40, 40]);
  assert.deepEqual(factors.tileLefts, [0, 20, 40, 0, 20, 40, 0, 20, 40]);
});

test('normalised as a whole, tiles keep their different means', () => {
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const apart = sampled({}, 4).tiles.map(mean);
  assert.ok(apart.every((value) => Math.abs(value) < 1e-4));
  const together = sampled({ normalise: 'picture' }, 4).tiles.map(mean);
  assert.ok(Math.max(...together) - Math.min(...together) > 0.5, `${together}`);
});

test('channels move against each other by what the factors say, and not in grey pictures', () => {
  const given = { normalise: 'picture', smallestCrop: 1, tile: 12, gap: 2, jitter: 2, grey: 0, channelShift: 2 };
  let moved = 0;
  for (let seed = 0; seed < 10; seed++) {
    const { tiles, factors } = sampled(given, seed, 3, places);
    const shifts = factors.channelShifts as unknown as number[];
    assert.ok(shifts.every((shift) => Math.abs(shift) <= 2));
    const place = inverseOrder(prepared.orders[factors.order])[4];
    const step = tiles[place][1] - tiles[place][0];
    const red = tiles[place][0] - step * shifts[1];
    const green = tiles[place][144] - step * shifts[3];
    assert.ok(Math.abs(red - green) < 0.05 * step, 'the same place, once the shifts are taken away');
    moved += shifts[1] === shifts[3] ? 0 : 1;
  }
  assert.ok(moved > 4);
  const { tiles, factors } = sampled({ ...given, grey: 1 }, 3, 3, places);
  assert.equal(factors.grey, 1);
  assert.deepEqual(tiles[0].slice(0, 144), tiles[0].slice(144, 288));
});

test('crops and cells of the paper and of the released code', () => {
  const size = (options: Record<string, unknown>) =>
    jigsaw.presentation({ options: jigsaw.options.parse(options), prepared, channels: 3 }).size;
  assert.equal(size(jigsaw.presets.paper.options as Record<string, unknown>), 255);
  assert.equal(size(jigsaw.presets['paper-225'].options as Record<string, unknown>), 225);
  const set = jigsaw.prepare?.([], jigsaw.options.parse({ permutations: 10 }), new Random(0)) as PermutationSet;
  assert.deepEqual([set.orders.length, set.rule, set.smallestDistance], [10, 'max_min', 8]);
});

test('what is left out while training is drawn with the sample', () => {
  const { inputs } = sampled({ dropout: 0.5 }, 1);
  const kept = inputs.keptUnits.data as Float32Array;
  assert.equal(kept.length, 9 * 64 + 128);
  const share = kept.reduce((sum, value) => sum + value, 0) / kept.length;
  assert.ok(Math.abs(share - 0.5) < 0.1 && kept.every((value) => value === 0 || value === 1));
});

test('a drawing numbers the tiles in the picture, shows them shuffled, and put back as the network answered', () => {
  const { inputs, factors, context } = sampled({}, 1);
  const answer = prepared.orders.map((_, k) => (k === factors.order ? 1 : 0));
  const { rows, answer: right } = jigsaw.draw({ inputs, factors }, context, { view: view(1), answer });
  const [source, shuffled, restored] = rows[0];
  const numbers = (panel: typeof source) => panel.outlines?.map(({ text }) => Number(text));
  assert.deepEqual(numbers(source), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.deepEqual(
    numbers(shuffled),
    prepared.orders[factors.order].map((tile) => tile + 1),
  );
  assert.deepEqual(numbers(restored), [1, 2, 3, 4, 5, 6, 7, 8, 9], 'a right answer restores the picture');
  assert.match(right, new RegExp(`^tiles ${numbers(shuffled)?.join(' ')}, number ${factors.order + 1} of 24 orders$`));
});
