import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { DatasetIndex, MediaItem, MediaSource } from '../media.ts';
import { createPhantom, parsePhantom } from '../phantom/index.ts';
import type { Preparation } from '../preparation.ts';
import { splitByPatient } from '../split.ts';
import { crop } from '../transform/crop.ts';
import { resize } from '../transform/resize.ts';
import { type OpenFrameStore, openFrameStore } from './frame-store.ts';
import { buildFrameStore } from './frame-store-builder.ts';
import { indexSource } from './index-source.ts';

const directory = mkdtempSync(join(tmpdir(), 'sonde-preparation-'));
after(() => rmSync(directory, { recursive: true, force: true }));

type Described = Partial<MediaItem> & Pick<MediaItem, 'kind' | 'frames'>;

/** Items whose values are `value(frame, row, column)`. */
async function stored(
  items: readonly Described[],
  value: (frame: number, y: number, x: number) => number,
  preparation: Preparation,
): Promise<OpenFrameStore> {
  const described: MediaItem[] = items.map((item, i) => ({
    id: `item ${i}`,
    patient: `p${i}`,
    ...{ height: 6, width: 8, channels: 1, intensityRange: [0, 100], labels: {}, format: 'numbers' },
    ...item,
  }));
  const source: MediaSource = {
    name: 'numbers',
    items: described,
    problems: [],
    async read({ height, width, frames }, window) {
      const { start = 0, count = frames, stride = 1 } = window ?? {};
      const data = Float32Array.from({ length: count * height * width }, (_, i) => {
        const frame = start + Math.floor(i / (height * width)) * stride;
        return value(frame, Math.floor(i / width) % height, i % width);
      });
      return { data, shape: [count, height, width, 1] };
    },
  };
  const split = splitByPatient(described);
  const hash = JSON.stringify(items);
  const index: DatasetIndex = { version: 1, name: 'numbers', items: described, problems: [], split, hash };
  return buildFrameStore(source, index, { directory, size: 'original', bits: 16, preparation });
}

const close = (found: number, expected: number) =>
  assert.ok(Math.abs(found - expected) < 1e-3, `${found}, ${expected}`);

test('volumes are resampled to a spacing; those that do not say theirs are left out by name', async () => {
  const volume: Described = { kind: 'volume', frames: 5, spacingMm: [4, 2, 1] };
  const store = await stored([volume, { kind: 'volume', frames: 5 }], (z) => 10 * z + 5, { spacingMm: [2, 2, 2] });
  assert.deepEqual(store.sizeOf(0), [10, 6, 4, 1]);
  const [item] = store.index.items;
  assert.deepEqual([item.frames, item.spacingMm], [10, [2, 2, 2]]);
  // Linear in between: slice 3 of the new ones lies a quarter of a slice before the middle of the old third.
  close(store.read(0, { start: 3, count: 1 }).data[0], 0.175);
  assert.equal(store.index.items.length, 1);
  assert.match(store.index.problems[0].reason, /does not say how far apart its voxels are/);
});

test('clips are read at a rate, and their labels over time with them', async () => {
  const clip: Described = { kind: 'clip', frames: 20, frameRateHz: 20, frameLabels: { phase: [...Array(20).keys()] } };
  const slow: Described = { kind: 'clip', frames: 20, frameRateHz: 2 };
  const store = await stored([clip, slow, { kind: 'image', frames: 1 }], (frame) => frame, { frameRateHz: 5 });
  assert.deepEqual(
    store.index.items.map(({ frames, frameRateHz }) => [frames, frameRateHz]),
    [
      [5, 5],
      [1, undefined],
    ],
  );
  assert.deepEqual(store.index.items[0].frameLabels, { phase: [0, 4, 8, 12, 16] });
  close(store.read(0, { start: 4, count: 1 }).data[0], 0.16);
  assert.match(store.index.problems[0].reason, /recorded at 2 Hz, fewer than the 5 asked for/);
});

test('black and white by a window in real units, by percentiles and by deviations', async () => {
  const scan: Described = { kind: 'volume', frames: 4, rescale: [2, -1000] };
  const value = (_: number, y: number, x: number) => 400 + 8 * y + x;
  // Stored 400 is -200 HU, 440 is -120 HU.
  const window = await stored([scan], value, { intensity: { by: 'window', centre: -150, width: 100 } });
  close(window.read(0).data[0], 0);
  close(window.read(0).data[47], (2 * 447 - 1000 + 200) / 100);
  const spread = await stored([scan], value, { intensity: { by: 'percentile', low: 0, high: 100 } });
  close(spread.read(0).data[0], 0);
  close(spread.read(0).data[47], 1);
  const deviations = await stored([scan], value, { intensity: { by: 'z-score', deviations: 10 } });
  const { data } = deviations.read(0);
  close(data.reduce((sum, one) => sum + one, 0) / data.length, 0.5);
  assert.notEqual(window.directory, spread.directory);
});

test('ultrasound is cut to its sector, black outside', async () => {
  const phantom = createPhantom(parsePhantom('phantom:patients=2,frames=3'));
  const index = indexSource(phantom, { identity: 'small' });
  const options = { directory, size: 'original' } as const;
  const [whole, masked, cut] = [
    await buildFrameStore(phantom, index, options),
    await buildFrameStore(phantom, index, { ...options, preparation: { fieldOfView: 'mask' } }),
    await buildFrameStore(phantom, index, { ...options, preparation: { fieldOfView: 'crop' } }),
  ];
  const smaller = index.items.filter(
    (_, i) => cut.sizeOf(i)[1] * cut.sizeOf(i)[2] < whole.sizeOf(i)[1] * whole.sizeOf(i)[2],
  );
  assert.ok(smaller.length > index.items.length / 2, `${smaller.length} of ${index.items.length} were cut`);
  index.items.forEach((_, i) => {
    assert.deepEqual(masked.sizeOf(i), whole.sizeOf(i));
    const [before, now] = [whole.read(i).data, masked.read(i).data];
    assert.ok(now.every((value, at) => value === before[at] || value === 0));
  });
});

test('a part read at the size it is shown is the part of the whole, resized', async () => {
  const long: Described = { kind: 'clip', frames: 9, height: 20, width: 30, frameRateHz: 10 };
  const store = await stored([long], (t, y, x) => (t * 37 + y * 11 + x * x) % 101, {});
  const fromDisk = openFrameStore(store.directory, { memoryBytes: 0 });
  for (const part of [
    { box: { y: 3, x: 7, height: 15, width: 15 }, height: 6, width: 6, method: 'area' },
    { box: { y: 0, x: 0, height: 20, width: 30 }, height: 25, width: 40, method: 'bilinear' },
    { box: { y: 5, x: 5, height: 8, width: 8 }, height: 8, width: 8, method: 'area' },
  ] as const) {
    for (const window of [
      { start: 2, count: 4 },
      { start: 1, count: 3, stride: 3 },
    ]) {
      const expected = resize(crop(store.read(0, window), part.box), part.height, part.width, part.method);
      for (const opened of [store, fromDisk]) {
        const found = opened.readPart!(0, window, part);
        assert.deepEqual(found.shape, expected.shape);
        const worst = found.data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i])), 0);
        assert.ok(worst < 1e-6, `${worst}`);
      }
    }
  }
  assert.throws(
    () =>
      store.readPart!(
        0,
        { count: 1 },
        {
          ...{ box: { y: 10, x: 0, height: 15, width: 15 }, height: 4, width: 4, method: 'area' },
        },
      ),
    { code: 'shape/mismatch' },
  );
  fromDisk.close();
});
