import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureStore } from '../../../test/catalogue/pictures.ts';
import { Random } from '../../base/random.ts';
import { sampleView } from '../../training/sampling/views.ts';
import type { SampleView } from '../method.ts';
import { exemplar } from './exemplar.ts';

const store = pictureStore('clip', 6);
const view = (item: number) => sampleView(store, item, [0, 1, 2, 3, 4, 5]);
const views = [0, 1, 2, 3, 4, 5].map(view);
const unmoved = { translation: 0, smallestScale: 1, largestScale: 1, rotation: 0, seedScale: 1 };
const untoned = { contrast: 1, power: 1, smallestGain: 1, largestGain: 1, brightness: 0, hue: 0 };
const still = { ...unmoved, ...untoned };

function sampled(
  given: Record<string, unknown>,
  seed: number,
  items: readonly SampleView[] = views,
  channels: 1 | 3 = 1,
) {
  const options = exemplar.options.parse({ seeds: 20, ...given });
  const prepared = exemplar.prepare?.(items, options, new Random(1));
  const context = { options, prepared, channels };
  const { inputs, factors } = exemplar.sample(view(0), new Random(seed), context);
  const data = inputs.patches.data as Float32Array;
  const length = channels * 1024;
  const patches = Array.from({ length: 8 }, (_, i) => data.slice(i * length, (i + 1) * length));
  return { patches, context, inputs, factors: factors as Record<string, number[]>, prepared };
}

test('without changes, patches of one seed are the same, and of different seeds are not', () => {
  const bySeed = new Map<number, Float32Array>();
  for (let seed = 0; seed < 20; seed++) {
    const { patches, factors } = sampled(still, seed);
    factors.seeds.forEach((drawn, i) => {
      const known = bySeed.get(drawn) ?? patches[i];
      assert.deepEqual(patches[i], known);
      bySeed.set(drawn, known);
    });
  }
  assert.equal(bySeed.size, 20);
  assert.ok(new Set([...bySeed.values()].map((patch) => patch.slice(0, 40).join())).size > 18);
});

test('with changes every view differs, within the ranges', () => {
  const { patches, factors } = sampled({}, 3);
  assert.equal(new Set(patches.map((patch) => patch.join())).size, 8);
  for (let i = 0; i < 8; i++) {
    assert.ok(Math.abs(factors.y[i] - 32) <= 0.2 * 32 && Math.abs(factors.degrees[i]) <= 20);
    assert.ok(factors.scale[i] >= 0.7 && factors.scale[i] <= 1.4);
  }
});

test('seeds are found where there is something to see', () => {
  const half = (kind: string): SampleView => ({
    ...view(0),
    item: { ...view(0).item, id: kind },
    frames: 1,
    height: 256,
    width: 256,
    read: () => {
      const noise = new Random(3).fillUniform(new Float32Array(256 * 256));
      return { data: noise.map((value, i) => (i % 256 < 128 ? 0.5 : value)), shape: [1, 256, 256, 1] };
    },
  });
  const flat = (selection: string) => {
    const { prepared } = sampled({ seeds: 60, selection }, 0, [half('half')]);
    const { pixels, side } = prepared as { pixels: Uint8Array; side: number };
    const middle = (seed: number) => pixels[seed * side * side + (side / 2) * side + side / 2];
    return Array.from({ length: 60 }, (_, seed) => middle(seed)).filter((value) => value === 128).length;
  };
  assert.ok(flat('gradient') < 10, `${flat('gradient')} of 60`);
  assert.ok(flat('uniform') > 20, `${flat('uniform')} of 60`);
});

test('seeds are the same under a seed, and are made of 8 bits', () => {
  const { prepared } = sampled({}, 0);
  assert.deepEqual(prepared, sampled({}, 5).prepared);
  assert.deepEqual(prepared, structuredClone(prepared));
  assert.equal((prepared as { pixels: Uint8Array }).pixels.length, 20 * 64 * 64);
});

test('a drawing shows the seeds beside their views, with what was answered', () => {
  const { inputs, factors, context } = sampled({}, 1);
  const answer = Array.from({ length: 8 * 20 }, (_, i) => (i % 20 === 6 ? 1 : 0));
  const { rows, answer: right } = exemplar.draw({ inputs, factors }, context, { view: view(1), answer });
  assert.deepEqual(
    rows[0][0].outlines?.map(({ text }) => text),
    factors.seeds.map((seed) => `${seed + 1}`),
  );
  assert.match(right, new RegExp(`^${factors.seeds[0] + 1}, answered as 7; `));
});

const coloured = pictureStore('clip', 6, 3);
const colourViews = [0, 1, 2, 3, 4, 5].map((item) => sampleView(coloured, item, [0, 1, 2, 3, 4, 5]));
const changesOfColour = [
  ...['firstComponent', 'secondComponent', 'thirdComponent', 'hueShift'],
  ...['saturationPower', 'saturationGain', 'saturationShift', 'valuePower', 'valueGain', 'valueShift'],
];

test('colours of a seed change, every draw is a factor, and grey data have none of these', () => {
  const one = sampled({ ...unmoved, seeds: 2 }, 1, colourViews, 3);
  const [seed, other] = [0, 1].map((k) => one.patches.filter((_, i) => one.factors.seeds[i] === k));
  for (const members of [seed, other]) {
    assert.equal(new Set(members.map((patch) => patch.join())).size, members.length, 'no two look alike');
  }
  for (const name of changesOfColour) assert.equal(new Set(one.factors[name]).size, 8, name);
  assert.ok(one.factors.hueShift.every((shift) => Math.abs(shift) <= 0.1));
  const grey = sampled({}, 1).factors;
  for (const name of changesOfColour) assert.ok(!(name in grey), name);
  const shown = sampled({}, 1, colourViews, 1).factors;
  assert.ok(!('hueShift' in shown), 'nor has colour that is shown in grey');
});

test('without changes colours stay, and with the mean of the data taken away the seeds average to nothing', () => {
  const { patches, factors, prepared } = sampled({ ...still, normalise: 'data' }, 2, colourViews, 3);
  const { pixels, mean, side } = prepared as { pixels: Uint8Array; mean: number[]; side: number };
  const at = (seed: number, y: number, x: number, c: number) => pixels[((seed * side + y) * side + x) * 3 + c] / 255;
  for (const c of [0, 1, 2]) {
    const shown = patches[0][c * 1024 + 5 * 32 + 7];
    assert.ok(Math.abs(shown + mean[c] - at(factors.seeds[0], 16 + 5, 16 + 7, c)) < 1e-5);
    let sum = 0;
    for (let i = c; i < pixels.length; i += 3) sum += pixels[i] / 255 - mean[c];
    assert.ok(Math.abs((3 * sum) / pixels.length) < 1e-9);
  }
});

test('in proportion to squared gradients: a texture twice as strong is found about four times as often', () => {
  const noise = new Random(3).fillUniform(new Float32Array(400 * 400), -0.2, 0.2);
  const strong: SampleView = {
    ...view(0),
    frames: 1,
    height: 400,
    width: 400,
    read: () => ({ data: noise.map((value, i) => 0.5 + (i % 400 < 200 ? 2 : 1) * value), shape: [1, 400, 400, 1] }),
  };
  const { prepared } = sampled({ seeds: 400, seedScale: 1, patch: 8 }, 0, [strong]);
  const { pixels, side } = prepared as { pixels: Uint8Array; side: number };
  const spread = (seed: number) => {
    const part = pixels.subarray(seed * side * side, (seed + 1) * side * side);
    return part.reduce((most, value) => Math.max(most, Math.abs(value - 127.5)), 0);
  };
  const found = Array.from({ length: 400 }, (_, seed) => (spread(seed) > 60 ? 1 : 0) as number);
  const share = found.reduce((sum, value) => sum + value, 0) / 400;
  assert.ok(share > 0.72 && share < 0.88, `${share}`);
});

test('seeds are cut at random scales where pictures are large enough', () => {
  const large: SampleView = {
    ...view(0),
    frames: 1,
    height: 200,
    width: 300,
    read: () => ({ data: new Random(3).fillUniform(new Float32Array(200 * 300)), shape: [1, 200, 300, 1] }),
  };
  const scalesOf = (items: readonly SampleView[], seedScale: number) =>
    (sampled({ seedScale }, 0, items).prepared as { scales: number[] }).scales;
  const scales = scalesOf([large], 2);
  assert.ok(scales.every((scale) => scale >= 1 && scale < 2) && Math.max(...scales) - Math.min(...scales) > 0.4);
  assert.ok(scalesOf([large], 10).every((scale) => scale <= 200 / 64));
  assert.ok(
    scalesOf(views, 2).every((scale) => scale === 48 / 64),
    'small pictures are enlarged',
  );
});

test('the paper has translation to 0.2, scale 0.7 to 1.4, 20 degrees, power 4 and hue to 0.1', () => {
  const paper = exemplar.options.parse(exemplar.presets.paper.options) as Record<string, unknown>;
  const expected = { seeds: 8000, translation: 0.2, smallestScale: 0.7, largestScale: 1.4, rotation: 20, contrast: 2 };
  const tones = { power: 4, smallestGain: 0.7, largestGain: 1.4, brightness: 0.1, hue: 0.1, selection: 'gradient' };
  for (const [name, value] of Object.entries({ ...expected, ...tones })) assert.equal(paper[name], value, name);
});
