import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { parseTable } from '../label-table.ts';
import { indexFolder } from '../storage/index-folder.ts';

const shared = join(import.meta.dirname, '../../../../shared/data');
const absent = (name: string) => (existsSync(join(shared, name)) ? false : `the shared set ${name} is not here`);

test('the shared blood smears have all their boxes', { skip: absent('bccd') }, async () => {
  const { index } = await indexFolder(join(shared, 'bccd'));
  assert.equal(index.items.length, 364);
  const counts: Record<string, number> = {};
  for (const { annotations = [] } of index.items) {
    for (const annotation of annotations) {
      if (annotation.type === 'boxes')
        for (const { label } of annotation.boxes) counts[label] = (counts[label] ?? 0) + 1;
    }
  }
  // The counts of the set's own page; boxes without an area are left out.
  assert.deepEqual([counts.WBC, counts.Platelets], [372, 361]);
  assert.ok(counts.RBC >= 4150 && counts.RBC <= 4155, String(counts.RBC));
  assert.equal(index.split.name, 'official');
});

test('the shared vocal folds are sequences with a mask for each frame', {
  skip: absent('vocalfolds-endoscopy'),
}, async () => {
  const { index, source } = await indexFolder(join(shared, 'vocalfolds-endoscopy'), { salt: 'pepper' });
  assert.equal(index.items.length, 4);
  assert.equal(
    index.items.reduce((sum, { frames }) => sum + frames, 0),
    158,
  );
  const [first] = index.items;
  assert.deepEqual([first.kind, first.channels, first.height], ['clip', 3, 160]);
  const mask = first.annotations![3];
  assert.ok(mask.type === 'mask' && mask.frame === 3);
  const { data, shape } = await source.readMask(first, mask);
  assert.deepEqual(shape, [1, 160, 160, 1]);
  const { columns, rows } = parseTable(readFileSync(join(shared, 'vocalfolds-endoscopy/index.csv'), 'utf8'));
  const row = rows.find((one) => mask.file.endsWith(one[1]))!;
  // The flags are of the masks before they were made smaller.
  for (const value of new Set(data)) assert.equal(row[columns.indexOf('has_void') + value], '1');
  const shown = await sharp(join(shared, 'vocalfolds-endoscopy', mask.file))
    .toColourspace('b-w')
    .raw()
    .toBuffer();
  assert.deepEqual([...data], [...shown]);
});

test('the shared hippocampus volumes have their masks', { skip: absent('hippocampus-msd') }, async () => {
  const { index, source } = await indexFolder(join(shared, 'hippocampus-msd'));
  const masked = index.items.filter(({ annotations }) => annotations !== undefined);
  assert.equal(masked.length, 178);
  assert.equal(index.items.length, 178);
  const { columns, rows } = parseTable(readFileSync(join(shared, 'hippocampus-msd/index.csv'), 'utf8'));
  const [item] = masked;
  const row = rows.find(([file]) => item.id.endsWith(file))!;
  const [mask] = item.annotations!;
  assert.ok(mask.type === 'mask');
  const { data } = await source.readMask(item, mask);
  const count = (value: number) => data.filter((one: number) => one === value).length;
  assert.deepEqual(
    [count(1), count(2)],
    ['anterior_voxels', 'posterior_voxels'].map((name) => Number(row[columns.indexOf(name)])),
  );
});

test('the shared lung ultrasound: clips once, with labels and patients, as files or as one array', {
  skip: absent('pocus-lus-ccby'),
}, async () => {
  const array = await indexFolder(join(shared, 'pocus-lus-ccby/clips_u8_44x32x96x96.npy.gz'), { salt: 'pepper' });
  assert.equal(array.index.items.length, 44);
  assert.equal(new Set(array.index.items.map(({ patient }) => patient)).size, 14);
  const counts: Record<string, number> = {};
  for (const { labels } of array.index.items) counts[labels.label] = (counts[labels.label] ?? 0) + 1;
  assert.deepEqual(counts, { covid: 7, pneumonia: 1, viral: 4, regular: 32 });
  assert.deepEqual((await array.source.read(array.index.items[43], { start: 31, count: 1 })).shape, [1, 96, 96, 1]);
});
