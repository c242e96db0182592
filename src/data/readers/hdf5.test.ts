import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openMedia } from '../storage/folder-source.ts';

const golden = join(import.meta.dirname, '../../../test/golden/volumes');
const vectors = join(import.meta.dirname, '../../../../shared/data/nifti-vectors/nibabel');
const scratch = mkdtempSync(join(tmpdir(), 'sonde-hdf5-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

async function library() {
  const h5wasm = await import('h5wasm').catch(() => undefined);
  await h5wasm?.ready;
  return h5wasm;
}

test('HDF5: datasets by their path, labels beside them, windows of chunks', async (t) => {
  const h5wasm = await library();
  if (h5wasm === undefined) return t.skip('h5wasm is not installed');
  const values = Float32Array.from({ length: 4 * 6 * 10 * 12 }, (_, i) => i / 2);
  const file = new h5wasm.File('made.h5', 'w');
  const group = file.create_group('entry');
  group.create_dataset({ name: 'data', data: values, shape: [4, 6, 10, 12], dtype: '<f4', chunks: [1, 2, 10, 12] });
  group.create_dataset({ name: 'labels', data: Int32Array.of(3, 1, 4, 1), shape: [4], dtype: '<i4' });
  file.create_dataset({ name: 'text', data: ['a', 'b'] });
  file.create_dataset({ name: 'bytes', data: new Uint8Array(8 * 9).fill(7), shape: [8, 9], dtype: '<B' });
  file.create_external_link('/etc/passwd', '/x', 'outside');
  file.close();
  const path = join(scratch, 'made.h5');
  writeFileSync(path, h5wasm.FS!.readFile('made.h5'));
  const media = await openMedia(path);
  assert.deepEqual(
    media.parts!.map(({ name, description }) => [name, description.kind, description.labels]),
    [
      ['bytes', 'image', undefined],
      ['entry/data/0', 'clip', { label: 3 }],
      ['entry/data/1', 'clip', { label: 1 }],
      ['entry/data/2', 'clip', { label: 4 }],
      ['entry/data/3', 'clip', { label: 1 }],
    ],
  );
  const { data, shape } = await media.read({ start: 1, count: 2, stride: 3 }, 'entry/data/2');
  assert.deepEqual(shape, [2, 10, 12, 1]);
  const frame = (n: number) => [...values.subarray((12 + n) * 120, (13 + n) * 120)];
  assert.deepEqual([...data], [...frame(1), ...frame(4)]);
  assert.deepEqual((await media.read(undefined, 'bytes')).shape, [1, 8, 9, 1]);
  await media.close?.();
  writeFileSync(path, h5wasm.FS!.readFile('made.h5').subarray(0, 900));
  await assert.rejects(openMedia(path), { code: 'data/unreadable' });
});

test('HDF5 written elsewhere (MINC) shows its volume', async (t) => {
  if ((await library()) === undefined) return t.skip('h5wasm is not installed');
  const path = join(vectors, 'minc2_1_scale.mnc');
  if (!existsSync(path)) return t.skip('the shared files are not here');
  const media = await openMedia(path);
  const { kind, frames, height, width } = media.description;
  assert.deepEqual([kind, frames, height, width], ['clip', 10, 20, 20]);
  await media.close?.();
});

test('MATLAB files hold pictures and stacks of them, rows first', async () => {
  const media = await openMedia(join(golden, 'arrays.mat'));
  assert.deepEqual(
    media.parts!.map(({ name, description: { kind, frames, height, width } }) => [name, kind, frames, height, width]),
    [
      ['frames', 'clip', 4, 9, 10],
      ['picture', 'image', 1, 8, 10],
      ['study/colours', 'image', 1, 8, 9],
    ],
  );
  // NumPy: frames[y, x, t] is (y * 40 + x * 4 + t) % 251, picture[y, x] is (y * 10 + x) / 4 - 3.
  const { data } = await media.read({ start: 2, count: 1 }, 'frames');
  assert.deepEqual([data[0], data[1], data[10], data[89]], [2, 6, 42, (8 * 40 + 9 * 4 + 2) % 251]);
  assert.equal((await media.read(undefined, 'picture')).data[79], 79 / 4 - 3);
  // colours[y, x, c] is y * 27 + x * 3 + c.
  const colours = await media.read(undefined, 'study/colours');
  assert.deepEqual([...colours.data], [...Array(216).keys()]);
  writeFileSync(join(scratch, 'cut.mat'), 'MATLAB 5.0 MAT-file, and nothing behind it');
  await assert.rejects(openMedia(join(scratch, 'cut.mat')), { code: 'data/unreadable' });
});
