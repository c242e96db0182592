import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { patchAppearance } from './patch-appearance.ts';

const released = { coarse: 0, gamma: 0, colour: 'drop', normalise: 'rms', gain: 50 } as const;
const data = new Random(2).fillUniform(new Float32Array(24 * 24 * 3), 0.2, 0.9);
const colour = { data, shape: [1, 24, 24, 3] as const };
const grey = { data: data.slice(0, 576), shape: [1, 24, 24, 1] as const };

const rms = (values: ArrayLike<number>) =>
  Math.sqrt(Array.from(values).reduce((sum, value) => sum + value * value, 0) / values.length);
const channel = (values: Float32Array, c: number) => values.filter((_, i) => i % 3 === c);
const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('as released: one channel without its mean, noise for the others, and a root mean square of 50 over all', () => {
  for (let seed = 0; seed < 6; seed++) {
    const { pixels, kept } = patchAppearance(colour, new Random(seed), released);
    assert.ok(Math.abs(rms(pixels.data) - 50) < 1e-3);
    const shown = channel(pixels.data, kept);
    assert.ok(Math.abs(mean(shown)) < 1e-3);
    const original = channel(data, kept);
    const factor = rms(shown) / rms(original.map((value) => value - mean(original)));
    shown.forEach((value, i) => {
      assert.ok(Math.abs(value - factor * (original[i] - mean(original))) < 1e-2);
    });
    // Noise keeps the little mean it has: nothing but the scale is changed.
    const noise = channel(pixels.data, (kept + 1) % 3);
    assert.ok(noise.every((value) => Math.abs(value) <= 0.5 * factor + 1e-3) && Math.abs(mean(noise)) > 1e-4);
  }
});

test('of colours that are kept or projected, and of grey, every channel loses its mean first', () => {
  for (const [patch, kind] of [
    [colour, 'keep'],
    [colour, 'project'],
    [grey, 'drop'],
  ] as const) {
    const { pixels } = patchAppearance(patch, new Random(1), { ...released, colour: kind });
    assert.ok(Math.abs(rms(pixels.data) - 50) < 1e-3);
    for (let c = 0; c < patch.shape[3]; c++) {
      assert.ok(Math.abs(mean(pixels.data.filter((_, i) => i % patch.shape[3] === c))) < 1e-3);
    }
  }
});

test('a third of patches is made coarse, and black ones stay black', () => {
  const drawn = Array.from({ length: 300 }, (_, seed) =>
    patchAppearance(grey, new Random(seed), { ...released, coarse: 0.33 }),
  );
  const coarse = drawn.filter((patch) => patch.coarse).length;
  assert.ok(coarse > 70 && coarse < 130, `${coarse} of 300`);
  const black = { data: new Float32Array(576), shape: [1, 24, 24, 1] as const };
  assert.ok(patchAppearance(black, new Random(1), released).pixels.data.every((value) => value === 0));
});
