import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { openMedia } from '../storage/folder-source.ts';

const golden = join(import.meta.dirname, '../../../test/golden/volumes');
const scratch = mkdtempSync(join(tmpdir(), 'sonde-volumes-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

const values = Int16Array.from({ length: 24 }, (_, i) => i * 100 - 700);

function near(found: readonly number[], expected: readonly number[], name: string): void {
  assert.equal(found.length, expected.length);
  for (const [i, value] of expected.entries()) assert.ok(Math.abs(found[i] - value) < 1e-5, `${name}: ${found}`);
}

test('one oblique volume, written by ITK in five ways, is one volume', async () => {
  const [cosine, sine] = [Math.cos(0.3), Math.sin(0.3)];
  const companions: Record<string, string[] | undefined> = {
    'volume.nhdr': ['volume.raw.gz'],
    'volume.mhd': ['volume.zraw'],
  };
  for (const name of ['volume.nrrd', 'volume.nhdr', 'volume.mha', 'volume.mhd', 'volume.nii.gz']) {
    const media = await openMedia(join(golden, name));
    const { kind, frames, height, width, intensityRange, spacingMm, geometry } = media.description;
    assert.deepEqual([kind, frames, height, width, intensityRange], ['volume', 2, 3, 4, [-700, 1600]], name);
    near(spacingMm!, [3, 1.25, 0.5], name);
    near(geometry!.originMm, [10, -20, 30.5], name);
    near(geometry!.directions.flat(), [0, 0, 1, -sine, cosine, 0, cosine, sine, 0], name);
    assert.equal(geometry!.axes, 'SPL');
    assert.deepEqual(media.companions, companions[name]);
    const { data } = await media.read();
    assert.deepEqual(Array.from(data), Array.from(values), name);
    assert.deepEqual(Array.from((await media.read({ start: 1, count: 1 })).data), Array.from(values.subarray(12)));
    await media.close?.();
  }
});

test('NRRD: big-endian, colours first, several volumes, other spaces', async () => {
  const path = join(scratch, 'a.nrrd');
  const write = (lines: string[], body: Uint8Array) =>
    writeFileSync(path, Buffer.concat([Buffer.from(`NRRD0005\n${lines.join('\n')}\n\n`), body]));
  const swapped = Buffer.from(new Uint8Array(values.buffer)).swap16();
  const spatial = ['type: int16', 'dimension: 3', 'sizes: 4 3 2', 'endian: big', 'encoding: gzip'];
  write(
    [...spatial, 'space: RAS', 'space directions: (1,0,0) (0,0,2) (0,3,0)', 'space origin: (1,2,3)'],
    gzipSync(swapped),
  );
  const ras = await openMedia(path);
  assert.deepEqual(Array.from((await ras.read()).data), Array.from(values));
  assert.deepEqual(ras.description.spacingMm, [3, 2, 1]);
  assert.deepEqual([ras.description.geometry!.axes, ras.description.geometry!.originMm], ['ASR', [-1, -2, 3]]);
  const colours = Uint8Array.from({ length: 3 * 5 * 4 }, (_, i) => i);
  write(['type: uchar', 'dimension: 3', 'sizes: 3 5 4', 'encoding: raw', 'kinds: RGB-color domain domain'], colours);
  const picture = await openMedia(path);
  assert.deepEqual([picture.description.kind, picture.description.channels], ['image', 3]);
  assert.deepEqual(await picture.read(), { data: colours, shape: [1, 4, 5, 3] });
  const series = Uint8Array.from({ length: 4 * 3 * 2 * 2 }, (_, i) => i);
  write(['type: uchar', 'dimension: 4', 'sizes: 4 3 2 2', 'spacings: 1 2 3 nan', 'encoding: raw'], series);
  const volumes = await openMedia(path);
  assert.deepEqual([volumes.parts!.length, volumes.parts![1].description.spacingMm], [2, [3, 2, 1]]);
  assert.deepEqual([...(await volumes.read({ start: 1, count: 1 }, '1')).data], [...series.subarray(36)]);
});

test('headers that lead elsewhere, lie or are cut off say so', async () => {
  const rejects = async (name: string, text: string, message: RegExp, body = new Uint8Array(0)) => {
    const path = join(scratch, name);
    writeFileSync(path, Buffer.concat([Buffer.from(text), body]));
    await assert.rejects(openMedia(path), { code: 'data/unreadable', message });
  };
  const nrrd = 'NRRD0004\ntype: short\ndimension: 3\nsizes: 4 3 2\nendian: little\n';
  await rejects('a.nhdr', `${nrrd}encoding: raw\ndata file: ../secret.raw\n`, /in another folder/);
  await rejects('b.nhdr', `${nrrd}encoding: raw\ndata file: gone.raw\n`, /is not there/);
  await rejects('c.nrrd', `${nrrd}encoding: raw\n\n`, /ends after \d+ of \d+ bytes/, new Uint8Array(10));
  await rejects('d.nrrd', `${nrrd}encoding: gzip\n\n`, /cut off or damaged/, new Uint8Array(10));
  await rejects('e.nrrd', `${nrrd}encoding: hex\n\n`, /neither raw nor gzip/);
  await rejects('f.nrrd', `${nrrd.replace('4 3 2', '400000 30000 20000')}encoding: gzip\n\n`, /cut off or damaged/);
  const meta = 'ObjectType = Image\nNDims = 3\nDimSize = 4 3 2\nElementType = MET_SHORT\n';
  await rejects('a.mhd', `${meta}ElementDataFile = /etc/passwd\n`, /in another folder/);
  await rejects('b.mhd', `${meta}ElementDataFile = LIST\n`, /several files/);
  await rejects('c.mha', `${meta.replace('MET_SHORT', 'MET_OTHER')}ElementDataFile = LOCAL\n`, /no type/);
  copyFileSync(join(golden, 'volume.mhd'), join(scratch, 'd.mhd'));
  writeFileSync(join(scratch, 'volume.zraw'), readFileSync(join(golden, 'volume.zraw')).subarray(0, 30));
  await assert.rejects(openMedia(join(scratch, 'd.mhd')), { code: 'data/unreadable', message: /cut off or damaged/ });
});
