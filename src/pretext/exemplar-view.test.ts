import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { exemplarView } from './exemplar-view.ts';

const still = {
  translation: 0,
  smallestScale: 1,
  largestScale: 1,
  rotationDegrees: 0,
  contrast: 1,
  power: 1,
  smallestGain: 1,
  largestGain: 1,
  brightness: 0,
  hue: 0,
  blur: 0,
};
const picture = { data: new Random(2).fillUniform(new Float32Array(20 * 20)), shape: [1, 20, 20, 1] as const };
const place = { y: 10, x: 10, height: 8, width: 8 };

test('without changes the patch is the part of the picture', () => {
  const { pixels } = exemplarView(picture, place, 8, still, new Random(1));
  for (let i = 0; i < 64; i++) {
    const expected = picture.data[(6 + Math.floor(i / 8)) * 20 + 6 + (i % 8)];
    assert.ok(Math.abs(pixels.data[i] - expected) < 1e-6);
  }
});

test('a ramp shows by how much a patch was moved, scaled and turned', () => {
  const ramp = { data: Float32Array.from({ length: 400 }, (_, i) => (i % 20) / 20), shape: [1, 20, 20, 1] as const };
  const ranges = { ...still, translation: 0.2, smallestScale: 0.7, largestScale: 1.4, rotationDegrees: 20 };
  for (let seed = 0; seed < 20; seed++) {
    const { pixels, drawn } = exemplarView(ramp, place, 8, ranges, new Random(seed));
    const mean = pixels.data.reduce((sum, value) => sum + value, 0) / 64;
    assert.ok(Math.abs(mean - (drawn.x - 0.5) / 20) < 1e-5, 'the middle');
    const across = (pixels.data[7] - pixels.data[0]) / 7;
    const down = (pixels.data[56] - pixels.data[0]) / 7;
    assert.ok(Math.abs(across - Math.cos((drawn.degrees * Math.PI) / 180) / drawn.scale / 20) < 1e-5);
    assert.ok(Math.abs(down + Math.sin((drawn.degrees * Math.PI) / 180) / drawn.scale / 20) < 1e-5);
    assert.ok(drawn.scale > 0.7 && drawn.scale < 1.4 && Math.abs(drawn.degrees) < 20);
    assert.ok(Math.abs(drawn.x - 10) <= 1.6 && Math.abs(drawn.y - 10) <= 1.6);
  }
});

test('contrast, power, gain and brightness act in this order, and values stay between 0 and 1', () => {
  const ranges = { ...still, contrast: 1.2, power: 2, smallestGain: 0.7, largestGain: 1.4, brightness: 0.05 };
  const before = exemplarView(picture, place, 8, still, new Random(4)).pixels.data;
  const mean = before.reduce((sum, value) => sum + value, 0) / 64;
  const limited = (value: number) => Math.min(1, Math.max(0, value));
  for (let seed = 0; seed < 10; seed++) {
    const { pixels, drawn } = exemplarView(picture, place, 8, ranges, new Random(seed));
    pixels.data.forEach((value, i) => {
      const expected = limited(
        drawn.gain * limited(mean + drawn.contrast * (before[i] - mean)) ** drawn.power + drawn.brightness,
      );
      assert.ok(Math.abs(value - expected) < 1e-5 && value >= 0 && value <= 1);
    });
  }
});

test('a part that is not square is shown whole in a square', () => {
  const ramp = { data: Float32Array.from({ length: 400 }, (_, i) => (i % 20) / 20), shape: [1, 20, 20, 1] as const };
  const { pixels } = exemplarView(ramp, { y: 10, x: 10, height: 4, width: 16 }, 8, still, new Random(1));
  for (let i = 0; i < 64; i++) assert.ok(Math.abs(pixels.data[i] - (1.5 + 2 * (i % 8) + 1) / 20) < 1e-5);
});

test('blur softens, and is drawn only where it is asked for', () => {
  const roughness = (data: Float32Array) =>
    data.reduce((sum, value, i) => sum + (i === 0 ? 0 : Math.abs(value - data[i - 1])), 0);
  const sharp = exemplarView(picture, place, 8, still, new Random(1));
  const soft = exemplarView(picture, place, 8, { ...still, blur: 2 }, new Random(1));
  assert.ok(!('blur' in sharp.drawn) && soft.drawn.blur > 0 && soft.drawn.blur <= 2);
  assert.ok(roughness(soft.pixels.data) < roughness(sharp.pixels.data));
});
