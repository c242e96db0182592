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
const still = { translation: 0, scale: 1, rotation: 0, contrast: 1, power: 1, brightness: 0 };

function sampled(given: Record<string, unknown>, seed: number, items: readonly SampleView[] = views) {
  const options = exemplar.options.parse({ seeds: 20, ...given });
  const prepared = exemplar.prepare?.(items, options, new Random(1));
  const context = { options, prepared, channels: 1 as const };
  const { inputs, factors } = exemplar.sample(view(0), new Random(seed), context);
  const data = inputs.patches.data as Float32Array;
  const patches = Array.from({ length: 8 }, (_, i) => data.slice(i * 1024, (i + 1) * 1024));
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
    assert.ok(Math.abs(factors.centreRows[i] - 32) <= 0.2 * 32 && Math.abs(factors.degrees[i]) <= 20);
    assert.ok(factors.scales[i] >= 1 / 1.4 && factors.scales[i] <= 1.4);
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
