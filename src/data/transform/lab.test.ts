import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { labOf, labToRgb, rgbOf, rgbToLab } from './lab.ts';

type Triple = [number, number, number];
const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../../../test/golden/colour.json'), 'utf8')) as {
  rgb: Triple[];
  lab: Triple[];
  fromLab: { lab: Triple[]; rgb: Triple[] };
};

test("colours are scikit-image's, there and back", () => {
  golden.rgb.forEach(([red, green, blue], i) => {
    labOf(red / 255, green / 255, blue / 255).forEach((value, k) => {
      assert.ok(Math.abs(value - golden.lab[i][k]) < 2e-5, `${golden.rgb[i]}: ${value}, not ${golden.lab[i][k]}`);
    });
  });
  golden.fromLab.lab.forEach((lab, i) => {
    rgbOf(...lab).forEach((value, k) => {
      assert.ok(Math.abs(value - golden.fromLab.rgb[i][k]) < 2e-5, `${lab}: ${value}`);
    });
  });
});

test('black, white and greys have no colour, and every colour of a screen comes back', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(unit, unit, unit, (red, green, blue) => {
      const [lightness, a, b] = labOf(red, green, blue);
      const [, greyA, greyB] = labOf(red, red, red);
      // The matrix is printed to six digits, so that a grey is off by that much.
      assert.ok(Math.abs(greyA) < 0.01 && Math.abs(greyB) < 0.02);
      rgbOf(lightness, a, b).forEach((value, k) => {
        assert.ok(Math.abs(value - [red, green, blue][k]) < 1e-4);
      });
    }),
  );
});

test('pictures are converted pixel by pixel, and grey ones refused', () => {
  const data = new Float32Array([1, 0, 0, 0, 0.5, 1]);
  const { data: lab } = rgbToLab({ data, shape: [1, 1, 2, 3] });
  assert.deepEqual(lab.slice(3), Float32Array.from(labOf(0, 0.5, 1)));
  const { data: back } = labToRgb({ data: lab, shape: [1, 1, 2, 3] });
  back.forEach((value, i) => {
    assert.ok(Math.abs(value - data[i]) < 1e-4);
  });
  assert.throws(() => rgbToLab({ data, shape: [1, 1, 6, 1] }), /three channels/);
});
