import assert from 'node:assert/strict';
import test from 'node:test';
import { type Presentation, present, windowShown } from './presentation.ts';
import { resizeVolume } from './resize-volume.ts';

const volume = (depth: number, height: number, width: number, value: (z: number, y: number, x: number) => number) => {
  const data = new Float32Array(depth * height * width);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width);
  }
  return { data, shape: [depth, height, width, 1] as const };
};

test('halving every axis averages eight voxels; growing keeps a ramp a ramp', () => {
  const counted = volume(4, 2, 6, (z, y, x) => z * 12 + y * 6 + x);
  const halved = resizeVolume(counted, 2, 1, 3);
  assert.deepEqual(halved.shape, [2, 1, 3, 1]);
  assert.deepEqual([...halved.data], [9.5, 11.5, 13.5, 33.5, 35.5, 37.5]);
  const grown = resizeVolume(
    volume(4, 1, 1, (z) => z),
    8,
    1,
    1,
  );
  assert.deepEqual([...grown.data], [0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3]);
});

test('a whole volume is shown with every slice and every column, whatever its shape', () => {
  const presentation: Presentation = {
    channels: 1,
    frames: 4,
    stride: 1,
    size: 4,
    mask: 'none',
    intensity: 'unit',
    whole: true,
  };
  assert.deepEqual(windowShown(presentation, 3), {});
  assert.deepEqual(windowShown({ ...presentation, whole: false }, 3), { start: 3, count: 4, stride: 1 });
  const marked = volume(9, 12, 5, (z, y, x) => (z === 8 && y === 11 && x === 4 ? 1 : 0));
  const shown = present(marked, presentation);
  assert.equal(shown.length, 64);
  assert.ok(shown[63] > 0, 'the last corner is seen');
  assert.ok(shown.subarray(0, 63).every((value) => value === 0));
});
