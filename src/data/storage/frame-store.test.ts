import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import sharp from 'sharp';
import type { DatasetIndex, MediaItem, MediaSource } from '../media.ts';
import { splitByPatient } from '../split.ts';
import { readIndex, writeIndex } from './dataset-file.ts';
import { openFrameStore } from './frame-store.ts';
import { buildFrameStore } from './frame-store-builder.ts';
import { indexFolder } from './index-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-store-'));
after(() => rmSync(root, { recursive: true, force: true }));

async function picture(path: string, width: number, height: number, value: number, channels: 1 | 3 = 1) {
  const data = Uint8Array.from({ length: width * height * channels }, (_, i) => (value + i) % 256);
  await sharp(data, { raw: { width, height, channels } }).toFile(path);
}

/** Two patients' folders with a grey, a colour and three broken pictures. */
async function makeFolder(name: string): Promise<string> {
  const folder = join(root, name);
  mkdirSync(join(folder, 'anna'), { recursive: true });
  mkdirSync(join(folder, 'ben'));
  await picture(join(folder, 'anna', 'one.png'), 40, 20, 0);
  await picture(join(folder, 'anna', 'two.png'), 16, 16, 9, 3);
  await picture(join(folder, 'ben', 'three.tif'), 10, 30, 77);
  await picture(join(folder, 'ben', 'cut.png'), 64, 64, 3);
  writeFileSync(join(folder, 'ben', 'cut.png'), readFileSync(join(folder, 'ben', 'cut.png')).subarray(0, 300));
  writeFileSync(join(folder, 'ben', 'note.png'), 'dear colleague');
  writeFileSync(join(folder, 'ben', 'empty.jpg'), '');
  writeFileSync(join(folder, 'readme.txt'), 'not a picture');
  symlinkSync('/etc', join(folder, 'outside'));
  return folder;
}

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

test('a folder is indexed: pictures described, patients from folders, broken files named', async () => {
  const folder = await makeFolder('scans');
  const seen: number[] = [];
  const { index, source } = await indexFolder(folder, { onProgress: (done) => seen.push(done) });
  assert.deepEqual(
    index.items.map(({ id, patient, height, width, channels, format, kind }) => [
      id,
      patient,
      height,
      width,
      channels,
      format,
      kind,
    ]),
    [
      ['anna/one.png', 'anna', 20, 40, 1, 'png', 'image'],
      ['anna/two.png', 'anna', 16, 16, 3, 'png', 'image'],
      ['ben/three.tif', 'ben', 30, 10, 1, 'tiff', 'image'],
    ],
  );
  const reasons = Object.fromEntries(index.problems.map(({ path, reason }) => [path, reason]));
  assert.match(reasons['ben/cut.png'], /PNG image cannot be decoded/);
  assert.match(reasons['ben/note.png'], /named like a PNG image, but it holds plain text/);
  assert.match(reasons['ben/empty.jpg'], /JPEG image is an empty file/);
  assert.match(reasons.outside, /symbolic link leads out of the folder/);
  assert.match(reasons['.'], /of 7 files .* could not be read/);
  assert.equal(index.problems.length, 5);
  assert.equal(seen.at(-1), seen.length);
  const frames = await source.read(index.items[0]);
  assert.deepEqual(frames.shape, [1, 20, 40, 1]);
  assert.deepEqual([...frames.data.subarray(0, 3)], [0, 1, 2]);
  const again = await indexFolder(folder);
  assert.deepEqual(again.index, index);
  const file = join(root, 'dataset.json');
  writeIndex(file, index);
  assert.deepEqual(readIndex(file), index);
});

test('a folder with nothing in it, and a path that is not there, say so', async () => {
  const folder = join(root, 'nothing');
  mkdirSync(folder);
  await assert.rejects(indexFolder(folder), { code: 'data/empty', message: /PNG image, JPEG image/ });
  await assert.rejects(indexFolder(join(root, 'missing')), { code: 'usage', message: /no file or folder/ });
  writeFileSync(join(folder, 'a.png'), 'text');
  await assert.rejects(indexFolder(folder), {
    code: 'data/unreadable',
    message: /none of the 1 media files.*\n.*a\.png/,
  });
});

test('labels and patients come from a table; nothing of the patients’ names is kept', async () => {
  const folder = join(root, 'labelled');
  mkdirSync(join(folder, 'images'), { recursive: true });
  mkdirSync(join(folder, 'masks'));
  for (const name of ['a', 'b', 'c', 'd']) {
    await picture(join(folder, 'images', `${name}.png`), 8, 8, 1);
    await picture(join(folder, 'masks', `${name}-m.png`), 8, 8, 2);
  }
  const rows = ['a', 'b', 'c', 'd'].map(
    (name, i) => `images/${name}.png;masks/${name}-m.png;Jane ${i >> 1};Doe;${i}.5;${i % 2 ? 'left' : ''}`,
  );
  writeFileSync(
    join(folder, 'labels.csv'),
    `img;mask;patient;family name;ef;side\n${rows.join('\n')}\nimages/e.png;;x;y;1;left\n`,
  );
  const { index } = await indexFolder(folder, { salt: 'pepper' });
  assert.deepEqual(
    index.items.map((one) => one.id),
    ['images/a.png', 'images/b.png', 'images/c.png', 'images/d.png'],
  );
  assert.deepEqual(
    index.items.map((one) => one.labels),
    [{ ef: 0.5 }, { ef: 1.5, side: 'left' }, { ef: 2.5 }, { ef: 3.5, side: 'left' }],
  );
  assert.equal(index.items[0].patient, index.items[1].patient);
  assert.notEqual(index.items[1].patient, index.items[2].patient);
  assert.match(index.items[0].patient, /^p-[0-9a-f]{12}$/);
  assert.doesNotMatch(JSON.stringify(index), /Jane|Doe/);
  assert.match(index.problems[0].reason, /^1 rows/);
  const below = await indexFolder(join(folder, 'images'), { salt: 'pepper' });
  assert.deepEqual(
    below.index.items.map((one) => one.labels),
    index.items.map((one) => one.labels),
  );
  const chosen = await indexFolder(folder, { labelColumns: ['side'], patientColumn: 'ef' });
  assert.deepEqual(chosen.index.items[1].labels, { side: 'left' });
  assert.equal(new Set(chosen.index.items.map((one) => one.patient)).size, 4);
  await assert.rejects(indexFolder(folder, { labelColumns: ['view'] }), { code: 'usage', message: /no column 'view'/ });
});

test('a store is built once, from worker threads, and read window by window', async () => {
  const { index, source } = await indexFolder(join(root, 'scans'));
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
      ['anna/two.png', 'ben/three.tif'],
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
