import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { niftiFile, writeTree } from '../../../test/small-files.ts';
import type { Annotation, MediaItem, MediaSource, Placement } from '../media.ts';
import { createPhantom, parsePhantom } from '../phantom/index.ts';
import { placedItem, placedItemPoints, placedMask } from '../placement.ts';
import { splitByPatient } from '../split.ts';
import { denseLabels } from './dense-labels.ts';
import { buildFrameStore, type FrameStoreOptions } from './frame-store-builder.ts';
import { indexFolder } from './index-folder.ts';
import { indexSource } from './index-source.ts';

const directory = mkdtempSync(join(tmpdir(), 'sonde-carried-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const item: MediaItem = {
  id: 'item',
  patient: 'p',
  kind: 'clip',
  frames: 4,
  height: 10,
  width: 20,
  channels: 1,
  intensityRange: [0, 255],
  labels: {},
  format: 'numbers',
};
const only = (annotations: readonly Annotation[]) => ({ ...item, annotations });
const boxesOf = ({ annotations }: MediaItem) => (annotations![0].type === 'boxes' ? annotations![0].boxes : []);

test('boxes are cut with the picture; those of which less than half is left go', () => {
  const placement: Placement = { frames: 4, height: 10, width: 20, box: { x: 4, y: 2, width: 10, height: 6 } };
  const boxes = [
    { label: 'inside', x: 5, y: 3, width: 2, height: 2 },
    { label: 'over the edge', x: 3, y: 2, width: 4, height: 2, frame: 1 },
    { label: 'mostly outside', x: 0, y: 2, width: 6, height: 2 },
  ];
  const kept = placedItem(only([{ type: 'boxes', name: 'boxes', boxes }]), placement, {
    frames: 4,
    height: 6,
    width: 10,
  });
  assert.deepEqual([kept.height, kept.width], [6, 10]);
  assert.deepEqual(boxesOf(kept), [
    { label: 'inside', x: 1, y: 1, width: 2, height: 2 },
    { label: 'over the edge', x: 0, y: 0, width: 3, height: 2, frame: 1 },
  ]);
});

test('boxes of frames follow the frames of another rate; those between them go', () => {
  const box = { x: 0, y: 0, width: 20, height: 10 };
  const boxes = [0, 1, 2].map((frame) => ({ label: `frame ${frame}`, ...box, frame }));
  const placement: Placement = { frames: 4, height: 10, width: 20, box, chosen: [0, 2] };
  const kept = placedItem(only([{ type: 'boxes', name: 'boxes', boxes }]), placement, { ...item, frames: 2 });
  assert.deepEqual(
    boxesOf(kept).map(({ label, frame }) => [label, frame]),
    [
      ['frame 0', 0],
      ['frame 2', 1],
    ],
  );
});

test('a point lies where its pixel lies, however the picture is cut and resampled', () => {
  const size = fc.integer({ min: 2, max: 12 });
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 3 }), fc.nat(), fc.nat(), (height, width, times, x0, y0) => {
      const part = { x: x0 % 5, y: y0 % 5, width, height };
      const placement: Placement = { frames: 1, height: height + 5, width: width + 5, box: part };
      const kept = { frames: 1, height: height * times, width: width * times };
      const [x, y] = [part.x + (x0 % width), part.y + (y0 % height)];
      const mask = new Uint8Array(placement.height * placement.width);
      mask[y * placement.width + x] = 7;
      const whole = { frames: [0], data: mask, height: placement.height, width: placement.width, classes: {} };
      const { data } = placedMask(whole, placement, kept);
      const [{ points }] = placedItemPoints([{ frame: 0, points: [{ label: 'p', x, y }] }], placement, kept);
      let [sumX, sumY, count] = [0, 0, 0];
      for (let i = 0; i < data.length; i++) {
        if (data[i] !== 7) continue;
        sumX += i % kept.width;
        sumY += Math.floor(i / kept.width);
        count++;
      }
      assert.equal(count, times * times);
      assert.ok(Math.abs(points[0].x - sumX / count) < 1e-9 && Math.abs(points[0].y - sumY / count) < 1e-9);
    }),
  );
});

test('masks, key points and boxes of an ultrasound clip lie on the cut and shrunken pictures', async () => {
  const phantom = createPhantom(parsePhantom('phantom:patients=1,recordings=1,frames=2,size=96'));
  const [first] = phantom.items;
  // A box around the whole of what the mask calls 1, to be found again around the carried mask.
  const plain = await labelled(phantom, phantom.items, { size: 'original' });
  const around = boundsOf(await plain.labels.mask(0));
  const boxed: MediaItem = {
    ...first,
    annotations: [{ type: 'boxes', name: 'boxes', boxes: [{ label: 'chamber', ...around }] }],
  };
  const cut = await labelled({ ...phantom, items: [boxed] }, [boxed], {
    size: 48,
    preparation: { fieldOfView: 'crop' },
  });
  const [kept] = cut.store.index.items;
  assert.ok(kept.placement !== undefined && kept.height * kept.width < first.height * first.width);
  const { box } = kept.placement;
  assert.deepEqual([kept.height, kept.width], [box.height, box.width]);
  const [, height, width] = cut.store.sizeOf(0);
  assert.deepEqual(Math.max(height, width), 48);
  const mask = await cut.labels.mask(0);
  assert.deepEqual([mask!.height, mask!.width], [box.height, box.width]);
  assert.deepEqual(boundsOf(mask), { ...around, x: around.x - box.x, y: around.y - box.y });
  assert.deepEqual({ label: 'chamber', ...boundsOf(mask) }, boxesOf(kept)[0]);
  const [before] = await plain.labels.points(0);
  const [now] = await cut.labels.points(0);
  assert.ok(before.points.length > 0);
  before.points.forEach(({ label, x, y }, i) => {
    const point = now.points[i];
    assert.equal(point.label, label);
    assert.ok(Math.hypot(point.x - (x - box.x), point.y - (y - box.y)) < 1e-9, label);
  });
  // The centre of the chamber is black blood in a bright wall: what is stored there is what was there.
  const chamber = { x: around.x + around.width / 2, y: around.y + around.height / 2 };
  const there = plain.store.read(0, { count: 1 }).data[Math.floor(chamber.y) * first.width + Math.floor(chamber.x)];
  const here = cut.store.read(0, { count: 1 }).data[
    Math.floor(((chamber.y - box.y) * height) / box.height) * width +
      Math.floor(((chamber.x - box.x) * width) / box.width)
  ];
  assert.ok(Math.abs(there - here) < 0.15, `${there}, ${here}`);
});

test('a mask in a file, spacing and position follow a volume to another spacing', async () => {
  const shape = [4, 6, 8];
  const root = writeTree(join(directory, 'volumes'), {
    'images/a.nii.gz': niftiFile(shape),
    'labels/a.nii.gz': niftiFile(shape),
  });
  const { index, source } = await indexFolder(root, { salt: 'pepper' });
  const [before] = index.items;
  const step = before.spacingMm!;
  const spacingMm = [step[0] * 2, step[1] / 2, step[2] * 2] as const;
  const store = await buildFrameStore(source, index, {
    directory: join(directory, 'frames'),
    size: 'original',
    bits: 16,
    preparation: { spacingMm: [...spacingMm] },
  });
  const labels = denseLabels({ source, store });
  const [kept] = store.index.items;
  assert.deepEqual([kept.frames, kept.height, kept.width], [before.frames / 2, before.height * 2, before.width / 2]);
  assert.deepEqual(kept.spacingMm, spacingMm);
  assert.deepEqual(store.sizeOf(0).slice(0, 3), [kept.frames, kept.height, kept.width]);
  const mask = await labels.mask(0);
  const [depth, rows, columns] = [kept.frames, kept.height, kept.width];
  assert.deepEqual([mask!.frames.length, mask!.height, mask!.width], [depth, rows, columns]);
  const whole = await source.read({ ...before, id: 'labels/a.nii.gz' });
  for (const [z, y, x] of [
    [0, 0, 0],
    [depth - 1, rows - 1, columns - 1],
    [1, 5, 2],
  ]) {
    const from = [2 * z + 1, Math.floor(y / 2), 2 * x + 1];
    assert.equal(
      mask!.data[(z * rows + y) * columns + x],
      whole.data[(from[0] * before.height + from[1]) * before.width + from[2]],
    );
  }
});

test('the corner of a volume stays where it is, and labels of slices go with them', () => {
  const placement: Placement = { frames: 4, height: 10, width: 20, box: { x: 0, y: 0, width: 20, height: 10 } };
  const volume: MediaItem = {
    ...item,
    kind: 'volume',
    spacingMm: [4, 2, 1],
    frameLabels: { level: [0, 1, 2, 3] },
    geometry: {
      originMm: [10, 20, 30],
      directions: [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 0],
      ],
      axes: 'SPL',
    },
  };
  const kept = placedItem(volume, placement, { frames: 8, height: 5, width: 20 });
  assert.deepEqual(kept.spacingMm, [2, 4, 1]);
  assert.deepEqual(kept.frameLabels, { level: [0, 0, 1, 1, 2, 2, 3, 3] });
  // The centre of the first voxel moves by half of what the voxel grew: -1 along slices, 1 along rows.
  assert.deepEqual(kept.geometry?.originMm, [10, 21, 29]);
});

async function labelled(source: MediaSource, items: readonly MediaItem[], options: Partial<FrameStoreOptions>) {
  const index = {
    ...indexSource(source, { identity: JSON.stringify([items, options]) }),
    split: splitByPatient(items),
  };
  const store = await buildFrameStore(
    source,
    { ...index, items },
    { directory: join(directory, 'frames'), ...options },
  );
  return { store, labels: denseLabels({ source, store }) };
}

/** The smallest box around class 1 in the first frame. */
function boundsOf(mask: Awaited<ReturnType<ReturnType<typeof denseLabels>['mask']>>) {
  const { data, width, height } = mask!;
  const inside = Array.from({ length: width * height }, (_, i) => i).filter((i) => data[i] === 1);
  const columns = inside.map((i) => i % width);
  const rows = inside.map((i) => Math.floor(i / width));
  const [x, y] = [Math.min(...columns), Math.min(...rows)];
  return { x, y, width: Math.max(...columns) + 1 - x, height: Math.max(...rows) + 1 - y };
}
