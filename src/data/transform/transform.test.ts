import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import { centreBox, crop, maskCircle, pad } from './crop.ts';
import { looksGrey, toColour, toGrey } from './grey.ts';
import type { Pixels } from './pixels.ts';
import { flipHorizontally, flipVertically, quarterTurn, transpose } from './quarter-turn.ts';
import { fittedSize, resize } from './resize.ts';
import { rotate } from './rotate.ts';

function noise(shape: Pixels['shape'], seed = 0): Pixels<Float32Array> {
  const data = new Float32Array(shape.reduce((product, length) => product * length, 1));
  return { data: new Random(seed).fillUniform(data), shape };
}

const side = fc.integer({ min: 1, max: 9 });
const shapes = fc
  .tuple(fc.integer({ min: 1, max: 3 }), side, side, fc.constantFrom(1, 3))
  .map((shape) => shape as readonly [number, number, number, number]);

test('a quarter turn is counter-clockwise and moves whole pixels', () => {
  const picture = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [1, 2, 3, 1] } as const;
  assert.deepEqual(quarterTurn(picture, 1), { data: Uint8Array.of(3, 6, 2, 5, 1, 4), shape: [1, 3, 2, 1] });
  assert.deepEqual(quarterTurn(picture, 2), { data: Uint8Array.of(6, 5, 4, 3, 2, 1), shape: [1, 2, 3, 1] });
  assert.deepEqual(quarterTurn(picture, 3), { data: Uint8Array.of(4, 1, 5, 2, 6, 3), shape: [1, 3, 2, 1] });
});

test('turns are the transposes and flips of the released data loader, and four of them are none', () => {
  fc.assert(
    fc.property(shapes, (shape) => {
      const frames = noise(shape);
      assert.deepEqual(quarterTurn(frames, 1), flipVertically(transpose(frames)));
      assert.deepEqual(quarterTurn(frames, 2), flipHorizontally(flipVertically(frames)));
      assert.deepEqual(quarterTurn(frames, 3), transpose(flipVertically(frames)));
      assert.deepEqual(quarterTurn(quarterTurn(frames, 1), 1), quarterTurn(frames, 2));
      assert.deepEqual(quarterTurn(quarterTurn(quarterTurn(frames, 2), 1), 1), frames);
      assert.deepEqual(quarterTurn(quarterTurn(frames, 3), 1), frames);
      assert.deepEqual(flipHorizontally(flipHorizontally(frames)), frames);
    }),
  );
});

test('rotating by 90 degrees is a quarter turn, by 0 nothing', () => {
  const frames = noise([2, 7, 7, 3]);
  assert.deepEqual(rotate(frames, 0), frames);
  const turned = quarterTurn(frames, 1).data;
  rotate(frames, 90).data.forEach((value, i) => {
    assert.ok(Math.abs(value - turned[i]) < 1e-5);
  });
});

test('rotating fills what comes from outside and stays within the values there are', () => {
  const { data } = rotate({ data: new Uint8Array(81).fill(200), shape: [1, 9, 9, 1] }, 45, 7);
  assert.equal(data[0], 7);
  assert.equal(data[40], 200);
  assert.ok(data.every((value) => value >= 7 && value <= 200));
});

test('area averaging keeps the mean and halves exactly', () => {
  const halved = resize({ data: Float32Array.of(1, 3, 5, 7, 0, 0, 0, 8), shape: [1, 2, 4, 1] }, 1, 2);
  assert.deepEqual([...halved.data], [1, 5]);
  fc.assert(
    fc.property(shapes, side, side, (shape, height, width) => {
      const frames = noise(shape);
      const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const smaller = resize(frames, Math.min(height, shape[1]), Math.min(width, shape[2]));
      assert.ok(Math.abs(mean(smaller.data) - mean(frames.data)) < 1e-5);
    }),
  );
});

test('both methods keep constants and bounds at every size', () => {
  fc.assert(
    fc.property(shapes, side, side, fc.constantFrom('area', 'bilinear'), (shape, height, width, method) => {
      const frames = noise(shape);
      const resized = resize(frames, height, width, method as 'area' | 'bilinear');
      assert.deepEqual(resized.shape, [shape[0], height, width, shape[3]]);
      const low = Math.min(...frames.data);
      const high = Math.max(...frames.data);
      assert.ok(resized.data.every((value) => value >= low - 1e-6 && value <= high + 1e-6));
      const flat = { data: new Uint8Array(frames.data.length).fill(131), shape };
      assert.ok(resize(flat, height, width, method as 'area' | 'bilinear').data.every((value) => value === 131));
    }),
  );
});

test('bilinear interpolation doubles a ramp as PyTorch does without aligned corners', () => {
  // torch.nn.functional.interpolate(torch.tensor([[[0., 1.]]]), size=4, mode='linear', align_corners=False)
  const doubled = resize({ data: Float32Array.of(0, 1), shape: [1, 1, 2, 1] }, 1, 4, 'bilinear');
  assert.deepEqual([...doubled.data], [0, 0.25, 0.75, 1]);
});

test('fitting keeps the aspect ratio and never enlarges', () => {
  assert.deepEqual(fittedSize(480, 640, 128, 'long'), [96, 128]);
  assert.deepEqual(fittedSize(480, 640, 128, 'short'), [128, 171]);
  assert.deepEqual(fittedSize(40, 50, 128, 'long'), [40, 50]);
});

test('a crop of a padded picture is the picture; a crop outside is refused', () => {
  fc.assert(
    fc.property(shapes, fc.nat(4), fc.nat(4), fc.nat(4), fc.nat(4), (shape, top, bottom, left, right) => {
      const frames = noise(shape);
      const padded = pad(frames, { top, bottom, left, right }, 0.5);
      assert.deepEqual(padded.shape, [shape[0], shape[1] + top + bottom, shape[2] + left + right, shape[3]]);
      assert.deepEqual(crop(padded, { y: top, x: left, height: shape[1], width: shape[2] }), frames);
      const outside = { y: 1, x: 0, height: shape[1], width: shape[2] };
      assert.throws(() => crop(frames, outside), { code: 'shape/mismatch' });
    }),
  );
  assert.deepEqual(centreBox(10, 8, 5, 8), { y: 2, x: 0, height: 5, width: 8 });
});

test('the round window is the same after every quarter turn', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 24 }), (size) => {
      const white = { data: new Uint8Array(size * size).fill(255), shape: [1, size, size, 1] as const };
      const disc = maskCircle(white);
      for (const turns of [1, 2, 3] as const) assert.deepEqual(quarterTurn(disc, turns), disc);
      const area = disc.data.filter((value) => value === 255).length;
      assert.ok(Math.abs(area - (Math.PI * size * size) / 4) <= 2 * size);
    }),
  );
  const wide = maskCircle({ data: new Uint8Array(4 * 8).fill(1), shape: [1, 4, 8, 1] }, 9);
  assert.equal(wide.data[0], 9);
  assert.equal(wide.data[8 + 3], 1);
});

test('grey of a grey colour picture is the same values; colour is told from compression noise', () => {
  const grey = { data: Uint8Array.from({ length: 256 }, (_, i) => i), shape: [1, 16, 16, 1] } as const;
  const colour = toColour(grey);
  assert.deepEqual(toGrey(colour), grey);
  assert.ok(looksGrey(colour.data, 255));
  assert.deepEqual([...toGrey({ data: Uint8Array.of(255, 0, 0), shape: [1, 1, 1, 3] as const }).data], [76]);
  colour.data[300] = 200;
  assert.ok(!looksGrey(colour.data, 255));
});
