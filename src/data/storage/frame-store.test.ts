import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder } from '../../../test/sample-folder.ts';
import type { DatasetIndex, MediaItem, MediaSource } from '../media.ts';
import { splitByPatient } from '../split.ts';
import { openFrameStore } from './frame-store.ts';
import { buildFrameStore } from './frame-store-builder.ts';
import { indexFolder } from './index-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-store-'));
after(() => rmSync(root, { recursive: true, force: true }));

/** Eight clips made of numbers, as a generator would offer them. */
function countingSource(wide = false): { source: MediaSource; index: DatasetIndex; reads: string[] } {
  const reads: string[] = [];
  const items: MediaItem[] = Array.from({ length: 8 }, (_, i) => ({
    id: `clip ${i}`,
    patient: `person ${i % 4}`,
    kind: 'clip',
    ...{ frames: 3 + i, height: 8, width: 12, channels: 1 },
    intensityRange: wide ? [1000, 3000] : [0, 255],
    labels: {},
    format: 'numbers',
  }));
  const source: MediaSource = {
    name: 'counting',
    items,
    problems: [],
    async read(item, window) {
      reads.push(item.id);
      const start = window?.start ?? 0;
      const count = window?.count ?? item.frames;
      const length = count * 96;
      const data = wide
        ? Int16Array.from({ length }, (_, i) => 900 + (start * 96 + i) * 2)
        : Uint8Array.from({ length }, (_, i) => start * 96 + i);
      return { data, shape: [count, 8, 12, 1] };
    },
  };
  const index: DatasetIndex = {
    version: 1,
    name: 'counting',
    items,
    problems: [],
    split: splitByPatient(items),
    hash: 'h1',
  };
  return { source, index, reads };
}

test('a store is built once, from worker threads, and read window by window', async () => {
  const { index, source } = await indexFolder(await makeFolder(join(root, 'scans')));
  const directory = join(root, 'cache');
  const progress: string[] = [];
  const options = {
    directory,
    size: 10,
    workers: 2,
    onProgress: (done: number, total: number) => progress.push(`${done}/${total}`),
  };
  const store = await buildFrameStore(source, index, options);
  assert.deepEqual(progress, ['1/3', '2/3', '3/3']);
  assert.deepEqual(
    [0, 1, 2].map((i) => store.sizeOf(i)),
    [
      [1, 5, 10, 1],
      [1, 10, 10, 3],
      [1, 10, 3, 1],
    ],
  );
  const inThread = await buildFrameStore(source, index, { ...options, directory: join(root, 'cache-2'), workers: 0 });
  for (const i of [0, 1, 2]) assert.deepEqual(store.read(i), inThread.read(i));
  const second = await buildFrameStore(source, index, options);
  assert.equal(second.directory, store.directory);
  assert.equal(progress.length, 6);
  assert.deepEqual(readdirSync(directory).length, 1);
  assert.notEqual((await buildFrameStore(source, index, { ...options, bits: 16 })).directory, store.directory);
});

test('any source can be stored; values are scaled from black to white and clipped', async () => {
  const { source, index, reads } = countingSource(true);
  const store = await buildFrameStore(source, index, { directory: join(root, 'any'), bits: 16, size: 'original' });
  assert.deepEqual(
    reads,
    index.items.map((item) => item.id),
  );
  const whole = store.read(7);
  assert.deepEqual(whole.shape, [10, 8, 12, 1]);
  assert.equal(whole.data[0], 0);
  for (const i of [60, 300, 959]) {
    const raw = 900 + 2 * i;
    assert.ok(Math.abs(whole.data[i] - Math.min(1, (raw - 1000) / 2000)) <= 1 / 65535);
  }
  const window = store.read(7, { start: 1, count: 3, stride: 2 });
  assert.deepEqual(window.shape, [3, 8, 12, 1]);
  assert.deepEqual(window.data.subarray(96, 192), whole.data.subarray(3 * 96, 4 * 96));
  assert.throws(() => store.read(7, { start: 9, count: 2 }), { code: 'usage' });
  assert.throws(() => store.read(8), { code: 'internal' });
});

test('memory, disk and another thread’s memory give the same frames', async () => {
  const { source, index } = countingSource();
  const store = await buildFrameStore(source, index, { directory: join(root, 'same'), channels: 3 });
  const disk = openFrameStore(store.directory, { memoryBytes: 0 });
  const shared = openFrameStore(store.directory, { shared: store.shared });
  assert.ok(store.shared !== undefined && disk.shared === undefined);
  for (const window of [undefined, { start: 1, count: 2 }, { start: 0, count: 2, stride: 2 }]) {
    assert.deepEqual(disk.read(4, window), store.read(4, window));
    assert.deepEqual(shared.read(4, window), store.read(4, window));
  }
  disk.close();
  assert.throws(() => disk.read(0), { code: 'internal' });
});

test('the split is the caller’s; the frames do not depend on it', async () => {
  const { source, index } = countingSource();
  const directory = join(root, 'splits');
  const first = await buildFrameStore(source, index, { directory });
  const split = splitByPatient(index.items, { seed: 9, name: 'other' });
  const second = await buildFrameStore(source, { ...index, split }, { directory });
  assert.equal(second.directory, first.directory);
  assert.deepEqual([first.index.split, second.index.split], [index.split, split]);
});

test('an item that cannot be decoded is left out and listed', async () => {
  const { index, source } = await indexFolder(join(root, 'scans'), { name: 'later broken' });
  const changed: DatasetIndex = {
    ...index,
    hash: 'other',
    items: [{ ...index.items[0], height: 21 }, ...index.items.slice(1)],
  };
  for (const workers of [0, 2]) {
    const store = await buildFrameStore(source, changed, { directory: join(root, `partly-${workers}`), workers });
    assert.deepEqual(
      store.index.items.map((item) => item.id),
      [index.items[1].id, index.items[2].id],
    );
    assert.match(store.index.problems.at(-1)!.reason, /not what the index says/);
    assert.deepEqual(store.sizeOf(1), [1, 30, 10, 1]);
  }
  const none = { ...index, hash: 'none', items: [changed.items[0]] };
  await assert.rejects(buildFrameStore(source, none, { directory: join(root, 'none') }), { code: 'data/unreadable' });
  assert.deepEqual(readdirSync(join(root, 'none')), []);
});

test('a damaged store is refused, and built again', async () => {
  const { source, index } = countingSource();
  const directory = join(root, 'damaged');
  const store = await buildFrameStore(source, index, { directory });
  const frames = join(store.directory, 'frames.bin');
  const sound = readFileSync(frames);
  const damages = [
    () => appendFileSync(frames, 'x'),
    () =>
      writeFileSync(
        frames,
        sound.map((byte, i) => (i === 500 ? byte ^ 1 : byte)),
      ),
    () => writeFileSync(join(store.directory, 'store.json'), '{"version":1'),
    () => writeFileSync(join(store.directory, 'store.json'), '{"version":2}'),
    () => rmSync(frames),
  ];
  for (const damage of damages) {
    damage();
    assert.throws(() => openFrameStore(store.directory), { code: 'file/malformed', message: /damaged/ });
    await buildFrameStore(source, index, { directory });
    assert.deepEqual(readFileSync(frames), sound);
  }
  assert.throws(() => openFrameStore(join(root, 'missing')), { code: 'usage' });
});

test('two builds at once end with one store', async () => {
  const { source, index } = countingSource();
  const directory = join(root, 'race');
  const stores = await Promise.all([1, 2, 3].map(() => buildFrameStore(source, index, { directory })));
  assert.equal(new Set(stores.map((store) => store.directory)).size, 1);
  assert.equal(readdirSync(directory).length, 1);
  assert.deepEqual(stores[0].read(3), stores[2].read(3));
});
