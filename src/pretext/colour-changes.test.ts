import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { hsvOf } from '../data/transform/hsv.ts';
import { type ColourChange, changeColours, colourAxesOf, drawColourChange } from './colour-changes.ts';

const still: ColourChange = {
  firstComponent: 1,
  secondComponent: 1,
  thirdComponent: 1,
  saturationPower: 1,
  saturationGain: 1,
  saturationShift: 0,
  valuePower: 1,
  valueGain: 1,
  valueShift: 0,
  hueShift: 0,
};
const ranges = { contrast: 2, power: 4, smallestGain: 0.7, largestGain: 1.4, brightness: 0.1, hue: 0.1 };
const random = new Random(4);
const data = random.fillUniform(new Float32Array(3 * 100), 0.3, 0.7);
const picture = { data, shape: [1, 10, 10, 3] as const };
const axes = colourAxesOf(data);
const pixel = (values: Float32Array, i: number) => [values[3 * i], values[3 * i + 1], values[3 * i + 2]] as const;

test('the axes are those along which colours vary: a line of colours has its direction first', () => {
  const direction = [0.6, 0, -0.8];
  const line = Array.from({ length: 50 }, () => random.normal(0, 30)).flatMap((t) => direction.map((d) => 128 + d * t));
  const found = colourAxesOf(line, 255);
  assert.ok(Math.abs(Math.abs(found.axes[0][0]) - 0.6) < 1e-6 && Math.abs(found.axes[0][1]) < 1e-6);
  assert.ok(found.axes[0][0] * found.axes[0][2] < 0);
  for (const a of [0, 1, 2]) {
    for (const b of [0, 1, 2]) {
      const product = axes.axes[a].reduce((sum, value, i) => sum + value * axes.axes[b][i], 0);
      assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-9);
    }
  }
});

test('no change leaves the picture as it is', () => {
  changeColours(picture, still, axes).data.forEach((value, i) => {
    assert.ok(Math.abs(value - data[i]) < 1e-6);
  });
});

test('a factor stretches its component and no other', () => {
  const out = changeColours(picture, { ...still, secondComponent: 1.3 }, axes).data;
  for (let i = 0; i < 100; i++) {
    axes.axes.forEach((axis, k) => {
      const along = (values: readonly number[]) =>
        axis.reduce((sum, value, c) => sum + value * (values[c] - axes.mean[c]), 0);
      assert.ok(Math.abs(along(pixel(out, i)) - (k === 1 ? 1.3 : 1) * along(pixel(data, i))) < 1e-5);
    });
  }
});

test('saturation and value get their power, factor and shift; the hue turns', () => {
  const change = { ...still, saturationPower: 0.5, saturationGain: 0.8, valuePower: 2, valueShift: 0.1, hueShift: 0.2 };
  const out = changeColours(picture, change, axes).data;
  for (let i = 0; i < 100; i++) {
    const [hue, saturation, value] = hsvOf(pixel(data, i));
    const [newHue, newSaturation, newValue] = hsvOf(pixel(out, i));
    assert.ok(Math.abs(((hue + 0.2) % 1) - newHue) < 1e-4);
    assert.ok(Math.abs(0.8 * Math.sqrt(saturation) - newSaturation) < 1e-5);
    assert.ok(Math.abs(value ** 2 + 0.1 - newValue) < 1e-5);
  }
});

test('draws fill the ranges of the paper and stay in them', () => {
  const drawn = Array.from({ length: 400 }, (_, seed) => drawColourChange(ranges, new Random(seed)));
  const within = (name: keyof ColourChange, low: number, high: number) => {
    const values = drawn.map((change) => change[name]);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    assert.ok(least >= low && most <= high, `${name}: ${least} to ${most}`);
    assert.ok(least < low + 0.1 * (high - low) && most > high - 0.1 * (high - low), `${name}: ${least} to ${most}`);
  };
  within('firstComponent', 0.5, 2);
  within('thirdComponent', 0.5, 2);
  within('saturationPower', 0.25, 4);
  within('valuePower', 0.25, 4);
  within('saturationGain', 0.7, 1.4);
  within('valueGain', 0.7, 1.4);
  within('saturationShift', -0.1, 0.1);
  within('valueShift', -0.1, 0.1);
  within('hueShift', -0.1, 0.1);
});
