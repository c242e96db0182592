import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { hsvOf, rgbOf, type Triple } from './hsv.ts';

const close = (a: Triple, b: Triple) => a.every((value, i) => Math.abs(value - b[i]) < 1e-9);
const share = fc.double({ min: 0, max: 1, noNaN: true });

// Values of Python's colorsys.rgb_to_hsv.
test('known colours', () => {
  for (const [rgb, hsv] of [
    [
      [1, 0, 0],
      [0, 1, 1],
    ],
    [
      [0, 1, 0],
      [1 / 3, 1, 1],
    ],
    [
      [0, 0, 1],
      [2 / 3, 1, 1],
    ],
    [
      [1, 0, 1],
      [5 / 6, 1, 1],
    ],
    [
      [0.2, 0.4, 0.6],
      [0.5833333333333334, 0.6666666666666666, 0.6],
    ],
    [
      [0.8, 0.3, 0.35],
      [0.9833333333333333, 0.625, 0.8],
    ],
    [
      [0.5, 0.5, 0.5],
      [0, 0, 0.5],
    ],
    [
      [0, 0, 0],
      [0, 0, 0],
    ],
  ] as unknown as [Triple, Triple][]) {
    assert.ok(close(hsvOf(rgb), hsv), `${rgb}: ${hsvOf(rgb)}`);
  }
});

test('there and back, and whole turns of the hue change nothing', () => {
  fc.assert(
    fc.property(share, share, share, fc.integer({ min: -3, max: 3 }), (red, green, blue, turns) => {
      const [hue, saturation, value] = hsvOf([red, green, blue]);
      assert.ok(hue >= 0 && hue < 1 && saturation >= 0 && saturation <= 1);
      const back = rgbOf([hue + turns, saturation, value]);
      assert.ok(
        [red, green, blue].every((channel, i) => Math.abs(channel - back[i]) < 1e-6),
        `${[red, green, blue]} became ${back}`,
      );
    }),
  );
});
