import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeFolder, picture } from '../../../test/sample-folder.ts';
import { readIndex, writeIndex } from './dataset-file.ts';
import { findDuplicates } from './duplicates.ts';
import { indexFolder } from './index-folder.ts';
import { pseudonymOf } from './pseudonym.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-index-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('a folder is indexed: pictures described, patients from folders, broken files named', async () => {
  const folder = await makeFolder(join(root, 'scans'));
  const seen: number[] = [];
  const salt = 'pepper';
  const { index, source } = await indexFolder(folder, { salt, onProgress: (done) => seen.push(done) });
  const [anna, ben] = [pseudonymOf('anna', salt), pseudonymOf('ben', salt)];
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
      [`${anna}/one.png`, anna, 20, 40, 1, 'png', 'image'],
      [`${anna}/two.png`, anna, 16, 16, 3, 'png', 'image'],
      [`${ben}/three.tif`, ben, 30, 10, 1, 'tiff', 'image'],
    ],
  );
  const reasons: Record<string, string> = {};
  for (const { path, reason } of index.problems) reasons[path] = `${reasons[path] ?? ''}${reason}`;
  assert.match(reasons[`${ben}/cut.png`], /PNG image cannot be decoded/);
  assert.match(reasons[`${ben}/note.png`], /named like a PNG image, but it holds plain text/);
  assert.match(reasons[`${ben}/empty.jpg`], /JPEG image is an empty file/);
  assert.match(reasons.outside, /symbolic link leads out of the folder/);
  assert.match(reasons['.'], /of 7 files .* could not be read/);
  assert.match(reasons['.'], /only 2 patients, so the split has no validation part/);
  assert.equal(index.problems.length, 6);
  assert.equal(seen.at(-1), seen.length);
  const frames = await source.read(index.items[0]);
  assert.deepEqual(frames.shape, [1, 20, 40, 1]);
  assert.deepEqual([...frames.data.subarray(0, 3)], [0, 1, 2]);
  assert.doesNotMatch(JSON.stringify(index), /anna|ben\b/);
  const again = await indexFolder(folder, { salt });
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

test('identical files are found; a source without files has none', async () => {
  const folder = join(root, 'twins');
  mkdirSync(folder);
  await picture(join(folder, 'a.png'), 8, 8, 1);
  await picture(join(folder, 'b.png'), 8, 8, 2);
  copyFileSync(join(folder, 'a.png'), join(folder, 'c.png'));
  const { source } = await indexFolder(folder);
  assert.deepEqual(await findDuplicates(source), [['a.png', 'c.png']]);
  const { name, items, problems, read } = source;
  assert.deepEqual(await findDuplicates({ name, items, problems, read }), []);
});
