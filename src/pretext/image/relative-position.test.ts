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
import { relativePosition } from './relative-position.ts';

const store = pictureStore('clip', 6);
const view = (item: number) => sampleView(store, item, [0, 1, 2, 3, 4, 5]);
const plain = { coarse: 0, gamma: 0, colour: 'keep' };

function sampled(options: Record<string, unknown>, seed: number, channels: 1 | 3 = 1, from = view(seed % 6)) {
  const context = { options: relativePosition.options.parse(options), prepared: undefined, channels };
  const { inputs, factors } = relativePosition.sample(from, new Random(seed), context);
  const { shape, data } = inputs.patches;
  const length = shape[1] * shape[2] * shape[3];
  const patches = Array.from({ length: shape[0] }, (_, i) =>
    (data as Float32Array).slice(i * length, (i + 1) * length),
  );
  const asked = Array.from(inputs.positions.data as BigInt64Array, Number);
  return { patches, asked, factors: factors as Record<string, number> & Record<string, number[]>, context, inputs };
}

test('patches are those of the picture at the places that the factors name', () => {
  for (let seed = 0; seed < 20; seed++) {
    const { patches, factors } = sampled(plain, seed);
    const picture = view(seed % 6).read({ start: factors.frame, count: 1 });
    const { cropTop: y, cropLeft: x, cropSide } = factors;
    const whole = resize(crop(picture, { y, x, height: cropSide, width: cropSide }), 108, 108, 'bilinear');
    patches.forEach((patch, i) => {
      const cut = crop(whole, { y: factors.patchTops[i], x: factors.patchLefts[i], height: 24, width: 24 });
      assert.deepEqual(patch, standardise(cut).data);
    });
  }
});

test('a pair asked the other way round has the opposite answer, and every answer occurs as often', () => {
  const { asked } = sampled({}, 0);
  assert.deepEqual(asked.slice(0, 8), [0, 1, 2, 3, 4, 5, 6, 7]);
  asked.slice(8).forEach((position, i) => {
    assert.equal(position, 7 - asked[i]);
  });
  assert.deepEqual(sampled({ bothOrders: false }, 0).asked, [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('the answers are the directions in which the patches lie', () => {
  const { factors, asked } = sampled({}, 3);
  const ring = [0, 1, 2, 3, 5, 6, 7, 8];
  const directions = [
    [-1, -1],
    [-1, 0],
    [-1, 1],
    [0, -1],
    [0, 1],
    [1, -1],
    [1, 0],
    [1, 1],
  ];
  const cells = (distance: number) => Math.round(distance / 36) + 0;
  ring.forEach((place, i) => {
    const [first, second] = [4, place];
    const down = factors.patchTops[second] - factors.patchTops[first];
    const across = factors.patchLefts[second] - factors.patchLefts[first];
    assert.deepEqual(directions[asked[i]], [cells(down), cells(across)]);
    assert.deepEqual(directions[asked[i + 8]], [cells(-down), cells(-across)]);
  });
});

test('patches are at least the gap less twice the jitter apart, and never overlap', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 9 }), (seed, gap, jitter) => {
      const { factors } = sampled({ ...plain, patch: 10, gap, jitter }, seed);
      const least = 10 + gap - 2 * Math.min(jitter, Math.floor(gap / 2));
      const { patchTops: tops, patchLefts: lefts } = factors;
      for (let i = 0; i < 9; i++) {
        if (i % 3 < 2) assert.ok(lefts[i + 1] - lefts[i] >= least);
        if (i < 6) assert.ok(tops[i + 3] - tops[i] >= least);
      }
    }),
    { numRuns: 40 },
  );
  assert.deepEqual(sampled({ gap: 0 }, 1).factors.patchTops, [0, 0, 0, 24, 24, 24, 48, 48, 48]);
});

test('with colours dropped a patch does not change with two of its channels; with colours kept it does', () => {
  const base = new Random(7).fillUniform(new Float32Array(48 * 48 * 3));
  const colour = (changed: readonly number[]): SampleView => ({
    ...view(0),
    frames: 1,
    channels: 3,
    read: () => ({
      data: base.map((value, i) => (changed.includes(i % 3) ? 1 - value : value)),
      shape: [1, 48, 48, 3],
    }),
  });
  const given = { ...plain, colour: 'drop' };
  const { patches, factors } = sampled(given, 5, 3, colour([]));
  const { patches: others } = sampled(given, 5, 3, colour([0, 1]));
  factors.keptChannels.forEach((kept, i) => {
    assert.equal(
      patches[i].every((value, at) => value === others[i][at]),
      kept === 2,
    );
  });
  assert.equal(new Set(factors.keptChannels).size, 3);
  const whole = (changed: readonly number[]) => sampled({ ...plain }, 5, 3, colour(changed)).patches;
  assert.notDeepEqual(whole([]), whole([0, 1]));
});

test('coarse patches lose detail, and gamma is drawn for every patch', () => {
  const roughness = (patch: Float32Array) =>
    patch.reduce((sum, value, i) => sum + (i % 24 === 0 ? 0 : (value - patch[i - 1]) ** 2), 0);
  const noise = new Random(3).fillUniform(new Float32Array(48 * 48));
  const noisy: SampleView = { ...view(0), frames: 1, read: () => ({ data: noise, shape: [1, 48, 48, 1] }) };
  const sharp = sampled({ ...plain }, 2, 1, noisy).patches;
  const coarse = sampled({ ...plain, coarse: 1 }, 2, 1, noisy).patches;
  const sum = (patches: Float32Array[]) => patches.reduce((total, patch) => total + roughness(patch), 0);
  assert.ok(sum(coarse) < 0.8 * sum(sharp));
  const { gammas } = sampled({ gamma: 0.5 }, 2).factors;
  assert.equal(new Set(gammas).size, 9);
  assert.ok(gammas.every((gamma) => gamma > Math.exp(-0.5) && gamma < Math.exp(0.5)));
});

test("the paper's grids: patches of 96, a pitch of 144, over pictures of 150 to 450 thousand pixels", () => {
  const paper = relativePosition.options.parse(relativePosition.presets.paper.options);
  const { size } = relativePosition.presentation({ options: paper, prepared: undefined, channels: 3 });
  assert.equal(size, 432);
  const areas: number[] = [];
  for (let seed = 0; seed < 8; seed++) {
    const { factors, asked } = sampled(relativePosition.presets.paper.options as Record<string, unknown>, seed, 3);
    areas.push(factors.resizedHeight * factors.resizedWidth);
    assert.equal(factors.patchTops.length, 40);
    assert.equal(asked.length, 320);
    assert.ok(factors.grids[39] >= 2 && factors.grids[39] <= 6, `${factors.grids[39] + 1} grids`);
  }
  assert.ok(Math.min(...areas) > 149_000 && Math.max(...areas) < 451_000);
  assert.ok(Math.max(...areas) - Math.min(...areas) > 100_000);
});

test('over the whole picture: patches are those at the places that the factors name, and neighbours lie as asked', () => {
  for (let seed = 0; seed < 6; seed++) {
    const { patches, factors, asked } = sampled({ ...plain, layout: 'whole' }, seed);
    const picture = view(seed % 6).read({ start: factors.frame, count: 1 });
    const whole = resize(picture, factors.resizedHeight, factors.resizedWidth, 'bilinear');
    patches.forEach((patch, i) => {
      const cut = crop(whole, { y: factors.patchTops[i], x: factors.patchLefts[i], height: 24, width: 24 });
      assert.deepEqual(patch, standardise(cut).data);
    });
    const ring = ['-1,-1', '-1,0', '-1,1', '0,-1', '0,1', '1,-1', '1,0', '1,1'];
    const cells = (distance: number) => Math.round(distance / 36) + 0;
    asked.forEach((position, i) => {
      const [from, to] = [factors.firsts[i], factors.seconds[i]];
      const down = factors.patchTops[to] - factors.patchTops[from];
      const across = factors.patchLefts[to] - factors.patchLefts[from];
      assert.equal(ring[position], `${cells(down)},${cells(across)}`);
      assert.ok(Math.abs(down) >= 32 || Math.abs(across) >= 32, 'the gap less twice the jitter lies between');
    });
  }
});

test('pictures too long for two patches side by side are refused', () => {
  const options = relativePosition.options.parse({ layout: 'whole' });
  const item = { ...view(0).item, height: 40, width: 40 };
  assert.equal(relativePosition.refuses(item, options), undefined);
  assert.match(relativePosition.refuses({ ...item, width: 4000 }, options) ?? '', /4000×40 .* no room for two patches/);
});

test('a drawing of grids asks of pairs by number, and all eight answers among them', () => {
  const { inputs, factors, context } = sampled({ layout: 'whole' }, 1);
  const { rows, answer } = relativePosition.draw({ inputs, factors }, context, { view: view(1) });
  assert.equal(new Set(answer.split('; ').map((line) => line.replace(/^\d+ from \d+ /, ''))).size, 8);
  assert.match(answer, new RegExp(`^${factors.seconds[0] + 1} from ${factors.firsts[0] + 1} up left; `));
  assert.deepEqual(rows[0][1].outlines?.map(({ text }) => text).length, 8);
});

test('a drawing numbers the patches around A and says what was answered', () => {
  const { inputs, factors, context } = sampled({}, 1);
  const answer = Array.from({ length: 16 * 8 }, (_, i) => (i % 8 === 3 ? 1 : 0));
  const { rows, answer: right } = relativePosition.draw({ inputs, factors }, context, { view: view(1), answer });
  assert.deepEqual(
    rows[0][0].outlines?.map(({ text }) => text),
    ['1', '2', '3', '4', 'A', '5', '6', '7', '8'],
  );
  assert.match(right, /^1 up left, answered left; 2 up, answered left; .*; 8 down right, answered left$/);
});
