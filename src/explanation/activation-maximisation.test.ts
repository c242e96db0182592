import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../base/random.ts';
import { climb } from './activation-maximisation.ts';
import type { AttributionTarget, InputLayout } from './attribution/target.ts';

/** y = Σ w x: the best bounded picture has the sign of w. */
function linear(layout: InputLayout, batch: number, weights: Float32Array): AttributionTarget {
  const values = (data: Float32Array) =>
    Float32Array.from({ length: batch }, (_, row) =>
      weights.reduce((sum, weight, i) => sum + weight * data[row * weights.length + i], 0),
    );
  return {
    name: 'a weighted sum',
    layout,
    batch,
    taps: [],
    unattended: 'it has no layers',
    attentions: () => Promise.reject(new Error('unused')),
    mapSizes: {},
    values: async (data) => values(data),
    gradients: async (data) => ({
      values: values(data),
      gradients: Float32Array.from(data, (_, i) => weights[i % weights.length]),
    }),
    tapSlopes: () => Promise.reject(new Error('no taps')),
    shuffled: () => Promise.reject(new Error('no weights')),
    release: async () => undefined,
  };
}

for (const frames of [1, 3]) {
  test(`climbing a weighted sum over ${frames} frame${frames > 1 ? 's' : ''} finds the sign of its smooth weights`, async () => {
    const layout = { views: 1, channels: 1, frames, height: 8, width: 10 };
    const weights = Float32Array.from({ length: frames * 80 }, (_, i) => Math.cos((Math.PI * ((i % 10) + 0.5)) / 10));
    const options = { steps: 60, rate: 0.1, jitter: 0, range: [-1, 2] as const, size: 0, roughness: 0 };
    const run = () => climb(linear(layout, 2, weights), { ...options, random: new Random('climb') });
    const { pictures, before, after } = await run();
    for (let row = 0; row < 2; row++) assert.ok(after[row] > before[row]);
    assert.ok(
      pictures.every((value) => value >= -1 && value <= 2),
      'inside the range of the data',
    );
    const right = Array.from(pictures).filter(
      (value, i) => Math.abs(weights[i % weights.length]) < 0.3 || value > 0.5 === weights[i % weights.length] > 0,
    );
    assert.ok(right.length / pictures.length > 0.95, `${right.length} of ${pictures.length}`);
    assert.deepEqual((await run()).pictures, pictures, 'the same seed, the same pictures');
  });
}

test('roughness is paid for', async () => {
  const layout = { views: 1, channels: 1, frames: 1, height: 12, width: 12 };
  const random = new Random('rough weights');
  const weights = Float32Array.from({ length: 144 }, () => random.normal());
  const options = { steps: 50, rate: 0.1, jitter: 0, range: [-1, 1] as const, size: 0 };
  const total = (values: Float32Array) =>
    values.reduce((sum, value, i) => (i % 12 === 11 ? sum : sum + (values[i + 1] - value) ** 2), 0);
  const free = await climb(linear(layout, 1, weights), { ...options, roughness: 0, random: new Random(1) });
  const smooth = await climb(linear(layout, 1, weights), { ...options, roughness: 5, random: new Random(1) });
  assert.ok(total(smooth.pictures) < 0.5 * total(free.pictures));
});
