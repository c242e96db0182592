import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import {
  drawKeptBoxes,
  drawPaintedBoxes,
  mapIntensities,
  paintInside,
  paintOutside,
  shuffleLocally,
  type VoxelBox,
} from '../deformations.ts';
import { modelsGenesis } from './models-genesis.ts';

const shape = [16, 20, 24, 1] as const;
const volume = { data: new Random(1).fillUniform(new Float32Array(16 * 20 * 24)), shape };
const within = (i: number, boxes: readonly VoxelBox[]) => {
  const place = [Math.floor(i / 480), Math.floor(i / 24) % 20, i % 24];
  return boxes.some(({ corner, size }) =>
    place.every((at, axis) => at >= corner[axis] && at < corner[axis] + size[axis]),
  );
};

test('a curve on the diagonal changes nothing, its inversion turns black to white, any other keeps 0 to 1', () => {
  const diagonal = [1 / 3, 1 / 3, 2 / 3, 2 / 3] as const;
  const same = mapIntensities(volume, { controls: diagonal, inverted: false }).data;
  const inverse = mapIntensities(volume, { controls: diagonal, inverted: true }).data;
  volume.data.forEach((value, i) => {
    assert.ok(Math.abs(same[i] - value) < 1e-6 && Math.abs(inverse[i] - (1 - value)) < 1e-6);
  });
  const bent = mapIntensities(volume, { controls: [0.9, 0.1, 0.2, 0.8], inverted: false }).data;
  const order = [...volume.data.keys()].sort((a, b) => volume.data[a] - volume.data[b]);
  for (let i = 1; i < order.length; i++) assert.ok(bent[order[i]] >= bent[order[i - 1]], 'it never falls');
  assert.ok(bent.every((value) => value >= 0 && value <= 1));
});

test('shuffling moves voxels by less than a tenth of each side, and one window keeps all of them', () => {
  const one = shuffleLocally(volume, 1, new Random(3)).data;
  assert.deepEqual([...one].sort(), [...volume.data].sort());
  const wide = { data: Float32Array.from({ length: 30 ** 3 }, (_, i) => i), shape: [30, 30, 30, 1] as const };
  const many = shuffleLocally(wide, 500, new Random(2)).data;
  let moved = 0;
  many.forEach((from, to) => {
    const distance = (a: number) => Math.abs((Math.floor(from / a) % 30) - (Math.floor(to / a) % 30));
    assert.ok(Math.max(distance(900), distance(30), distance(1)) < 3);
    if (from !== to) moved++;
  });
  assert.ok(moved > 1000);
});

test('boxes keep three voxels from the border and have the released sizes', () => {
  const counts = new Set<number>();
  for (let seed = 0; seed < 200; seed++) {
    const kept = drawKeptBoxes(shape, new Random(seed));
    const painted = drawPaintedBoxes(shape, new Random(seed));
    counts.add(kept.length);
    for (const [boxes, low, high] of [
      [kept, (side: number) => side - Math.floor((4 * side) / 7), (side: number) => side - Math.floor((3 * side) / 7)],
      [painted, (side: number) => Math.floor(side / 6), (side: number) => Math.floor(side / 3)],
    ] as const) {
      for (const { corner, size } of boxes) {
        size.forEach((length, axis) => {
          assert.ok(length >= low(shape[axis]) && length <= high(shape[axis]));
          assert.ok(corner[axis] >= 3 && corner[axis] + length <= shape[axis] - 3);
        });
      }
    }
  }
  assert.ok(counts.has(5) && Math.min(...counts) >= 1);
});

test('painting outside keeps the boxes, painting inside keeps the rest', () => {
  const boxes = drawKeptBoxes(shape, new Random(4));
  const outside = paintOutside(volume, boxes, new Random(5)).data;
  const inside = paintInside(volume, boxes, new Random(5)).data;
  volume.data.forEach((value, i) => {
    assert.equal(outside[i] === value, within(i, boxes));
    assert.equal(inside[i] === value, !within(i, boxes));
  });
});

const store = pictureStore('volume', 3);
const view = (item: number) => sampleView(store, item, [0, 1, 2]);
function sampled(options: Record<string, unknown>, seed: number) {
  const context = { options: modelsGenesis.options.parse(options), prepared: undefined, channels: 1 as const };
  return { ...modelsGenesis.sample(view(seed % 3), new Random(seed), context), context };
}

test('without deformations the network sees the original, flipped or not; each rate is kept', () => {
  const none = sampled({ shuffle: 0, intensity: 0, paint: 0 }, 1);
  assert.deepEqual(none.inputs.deformed.data, none.inputs.original.data);
  const upright = sampled({ flip: 0, shuffle: 0, intensity: 0, paint: 0 }, 2);
  const { slice, top, left } = upright.factors as Record<string, number>;
  const whole = view(2).read().data;
  upright.inputs.original.data.forEach((value, i) => {
    const [z, y, x] = [Math.floor(i / 1024) + slice, (Math.floor(i / 32) % 32) + top, (i % 32) + left];
    assert.equal(value, whole[(z * 48 + y) * 48 + x]);
  });
  const draws = Array.from({ length: 300 }, (_, seed) => sampled({ size: 16, windows: 1 }, seed).factors);
  const share = (holds: (factors: (typeof draws)[number]) => boolean) => draws.filter(holds).length / 300;
  assert.ok(Math.abs(share(({ shuffled }) => shuffled === 1) - 0.5) < 0.12);
  assert.ok(Math.abs(share(({ curve }) => (curve as number[]).length > 0) - 0.9) < 0.07);
  assert.ok(Math.abs(share(({ painted }) => painted === 'inside') - 0.18) < 0.09);
  assert.ok(Math.abs(share(({ painted }) => painted === 'outside') - 0.72) < 0.11);
  assert.ok(Math.abs(share(({ flips }) => (flips as number[]).length > 0) - 0.4) < 0.12);
});

test('volumes too thin are refused; the drawing outlines the part', () => {
  const { inputs, factors, context } = sampled({}, 4);
  const refuses = (changes: object) => modelsGenesis.refuses(pictureItem('volume', 'x', changes), context.options);
  assert.equal(refuses({}), undefined);
  assert.equal(refuses({ frames: 12 }), '12 slices are fewer than the 16 that are cut');
  const { rows } = modelsGenesis.draw({ inputs, factors }, context, { view: view(1) });
  assert.deepEqual(
    rows[0].map(({ role }) => role),
    ['source', 'input', 'target'],
  );
  assert.equal(rows[0][0].outlines?.[0].width, 32);
});
