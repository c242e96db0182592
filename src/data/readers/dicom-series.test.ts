import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DicomElements, dicomFile, greyPicture } from '../../../test/dicom-file.ts';
import { readIndex, writeIndex } from '../storage/dataset-file.ts';
import { openMedia } from '../storage/folder-source.ts';
import { indexFolder } from '../storage/index-folder.ts';

const shared = join(import.meta.dirname, '../../../../shared/data');
const absent = existsSync(join(shared, 'dicom-vectors')) ? false : 'the shared DICOM files are not here';
const scratch = mkdtempSync(join(tmpdir(), 'sonde-series-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

let serial = 0;
function slice(z: number, more: DicomElements = {}, value = z): Uint8Array {
  return dicomFile({
    ...greyPicture(4, 5, new Uint16Array(20).fill(100 + value)),
    '0008,0016 UI': '1.2.840.10008.5.1.4.1.1.2',
    '0008,0018 UI': `1.2.3.${serial++}`,
    '0008,0060 CS': 'CT',
    '0010,0020 LO': 'SECRET',
    '0020,000D UI': '1.2',
    '0020,000E UI': '1.2.3',
    '0020,0032 DS': `-10\\-20\\${z}`,
    '0020,0037 DS': '1\\0\\0\\0\\1\\0',
    '0028,0030 DS': '0.5\\0.75',
    ...more,
  });
}

function folder(name: string, files: readonly Uint8Array[]): string {
  const path = join(scratch, name);
  mkdirSync(path, { recursive: true });
  // Names that say nothing about the order.
  for (const [i, bytes] of files.entries()) writeFileSync(join(path, `${(i * 11) % files.length}.dcm`), bytes);
  return path;
}

const reasons = (problems: readonly { reason: string }[]) => problems.map(({ reason }) => reason).join('\n');

test('slices become a volume, sorted along the normal, in real units', async () => {
  const scaled = { '0028,1052 DS': '-1000', '0028,1053 DS': '2' };
  const path = folder(
    'ct',
    [30, 10, 20, 50, 40].map((z) => slice(z, scaled)),
  );
  const { index, source } = await indexFolder(path);
  assert.equal(index.items.length, 1);
  const [item] = index.items;
  assert.deepEqual([item.kind, item.frames, item.height, item.width], ['volume', 5, 4, 5]);
  assert.deepEqual(item.spacingMm, [10, 0.5, 0.75]);
  assert.deepEqual(item.geometry, {
    originMm: [-10, -20, 10],
    directions: [
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
    ],
    axes: 'SPL',
  });
  assert.deepEqual(item.labels, { modality: 'CT' });
  assert.deepEqual(item.intensityRange, [-780, -698]);
  const { data, shape } = await source.read(item, { start: 1, count: 2, stride: 2 });
  assert.deepEqual(shape, [2, 4, 5, 1]);
  assert.deepEqual([data[0], data[20]], [2 * 120 - 1000, 2 * 140 - 1000]);
  assert.doesNotMatch(JSON.stringify(index), /SECRET/);
  const file = join(scratch, 'dataset.json');
  writeIndex(file, index);
  assert.deepEqual(readIndex(file), index);
  const apart = await indexFolder(path, { seriesAsVolumes: false });
  assert.deepEqual([apart.index.items.length, apart.index.items[0].kind], [5, 'image']);
});

test('gaps, uneven steps, several orientations and sheared stacks are said', async () => {
  const gap = await indexFolder(
    folder(
      'gap',
      [0, 5, 10, 20, 25, 30].map((z) => slice(z)),
    ),
  );
  assert.match(reasons(gap.index.problems), /1 slice of 7 seem to be missing: the widest gap is 10 mm, the usual 5 mm/);
  const uneven = await indexFolder(
    folder(
      'uneven',
      [0, 5, 11, 16, 21].map((z) => slice(z)),
    ),
  );
  assert.match(reasons(uneven.index.problems), /lie 5 to 6 mm apart, the usual distance is 5 mm/);
  const turned = { '0020,0037 DS': '0\\1\\0\\0\\0\\-1' };
  const coronal = [0, 4, 8].map((x) => slice(0, { ...turned, '0020,0032 DS': `${x}\\0\\0` }, x));
  const mixed = await indexFolder(folder('mixed', [...[0, 5, 10].map((z) => slice(z)), ...coronal]));
  assert.deepEqual(
    mixed.index.items.map(({ id, geometry }) => [id, geometry?.axes]),
    [
      ['series-1', 'SPL'],
      ['series-2', 'RIP'],
    ],
  );
  assert.match(reasons(mixed.index.problems), /slices are of 2 orientations or sizes/);
  const sheared = [0, 5, 10].map((z) => slice(z, { '0020,0032 DS': `0\\${z}\\${z}` }));
  const { index } = await indexFolder(folder('sheared', sheared));
  assert.match(reasons(index.problems), /shifted against each other by 45 degrees/);
});

test('pictures over time: volumes for each time, or a clip of one slice', async () => {
  const at = (z: number, ms: number) => slice(z, { '0018,1060 DS': String(ms) }, z + ms / 10);
  const cine = folder(
    'cine',
    [0, 40, 80, 120].map((ms) => at(0, ms)),
  );
  const { index, source } = await indexFolder(cine);
  const [clip] = index.items;
  assert.deepEqual([clip.kind, clip.frames, clip.frameRateHz], ['clip', 4, 25]);
  const { data } = await source.read(clip);
  assert.deepEqual(
    [0, 20, 40, 60].map((i) => data[i]),
    [100, 104, 108, 112],
  );
  const beating = folder(
    'beating',
    [0, 5, 10].flatMap((z) => [at(z, 50), at(z, 0)]),
  );
  const volumes = await indexFolder(beating);
  assert.deepEqual(
    volumes.index.items.map(({ kind, frames }) => [kind, frames]),
    [
      ['volume', 3],
      ['volume', 3],
    ],
  );
  assert.equal((await volumes.source.read(volumes.index.items[1])).data[0], 105);
  // Copies of one picture are no series.
  const copy = slice(3, { '0008,0018 UI': '1.2.9' });
  const copies = await indexFolder(folder('copies', [copy, copy, copy, copy]));
  assert.deepEqual(
    copies.index.items.map(({ kind }) => kind),
    ['image', 'image', 'image', 'image'],
  );
});

const frameAt = (z: number, more: DicomElements = {}): DicomElements => ({
  '0020,9113 SQ': [{ '0020,0032 DS': `-10\\-20\\${z}` }],
  ...more,
});

function enhanced(frames: readonly DicomElements[], pixels: Uint8Array, more: DicomElements = {}): Uint8Array {
  return dicomFile({
    ...greyPicture(4, 5, pixels),
    '0008,0018 UI': `1.2.3.${serial++}`,
    '0008,0060 CS': 'MR',
    '0028,0008 IS': String(frames.length),
    '5200,9229 SQ': [
      {
        '0020,9116 SQ': [{ '0020,0037 DS': '1\\0\\0\\0\\1\\0' }],
        '0028,9110 SQ': [{ '0018,0050 DS': '9', '0028,0030 DS': '0.5\\0.75' }],
      },
    ],
    '5200,9230 SQ': frames,
    ...more,
  });
}

test('frames of an enhanced file are sorted by where they lie', async () => {
  const path = join(scratch, 'enhanced.dcm');
  const pixels = Uint8Array.from({ length: 80 }, (_, i) => Math.floor(i / 20));
  writeFileSync(
    path,
    enhanced(
      [9, 3, 6, 0].map((z) => frameAt(z)),
      pixels,
    ),
  );
  const one = await openMedia(path);
  assert.deepEqual([one.description.kind, one.description.spacingMm, one.parts], ['volume', [3, 0.5, 0.75], undefined]);
  const { data } = await one.read();
  assert.deepEqual(
    [0, 20, 40, 60].map((i) => data[i]),
    [3, 1, 2, 0],
  );
  const scale = (slope: number) => ({ '0028,9145 SQ': [{ '0028,1052 DS': '1', '0028,1053 DS': String(slope) }] });
  writeFileSync(
    path,
    enhanced(
      [0, 3, 6].map((z, i) => frameAt(z, scale(i + 1))),
      pixels.subarray(0, 60),
    ),
  );
  const scaled = await openMedia(path);
  assert.deepEqual([...(await scaled.read()).data.filter((_, i) => i % 20 === 0)], [1, 3, 7]);
  const stacks = [0, 3, 6, 0, 3, 6].map((z, i) => {
    return frameAt(z, { '0020,9111 SQ': [{ '0020,9153 FD': [i < 3 ? 0 : 100] }] });
  });
  writeFileSync(
    path,
    enhanced(
      stacks,
      Uint8Array.from({ length: 120 }, (_, i) => Math.floor(i / 20)),
    ),
  );
  const several = await openMedia(path);
  assert.equal(several.parts?.length, 2);
  assert.equal((await several.read({ start: 0, count: 1 }, '1')).data[0], 3);
});

test('a segmentation is a mask of the series it was drawn on', async () => {
  const path = folder(
    'segmented',
    [0, 5, 10, 15].map((z) => slice(z)),
  );
  const segments = [
    [5, 1],
    [10, 1],
    [10, 2],
  ].map(([z, number]) => frameAt(z, { '0062,000A SQ': [{ '0062,000B US': [number] }] }));
  const pixels = new Uint8Array(60);
  pixels[0] = pixels[21] = pixels[22] = pixels[42] = 1;
  const named = (number: number, meaning: string) => ({
    '0062,0004 US': [number],
    '0062,0005 LO': 'typed by Jane',
    '0062,000F SQ': [{ '0008,0104 LO': meaning }],
  });
  const segmentation = enhanced(segments, pixels, {
    '0008,0016 UI': '1.2.840.10008.5.1.4.1.1.66.4',
    '0008,1115 SQ': [{ '0020,000E UI': '1.2.3' }],
    '0020,000E UI': '1.2.3.99',
    '0062,0001 CS': 'FRACTIONAL',
    '0062,000E US': [1],
    '0062,0002 SQ': [named(1, 'Liver'), named(2, 'Lesion')],
  });
  writeFileSync(join(path, 'seg.dcm'), segmentation);
  const { index, source } = await indexFolder(path);
  assert.equal(index.items.length, 1);
  const [item] = index.items;
  const [mask] = item.annotations!;
  assert.ok(mask.type === 'mask');
  assert.deepEqual(mask.classes, { 1: 'Liver', 2: 'Lesion' });
  const { data, shape } = await source.readMask(item, mask, { start: 1, count: 2 });
  assert.deepEqual(shape, [2, 4, 5, 1]);
  const expected = new Uint8Array(40);
  expected[0] = expected[21] = 1;
  expected[22] = 2;
  assert.deepEqual([...data], [...expected]);
  const alone = await indexFolder(folder('alone', [segmentation]));
  assert.match(reasons(alone.index.problems), /series that this segmentation was drawn on is not here/);
  assert.equal(alone.index.items.length, 1);
});

test('real series are volumes with their spacing', { skip: absent }, async () => {
  const { index, source } = await indexFolder(join(shared, 'brain-tumor-progression-mr'), { salt: 'pepper' });
  const shapes = index.items.map(({ frames, height, width }) => [frames, height, width].join('x')).sort();
  assert.deepEqual(shapes, [...Array(4).fill('22x320x280'), '32x51x35', '35x48x36', '40x50x34']);
  const mr = index.items.filter(({ frames }) => frames === 22);
  for (const item of mr) {
    assert.equal(item.kind, 'volume');
    assert.equal(item.spacingMm![1], 0.6875);
    assert.ok(Math.abs(item.spacingMm![0] - 6.5) < 0.01, String(item.spacingMm));
    assert.equal(item.geometry!.axes, mr[0].geometry!.axes);
  }
  const middle = await source.read(mr[0], { start: 11, count: 1 });
  assert.deepEqual(middle.shape, [1, 320, 280, 1]);
});

test('ultrasound regions are boxes, frame time vectors are a rate', async () => {
  const path = join(scratch, 'us.dcm');
  const region = { '0018,6012 US': [1], '0018,6014 US': [2], '0018,6018 UL': [1], '0018,601A UL': [0] };
  writeFileSync(
    path,
    dicomFile({
      ...greyPicture(4, 5, new Uint8Array(60)),
      '0008,0060 CS': 'US',
      '0018,1065 DS': '0\\40\\60',
      '0018,6011 SQ': [{ ...region, '0018,601C UL': [3], '0018,601E UL': [2] }],
      '0028,0008 IS': '3',
    }),
  );
  const { description } = await openMedia(path);
  assert.deepEqual([description.kind, description.frameRateHz], ['clip', 20]);
  assert.deepEqual(description.annotations, [
    { type: 'boxes', name: 'ultrasound regions', boxes: [{ label: 'colour flow', x: 1, y: 0, width: 3, height: 3 }] },
  ]);
});

test('a palette told in segments is a palette', async () => {
  const path = join(scratch, 'palette.dcm');
  const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
  // Four values, a line of four to 1000, the first segment again: 0 1 2 3 | 252 501 751 1000 | 0 1 2 3.
  const segments = words(0, 4, 0, 1, 2, 3, 1, 4, 1000, 2, 1, 0, 0);
  const elements: DicomElements = {
    ...greyPicture(
      3,
      4,
      Uint8Array.from({ length: 12 }, (_, i) => i),
    ),
  };
  const tables = Object.fromEntries(['1', '2', '3'].map((n) => [`0028,122${n} OW`, segments]));
  const descriptors = Object.fromEntries(['1', '2', '3'].map((n) => [`0028,110${n} US`, [12, 0, 16]]));
  writeFileSync(path, dicomFile({ ...elements, '0028,0004 CS': 'PALETTE COLOR', ...tables, ...descriptors }));
  const { data, shape } = await (await openMedia(path)).read();
  assert.deepEqual(shape, [1, 3, 4, 3]);
  assert.deepEqual([...data.filter((_, i) => i % 3 === 0)], [0, 1, 2, 3, 252, 502, 751, 1000, 0, 1, 2, 3]);
});

test('a video inside a DICOM file is a clip', { skip: absent }, async (t) => {
  const file = join(shared, 'video-vectors/mmaction2/part_0.mp4');
  if (!existsSync(file)) return t.skip('the shared video is not here');
  const { '7FE0,0010 OB': _, ...elements } = greyPicture(256, 340, new Uint8Array(2));
  const path = join(scratch, 'video.dcm');
  const syntax = '1.2.840.10008.1.2.4.102';
  const more = { '0008,0060 CS': 'ES', '0018,1063 DS': '20', '0028,0008 IS': '32', '0028,0002 US': [3] };
  writeFileSync(path, dicomFile({ ...elements, ...more }, { syntax, fragments: [readFileSync(file)] }));
  const inside = await openMedia(path);
  const bare = await openMedia(file);
  assert.deepEqual([inside.description.frames, inside.description.frameRateHz], [32, 50]);
  assert.deepEqual(await inside.read({ start: 20, count: 1 }), await bare.read({ start: 20, count: 1 }));
  await inside.close?.();
  await bare.close?.();
});

test('high-throughput JPEG 2000: the lossless and the lossy file show the same', { skip: absent }, async () => {
  const read = async (name: string) => {
    const media = await openMedia(join(shared, 'dicom-vectors/pydicom-data', name));
    return (await media.read()).data;
  };
  const [lossless, lossy] = [await read('HTJ2KLossless_08_RGB.dcm'), await read('HTJ2K_08_RGB.dcm')];
  assert.equal(lossless.length, 480 * 640 * 3);
  let sum = 0;
  for (let i = 0; i < lossless.length; i++) sum += Math.abs(lossless[i] - lossy[i]);
  assert.ok(sum / lossless.length < 2 && sum > 0);
});
