import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { SondeError } from '../../base/errors.ts';
import { parseTable } from '../label-table.ts';
import { openMedia } from '../storage/folder-source.ts';

const vectors = join(import.meta.dirname, '../../../../shared/data');
const absent = existsSync(join(vectors, 'nifti-vectors/manifest.csv')) ? false : 'the shared NIfTI files are not here';
const scratch = mkdtempSync(join(tmpdir(), 'sonde-nifti-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

test('shapes and values of every NIfTI vector are those nibabel finds', { skip: absent }, async (t) => {
  const { rows } = parseTable(readFileSync(join(vectors, 'nifti-vectors/manifest.csv'), 'utf8'));
  let read = 0;
  for (const [file, , kind, shape, , low, high, mean] of rows) {
    if (!/^Nifti/.test(kind) || /img\.gz$/.test(file)) continue;
    const media = await openMedia(join(vectors, 'nifti-vectors', file));
    const { description, parts } = media;
    const { frames, height, width } = description;
    const [x, y, z = 1, ...further] = shape.match(/\d+/g)!.map(Number);
    assert.deepEqual([width, height, frames], [x, y, z], file);
    const items = further.reduce((product, length) => product * length, 1);
    assert.equal(parts?.length ?? 1, items, file);
    let [least, most, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
    for (const part of parts?.map(({ name }) => name) ?? [undefined]) {
      for (const value of (await media.read(undefined, part)).data) {
        if (Number.isNaN(value)) continue;
        [least, most] = [Math.min(least, value), Math.max(most, value)];
        sum += value;
        count++;
      }
    }
    const close = (found: number, expected: string) =>
      assert.ok(Math.abs(found - Number(expected)) <= 1e-4 + 2e-6 * Math.abs(Number(expected)), `${file}: ${found}`);
    close(least, low);
    close(most, high);
    close(sum / count, mean);
    await media.close?.();
    read++;
  }
  t.diagnostic(`${read} files`);
  assert.equal(read, 17);
});

test('a window of slices is the slices; the axes point where the affine says', { skip: absent }, async () => {
  const path = join(vectors, 'nifti-vectors/nibabel/anatomical.nii');
  const media = await openMedia(path);
  const whole = await media.read();
  const part = await media.read({ start: 3, count: 4, stride: 5 });
  assert.deepEqual(part.shape, [4, 41, 33, 1]);
  for (let i = 0; i < 4; i++) {
    const from = (3 + 5 * i) * 41 * 33;
    assert.deepEqual(part.data.subarray(i * 41 * 33, (i + 1) * 41 * 33), whole.data.subarray(from, from + 41 * 33));
  }
  // nibabel: the affine is -2, 2, 2 on its diagonal with the origin at (32, -40, -16); the axes are ('L', 'A', 'S').
  const { spacingMm, geometry } = media.description;
  assert.deepEqual(spacingMm, [2, 2, 2]);
  assert.equal(geometry!.axes, 'SAL');
  assert.deepEqual(geometry!.originMm, [-32, 40, -16]);
  await media.close?.();
});

/** A NIfTI-1 file of 16-bit numbers that count up. */
function nifti1(dimensions: readonly number[], bigEndian: boolean, options: { pair?: boolean; form?: 'q' | 's' } = {}) {
  const count = dimensions.reduce((product, length) => product * length, 1);
  const header = options.pair ? 348 : 352;
  const bytes = Buffer.alloc(header + 2 * count);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  view.setInt32(0, 348, !bigEndian);
  view.setInt16(40, dimensions.length, !bigEndian);
  for (const [i, length] of dimensions.entries()) view.setInt16(42 + 2 * i, length, !bigEndian);
  view.setInt16(70, 4, !bigEndian);
  for (const [i, size] of [1, 0.5, 2, 3, 40].entries()) view.setFloat32(76 + 4 * i, size, !bigEndian);
  view.setFloat32(108, options.pair ? 0 : header, !bigEndian);
  view.setFloat32(112, 2, !bigEndian);
  view.setFloat32(116, -5, !bigEndian);
  bytes[123] = 2 | 16;
  if (options.form === 'q') {
    view.setInt16(252, 1, !bigEndian);
    // A quarter turn about z: x runs to the front, y to the left.
    view.setFloat32(264, Math.SQRT1_2, !bigEndian);
  }
  bytes.write(options.pair ? 'ni1\0' : 'n+1\0', 344, 'latin1');
  for (let i = 0; i < count; i++) view.setInt16(header + 2 * i, i, !bigEndian);
  return bytes;
}

test('both byte orders, scaling, and pairs gzipped or not give the same numbers', async () => {
  const expected = Float32Array.from({ length: 24 }, (_, i) => 2 * i - 5);
  for (const bigEndian of [false, true]) {
    const whole = nifti1([2, 3, 4], bigEndian);
    writeFileSync(join(scratch, 'a.nii'), whole);
    writeFileSync(join(scratch, 'a.nii.gz'), gzipSync(whole));
    const pair = nifti1([2, 3, 4], bigEndian, { pair: true });
    writeFileSync(join(scratch, 'b.hdr'), pair.subarray(0, 348));
    writeFileSync(join(scratch, 'b.img'), pair.subarray(348));
    writeFileSync(join(scratch, 'c.hdr.gz'), gzipSync(pair.subarray(0, 348)));
    writeFileSync(join(scratch, 'c.img.gz'), gzipSync(pair.subarray(348)));
    for (const name of ['a.nii', 'a.nii.gz', 'b.hdr', 'c.hdr.gz']) {
      const media = await openMedia(join(scratch, name));
      assert.equal(media.description.kind, 'volume');
      assert.deepEqual(media.description.intensityRange, [-5, 41]);
      assert.deepEqual(media.description.spacingMm, [3, 2, 0.5]);
      assert.deepEqual(await media.read(), { data: expected, shape: [4, 3, 2, 1] });
      assert.deepEqual(media.companions, { 'b.hdr': ['b.img'], 'c.hdr.gz': ['c.img.gz'] }[name]);
      await media.close?.();
    }
  }
});

test('one slice over time is a clip, several are a volume for each time', async () => {
  const path = join(scratch, 'time.nii');
  writeFileSync(path, nifti1([4, 3, 1, 6], false, { form: 'q' }));
  const clip = await openMedia(path);
  const { kind, frames, frameRateHz, geometry } = clip.description;
  assert.deepEqual([kind, frames, frameRateHz, clip.parts], ['clip', 6, 25, undefined]);
  assert.equal(geometry!.axes, 'SLA');
  writeFileSync(path, nifti1([4, 3, 2, 3, 2], false));
  const volumes = await openMedia(path);
  assert.deepEqual([volumes.description.kind, volumes.description.frames, volumes.parts!.length], ['volume', 2, 6]);
  const last = await volumes.read({ start: 1, count: 1 }, '5');
  assert.deepEqual(
    [...last.data],
    [...Array(12)].map((_, i) => 2 * (132 + i) - 5),
  );
  await assert.rejects(volumes.read(undefined, '6'), { code: 'data/unreadable', message: /no part '6'/ });
});

test('what is cut off, announces too much or is no NIfTI says so', { skip: absent }, async () => {
  const rejects = async (bytes: Uint8Array, name: string, message: RegExp) => {
    const path = join(scratch, name);
    writeFileSync(path, bytes);
    await assert.rejects(openMedia(path), (error) => error instanceof SondeError && message.test(error.message), name);
  };
  const whole = nifti1([2, 3, 4], false);
  await rejects(whole.subarray(0, 380), 'cut.nii', /ends after 380 of 400 bytes/);
  await rejects(gzipSync(whole).subarray(0, 60), 'cut.nii.gz', /ends after|header is cut off|does not begin/);
  await rejects(whole.subarray(0, 200), 'head.nii', /named like a NIfTI volume, but/);
  const huge = Buffer.from(whole);
  for (let i = 0; i < 3; i++) huge.writeInt16LE(32_767, 42 + 2 * i);
  await rejects(huge, 'huge.nii', /ends after 400 of \d+ bytes/);
  await rejects(gzipSync(huge), 'huge.nii.gz', /ends after \d+ of \d+ bytes/);
  const odd = Buffer.from(whole);
  odd.writeInt16LE(32, 70);
  await rejects(odd, 'complex.nii', /complex numbers/);
  await rejects(nifti1([2, 3, 4], false, { pair: true }).subarray(0, 348), 'alone.hdr', /\.img file beside it/);
  await assert.rejects(openMedia(join(vectors, 'nifti-vectors/nibabel/row_major.dconn.nii')), { message: /CIFTI/ });
  await assert.rejects(openMedia(join(vectors, 'nifti-vectors/nifti-reader-js/not-nifti.nii')), {
    code: 'data/unreadable',
  });
});

test('every hippocampus volume has the shape and range of its index', { skip: absent }, async () => {
  const { rows } = parseTable(readFileSync(join(vectors, 'hippocampus-msd/index.csv'), 'utf8'));
  for (const [file, x, y, z, , low, high] of rows) {
    const { description, close } = await openMedia(join(vectors, 'hippocampus-msd/images', file));
    assert.deepEqual([description.width, description.height, description.frames], [x, y, z].map(Number), file);
    const [black, white] = description.intensityRange;
    assert.ok(Math.abs(black - Number(low)) < 1e-3 && Math.abs(white - Number(high)) < 1e-2 * Number(high), file);
    close?.();
  }
});
