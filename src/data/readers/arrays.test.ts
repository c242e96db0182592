import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { hostArray } from '../../tensor/host-array.ts';
import { parseNpy, writeNpy } from '../../tensor/npy.ts';
import { openMedia } from '../storage/folder-source.ts';
import { interpretShape } from './array/picture-layout.ts';

const vectors = join(import.meta.dirname, '../../../../shared/data');
const scratch = mkdtempSync(join(tmpdir(), 'sonde-arrays-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const counting = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);
const shared = (path: string) => {
  const whole = join(vectors, path);
  return { path: whole, skip: existsSync(whole) ? false : `the shared file ${path} is not here` };
};

test('axes are taken for what they are', () => {
  const kinds = (shape: number[]) => {
    const { whole, many } = interpretShape(shape) ?? {};
    const say = (layout: typeof whole) =>
      layout && `${layout.items} ${layout.kind} ${layout.frames}x${layout.height}x${layout.width}x${layout.samples}`;
    return [say(whole), say(many)];
  };
  assert.deepEqual(kinds([20, 30]), ['1 image 1x20x30x1', undefined]);
  assert.deepEqual(kinds([20, 30, 3]), ['1 image 1x20x30x3', undefined]);
  assert.deepEqual(kinds([3, 20, 30]), ['1 image 1x20x30x3', undefined]);
  assert.deepEqual(kinds([12, 20, 30]), ['1 clip 12x20x30x1', '12 image 1x20x30x1']);
  assert.deepEqual(kinds([28, 28, 28]), ['1 volume 28x28x28x1', '28 image 1x28x28x1']);
  assert.deepEqual(kinds([5000, 20, 30]), [undefined, '5000 image 1x20x30x1']);
  assert.deepEqual(kinds([44, 32, 96, 90]), [undefined, '44 clip 32x96x90x1']);
  assert.deepEqual(kinds([44, 28, 28, 28]), [undefined, '44 volume 28x28x28x1']);
  assert.deepEqual(kinds([9, 20, 30, 3]), [undefined, '9 image 1x20x30x3']);
  assert.deepEqual(kinds([9, 20, 30, 1]), ['1 clip 9x20x30x1', '9 image 1x20x30x1']);
  assert.deepEqual(kinds([4, 9, 20, 30, 3]), [undefined, '4 clip 9x20x30x3']);
  assert.deepEqual(kinds([7]), [undefined, undefined]);
  assert.deepEqual(kinds([500, 2]), [undefined, undefined]);
});

test('an array of clips is many items, read window by window, plain and gzipped', async () => {
  const bytes = writeNpy(hostArray('uint8', [3, 5, 8, 9], counting(3 * 5 * 72)));
  for (const [name, content] of [
    ['clips.npy', bytes],
    ['clips.npy.gz', gzipSync(bytes)],
  ] as const) {
    const path = join(scratch, name);
    writeFileSync(path, content);
    const media = await openMedia(path);
    assert.deepEqual(
      media.parts!.map((part) => part.name),
      ['0', '1', '2'],
    );
    assert.deepEqual(media.parts![2].description.intensityRange, [0, 255]);
    const { data, shape } = await media.read({ start: 1, count: 2, stride: 2 }, '2');
    assert.deepEqual(shape, [2, 8, 9, 1]);
    const all = counting(3 * 5 * 72);
    assert.deepEqual([...data], [...all.subarray(11 * 72, 12 * 72), ...all.subarray(13 * 72, 14 * 72)]);
    await assert.rejects(media.read({ start: 4, count: 2 }, '0'), { code: 'usage' });
    await media.close?.();
  }
});

test('wide numbers, half precision and colour planes come out as pixels', async () => {
  const path = join(scratch, 'a.npy');
  const open = async (array: Parameters<typeof writeNpy>[0]) => {
    writeFileSync(path, writeNpy(array));
    return openMedia(path);
  };
  const doubles = await open(
    hostArray(
      'float64',
      [8, 8],
      Float64Array.from({ length: 64 }, (_, i) => i / 4 - 3),
    ),
  );
  assert.deepEqual(doubles.description.intensityRange, [-3, 12.75]);
  assert.equal((await doubles.read()).data[63], 12.75);
  const halves = await open(hostArray('float16', [8, 8], new Uint16Array(64).fill(0x3555)));
  assert.ok(Math.abs((await halves.read()).data[5] - 0.333251953125) < 1e-9);
  const longs = await open(
    hostArray(
      'int64',
      [8, 8],
      BigInt64Array.from({ length: 64 }, (_, i) => BigInt(i * 1000)),
    ),
  );
  assert.equal((await longs.read()).data[63], 63_000);
  const planes = await open(hostArray('uint8', [2, 3, 8, 10], counting(480)));
  assert.deepEqual([planes.description.channels, planes.parts!.length], [3, 2]);
  const { data } = await planes.read(undefined, '1');
  const all = counting(480);
  assert.deepEqual([data[0], data[1], data[2], data[3]], [all[240], all[320], all[400], all[241]]);
  await assert.rejects(open(hostArray('uint8', [70], counting(70))), { message: /make no pictures/ });
});

test('the 44 lung ultrasound clips are those of the array', { skip: shared('pocus-lus-ccby').skip }, async () => {
  const { path } = shared('pocus-lus-ccby/clips_u8_44x32x96x96.npy.gz');
  const media = await openMedia(path);
  assert.equal(media.parts!.length, 44);
  const expected = parseNpy(gunzipSync(readFileSync(path))).data as Uint8Array;
  const hash = (values: Uint8Array) => createHash('sha256').update(values).digest('hex');
  const size = 32 * 96 * 96;
  for (const clip of [0, 17, 43]) {
    const { data, shape } = await media.read(undefined, String(clip));
    assert.deepEqual(shape, [32, 96, 96, 1]);
    assert.equal(hash(data as Uint8Array), hash(expected.subarray(clip * size, (clip + 1) * size)));
  }
});

test('MedMNIST archives have labels and their own split', { skip: shared('pneumoniamnist').skip }, async () => {
  const media = await openMedia(shared('pneumoniamnist/pneumoniamnist.npz').path);
  const count = (part: string) => media.parts!.filter(({ official }) => official === part).length;
  assert.deepEqual([count('train'), count('validation'), count('test')], [3882, 524, 624]);
  const positive = media.parts!.filter(
    ({ official, description }) => official === 'test' && description.labels?.label === 1,
  );
  // 62.5 % of the official test part.
  assert.equal(positive.length, 390);
  assert.deepEqual((await media.read(undefined, 'val_images/523')).shape, [1, 28, 28, 1]);
});

test('archives: volumes in colour, cut, lying about sizes', async () => {
  const path = join(scratch, 'some.npz');
  const npy = (shape: number[]) => writeNpy(hostArray('uint8', shape, counting(shape.reduce((a, b) => a * b, 1))));
  const zip = zipSync({ 'train_images.npy': npy([2, 28, 28, 28]), 'train_labels.npy': npy([2, 3]) });
  writeFileSync(path, zip);
  const media = await openMedia(path);
  assert.deepEqual(
    media.parts!.map(({ name }) => name),
    ['train_images/0', 'train_images/1'],
  );
  assert.equal(media.description.kind, 'volume');
  assert.deepEqual(media.parts![1].description.labels, { 'label 1': 3, 'label 2': 4, 'label 3': 5 });
  writeFileSync(path, zip.subarray(0, zip.length - 30));
  await assert.rejects(openMedia(path), { code: 'data/unreadable', message: /directory is missing/ });
  const bomb = zipSync({ 'a.npy': new Uint8Array(5_000_000) });
  const view = new DataView(bomb.buffer);
  for (let i = 0; i + 28 < bomb.length; i++)
    if (view.getUint32(i, true) === 0x02014b50) view.setUint32(i + 24, 100, true);
  writeFileSync(path, bomb);
  await assert.rejects(openMedia(path), { code: 'data/unreadable', message: /cannot be unpacked/ });
});

test('IDX files have the labels beside them', { skip: shared('mnist-idx').skip }, async () => {
  const media = await openMedia(shared('mnist-idx/t10k-images-idx3-ubyte.gz').path);
  assert.deepEqual([media.parts!.length, media.parts![0].official], [10_000, 'test']);
  const classes = new Array<number>(10).fill(0);
  for (const { description } of media.parts!) classes[description.labels!.label as number]++;
  // The official counts of the test set.
  assert.deepEqual(classes, [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  let sum = 0;
  for (let i = 0; i < 10_000; i++) for (const value of (await media.read(undefined, String(i))).data) sum += value;
  assert.ok(Math.abs(sum / (10_000 * 784 * 255) - 0.1325) < 1e-4);
});

test('CIFAR and STL batches: planes, columns, names of classes', async () => {
  const cifar10 = join(scratch, 'cifar-10-batches-bin');
  const cifar100 = join(scratch, 'cifar-100-binary');
  const stl = join(scratch, 'stl10_binary');
  for (const folder of [cifar10, cifar100, stl]) mkdirSync(folder);
  const record = (labels: number[]) => {
    const planes = Uint8Array.from({ length: 3072 }, (_, i) => (i < 1024 ? i % 256 : i < 2048 ? 7 : 9));
    return [...labels, ...planes];
  };
  writeFileSync(join(cifar10, 'data_batch_1.bin'), Uint8Array.from([...record([3]), ...record([0])]));
  writeFileSync(join(cifar10, 'batches.meta.txt'), 'airplane\nautomobile\nbird\ncat\n\n');
  const ten = await openMedia(join(cifar10, 'data_batch_1.bin'));
  assert.deepEqual(
    ten.parts!.map(({ description }) => description.labels),
    [{ label: 'cat' }, { label: 'airplane' }],
  );
  const { data, shape } = await ten.read(undefined, '1');
  assert.deepEqual(
    [shape, [...data.subarray(3 * 33, 3 * 33 + 3)]],
    [
      [1, 32, 32, 3],
      [33, 7, 9],
    ],
  );
  writeFileSync(join(cifar100, 'test.bin'), Uint8Array.from(record([1, 2])));
  writeFileSync(join(cifar100, 'fine_label_names.txt'), 'apple\naquarium_fish\nbaby\n');
  writeFileSync(join(cifar100, 'coarse_label_names.txt'), 'aquatic_mammals\nfish\n');
  const hundred = await openMedia(join(cifar100, 'test.bin'));
  assert.deepEqual(hundred.description.labels, { label: 'baby', group: 'fish' });
  const picture = new Uint8Array(2 * 3 * 96 * 96);
  // Row 5, column 2 of the red plane: columns lie one after another.
  picture[2 * 96 + 5] = 200;
  writeFileSync(join(stl, 'train_X.bin'), picture);
  writeFileSync(join(stl, 'train_y.bin'), Uint8Array.of(2, 10));
  writeFileSync(join(stl, 'class_names.txt'), 'airplane\nbird\ncar\ncat\ndeer\ndog\nhorse\nmonkey\nship\ntruck\n');
  const pictures = await openMedia(join(stl, 'train_X.bin'));
  assert.deepEqual(
    pictures.parts!.map(({ description }) => description.labels),
    [{ label: 'bird' }, { label: 'truck' }],
  );
  assert.equal((await pictures.read(undefined, '0')).data[(5 * 96 + 2) * 3], 200);
});
