import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { niftiFile, pngFile, writeTree } from '../../../test/small-files.ts';
import { hostArray } from '../../tensor/host-array.ts';
import { writeNpy } from '../../tensor/npy.ts';
import { partOf } from '../split.ts';
import { buildFrameStore } from './frame-store-builder.ts';
import { type IndexOptions, indexFolder } from './index-folder.ts';
import { jsonTable } from './table-files.ts';

const shared = join(import.meta.dirname, '../../../../shared/data');
const root = mkdtempSync(join(tmpdir(), 'sonde-knowledge-'));
after(() => rmSync(root, { recursive: true, force: true }));

async function indexed(name: string, files: Record<string, string | Uint8Array>, options: IndexOptions = {}) {
  return indexFolder(writeTree(join(root, name), files), { salt: 'pepper', ...options });
}

const warnings = (index: { problems: readonly { reason: string }[] }) =>
  index.problems.map(({ reason }) => reason).join('\n');

test('tables as TSV, JSON and Parquet give the same labels', async () => {
  const pictures = { 'a.png': await pngFile(8, 8, 1), 'b.png': await pngFile(8, 8, 2) };
  const columnData = [
    { name: 'file', data: ['a.png', 'b.png'] },
    { name: 'grade', data: [1.5, 2] },
    { name: 'side', data: ['left', 'right'] },
  ];
  const tables: Record<string, string | Uint8Array> = {
    'labels.tsv': 'file\tgrade\tside\na.png\t1.5\tleft\nb.png\t2\tright\n',
    'labels.json': JSON.stringify([
      { file: 'a.png', grade: 1.5, side: 'left' },
      { file: 'b.png', grade: 2, side: 'right', more: { deep: 1 } },
    ]),
    'index.json': JSON.stringify({ 'a.png': { grade: 1.5, side: 'left' }, 'b.png': { grade: 2, side: 'right' } }),
    'labels.parquet': new Uint8Array(parquetWriteBuffer({ columnData })),
  };
  for (const [name, content] of Object.entries(tables)) {
    const { index } = await indexed(`table-${name}`, { ...pictures, [name]: content });
    assert.deepEqual(
      index.items.map(({ labels }) => labels),
      [
        { grade: 1.5, side: 'left' },
        { grade: 2, side: 'right' },
      ],
      name,
    );
  }
  assert.deepEqual(jsonTable('{"a.png": "cat", "b.png": "dog"}').rows, [
    ['a.png', 'cat'],
    ['b.png', 'dog'],
  ]);
  assert.deepEqual(jsonTable('{"file": ["a", "b"], "x": [1, 2]}').columns, ['file', 'x']);
  assert.throws(() => jsonTable('{'), { code: 'data/unreadable' });
});

test('a table of patients labels every picture of each', async () => {
  const picture = await pngFile(8, 8, 1);
  const { index } = await indexed('patients', {
    'P01/one.png': picture,
    'P01/two.png': await pngFile(8, 8, 3),
    'P02/one.png': await pngFile(8, 8, 4),
    'labels.csv': 'patient,ef\nP01,55\nP02,40\nP03,30\n',
  });
  assert.deepEqual(
    index.items.map(({ labels }) => labels.ef),
    [55, 55, 40],
  );
  assert.equal(new Set(index.items.map(({ patient }) => patient)).size, 2);
  assert.doesNotMatch(JSON.stringify(index), /P0[123]/);
});

test('rows number the items of an array; the array that repeats the files of a table is left out', async () => {
  const clips = writeNpy(
    hostArray(
      'uint8',
      [3, 4, 8, 8],
      Uint8Array.from({ length: 768 }, (_, i) => i % 256),
    ),
  );
  const table = 'file,clip_index,patient,label\na.png,0,x,cat\nb.png,1,y,dog\nc.png,2,y,cat\n';
  const both = {
    'a.png': await pngFile(8, 8, 1),
    'b.png': await pngFile(8, 8, 2),
    'c.png': await pngFile(8, 8, 3),
    'clips.npy': clips,
    'labels.csv': table,
  };
  const { index } = await indexed('both', both);
  assert.deepEqual(
    index.items.map(({ id }) => id),
    ['a.png', 'b.png', 'c.png'],
  );
  assert.match(warnings(index), /left out: its 3 items are those that labels\.csv names as files/);
  const alone = await indexFolder(join(root, 'both', 'clips.npy'), { salt: 'pepper' });
  assert.deepEqual(
    alone.index.items.map(({ labels }) => labels.label),
    ['cat', 'dog', 'cat'],
  );
  assert.equal(new Set(alone.index.items.map(({ patient }) => patient)).size, 2);
  const other = await indexed('array', {
    'clips.npy': clips,
    'labels.csv': 'clip_index,label\n2,last\n0,first\n1,middle\n',
  });
  assert.deepEqual(
    other.index.items.map(({ labels }) => labels.label),
    ['first', 'middle', 'last'],
  );
  // Worker threads read parts of one file like files.
  const store = await buildFrameStore(other.source, other.index, { directory: join(root, 'store'), size: 'original' });
  assert.deepEqual(store.sizeOf(2), [4, 8, 8, 1]);
  assert.equal(Math.round(store.read(2, { start: 0, count: 1 }).data[5] * 255), (512 + 5) % 256);
  store.close();
});

test('folders are classes where train and test have the same ones, or where asked', async () => {
  const files: Record<string, Uint8Array> = {};
  let value = 0;
  for (const part of ['train', 'test']) {
    for (const name of ['cat', 'dog']) {
      for (const n of [1, 2, 3]) files[`${part}/${name}/${part}${n}.png`] = await pngFile(8, 8, value++);
    }
  }
  const { index } = await indexed('classes', files);
  assert.deepEqual(new Set(index.items.map(({ labels }) => labels.class)), new Set(['cat', 'dog']));
  assert.equal(index.split.name, 'official');
  for (const item of index.items) assert.equal(partOf(index.split, item) === 'test', item.id.startsWith('test/'));
  const plain = { 'x/1.png': files['train/cat/train1.png'], 'y/2.png': files['train/dog/train1.png'] };
  assert.deepEqual((await indexed('plain', plain)).index.items[0].labels, {});
  const asked = await indexed('plain', plain, { labels: 'folders' });
  assert.deepEqual(
    asked.index.items.map(({ labels }) => labels),
    [{ class: 'x' }, { class: 'y' }],
  );
});

test('masks and boxes beside pictures are annotations, no items', async () => {
  const { index, source } = await indexed('masks', {
    'images/x.nii.gz': niftiFile([8, 8, 3]),
    'images/y.nii.gz': niftiFile([8, 8, 3]),
    'labels/x.nii.gz': niftiFile([8, 8, 3], 2),
    'labels/y.nii.gz': niftiFile([8, 8, 3], 1),
    'more/z.png': await pngFile(9, 9, 50),
    'more/z_mask.png': await pngFile(9, 9, 3),
    'more/z.xml':
      '<annotation><object><name>cell</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></object></annotation>',
  });
  assert.deepEqual(
    index.items.map(({ id }) => id.split('/').at(-1)),
    ['x.nii.gz', 'y.nii.gz', 'z.png'],
  );
  const [x, , z] = index.items;
  const [mask] = x.annotations!;
  assert.ok(mask.type === 'mask');
  assert.equal((await source.readMask(x, mask)).data[0], 2);
  const [own, boxes] = z.annotations!;
  assert.ok(own.type === 'mask' && boxes.type === 'boxes');
  assert.deepEqual(boxes.boxes, [{ label: 'cell', x: 0, y: 0, width: 4, height: 5 }]);
  assert.equal((await source.readMask(z, own)).data[0], 3);
});

test('boxes, key points and stretches of time come from tables of theirs, beside the labels', async () => {
  const { index } = await indexed('places', {
    'a.png': await pngFile(32, 32, 1),
    'b.png': await pngFile(32, 32, 2),
    'labels.csv': 'file,grade\na.png,1\nb.png,2\n',
    'boxes.csv':
      'image,class,xmin,ymin,xmax,ymax\na.png,cell,2,3,10,9\na.png,nucleus,4,4,6,6\nb.png,cell,9,9,3,12\nc.png,cell,1,1,2,2\n',
    'keypoints.tsv': 'file\tlabel\tx\ty\tframe\nb\tapex\t5.5\t6\t0\nb\tbase\t\t6\t0\n',
    'events.json': JSON.stringify([{ file: 'a.png', label: 'systole', start: 0.25, end: 0.5 }]),
  });
  const [a, b] = index.items;
  assert.deepEqual([a.labels.grade, b.labels.grade, index.items.length], [1, 2, 2]);
  assert.deepEqual(a.annotations, [
    {
      type: 'boxes',
      name: 'boxes',
      boxes: [
        { label: 'cell', x: 2, y: 3, width: 8, height: 6 },
        { label: 'nucleus', x: 4, y: 4, width: 2, height: 2 },
      ],
    },
    { type: 'intervals', name: 'events', intervals: [{ label: 'systole', startS: 0.25, endS: 0.5 }] },
  ]);
  const points = [{ label: 'apex', x: 5.5, y: 6, frame: 0 }];
  assert.deepEqual(b.annotations, [{ type: 'points', name: 'keypoints', points }]);
  assert.match(warnings(index), /2 rows of this table left out[\s\S]*one row of this table left out/);
});

test('numbered pictures of one folder are a clip, unless a table names them or the user says so', async () => {
  const frames: Record<string, Uint8Array> = {};
  for (let i = 0; i < 9; i++) frames[`run/frame${String(i + 7).padStart(3, '0')}.png`] = await pngFile(8, 10, i);
  const gap = { ...frames };
  delete gap['run/frame009.png'];
  const { index, source } = await indexed('frames', frames);
  assert.deepEqual([index.items.length, index.items[0].kind, index.items[0].frames], [1, 'clip', 9]);
  assert.match(warnings(index), /9 numbered pictures in 1 folders were taken for the frames of 1 clips/);
  const { data, shape } = await source.read(index.items[0], { start: 2, count: 2, stride: 3 });
  assert.deepEqual([shape, data[0], data[80]], [[2, 8, 10, 1], 2, 5]);
  const store = await buildFrameStore(source, index, { directory: join(root, 'store'), size: 'original', workers: 1 });
  assert.equal(Math.round(store.read(0, { start: 8, count: 1 }).data[0] * 255), 8);
  store.close();
  assert.equal((await indexed('gap', gap)).index.items.length, 8);
  assert.equal((await indexed('frames', {}, { framesAsClips: false })).index.items.length, 9);
  const rows = Object.keys(frames).map((path, i) => `${path},${i}`);
  const labelled = await indexed('labelled', { ...frames, 'labels.csv': `file,score\n${rows.join('\n')}\n` });
  assert.equal(labelled.index.items.length, 9);
});

test('the folder of lung ultrasound has each clip once', {
  skip: existsSync(join(shared, 'pocus-lus-ccby')) ? false : 'the shared clips are not here',
}, async () => {
  const { index } = await indexFolder(join(shared, 'pocus-lus-ccby'), { salt: 'pepper' });
  assert.equal(index.items.length, 44);
  assert.ok(index.items.every(({ format }) => format === 'video'));
  assert.equal(new Set(index.items.map(({ patient }) => patient)).size, 14);
  assert.match(warnings(index), /left out: its 44 items/);
});
