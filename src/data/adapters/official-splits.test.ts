import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { clipFile, writeTree } from '../../../test/small-files.ts';
import { partOf } from '../split.ts';
import { describeDataset } from '../storage/open-dataset.ts';

const scratch = mkdtempSync(join(tmpdir(), 'sonde-official-'));
process.env.SONDE_CACHE = join(scratch, 'cache');
after(() => rmSync(scratch, { recursive: true, force: true }));

const splits = [1, 2, 3];

/** For each official split, which of three items it tests; the rest is for training. */
async function tested(path: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const number of splits) {
    const { index } = await describeDataset({ path, split: `official:${number}` });
    assert.equal(index.split.name, `official:${number}`);
    const inTest = index.items.filter((item) => partOf(index.split, item) === 'test');
    assert.equal(inTest.length, 1, names.join());
    found.push(inTest[0].id);
  }
  const plain = await describeDataset({ path, split: 'official' });
  assert.deepEqual(
    plain.index.items.filter((item) => partOf(plain.index.split, item) === 'test').map(({ id }) => id),
    found.slice(0, 1),
  );
  return found;
}

test('UCF101: all three official splits', async () => {
  const clip = await clipFile(2);
  const names = splits.map((group) => `Archery/v_Archery_g0${group}_c01.avi`);
  const path = writeTree(join(scratch, 'ucf'), {
    ...Object.fromEntries(names.map((name) => [`UCF-101/${name}`, clip])),
    ...Object.fromEntries(
      splits.flatMap((number) => [
        [
          `ucfTrainTestlist/trainlist0${number}.txt`,
          names.flatMap((name, i) => (i + 1 === number ? [] : [`${name} 3\n`])).join(''),
        ],
        [`ucfTrainTestlist/testlist0${number}.txt`, `${names[number - 1]}\n`],
      ]),
    ),
  });
  assert.deepEqual(
    await tested(path, names),
    names.map((name) => `UCF-101/${name}`),
  );
  await assert.rejects(describeDataset({ path, split: 'official:4' }), {
    code: 'usage',
    message: /no official split 4 of UCF101[\s\S]*official:1 to official:3/,
  });
});

test('HMDB51: all three official splits', async () => {
  const clip = await clipFile(2);
  const names = splits.map((film) => `Film${film}_brush_hair_u_nm_np1_ba_goo_0.avi`);
  const path = writeTree(join(scratch, 'hmdb'), {
    ...Object.fromEntries(names.map((name) => [`brush_hair/${name}`, clip])),
    ...Object.fromEntries(
      splits.map((number) => [
        `splits/brush_hair_test_split${number}.txt`,
        names.map((name, i) => `${name} ${i + 1 === number ? 2 : 1} \n`).join(''),
      ]),
    ),
  });
  assert.deepEqual(
    await tested(path, names),
    names.map((name) => `brush_hair/${name}`),
  );
});

test('a folder with one split has no second', async () => {
  const clip = await clipFile(2);
  const path = writeTree(join(scratch, 'own'), { 'train/a/1.avi': clip, 'train/b/2.avi': clip, 'test/a/3.avi': clip });
  await assert.rejects(describeDataset({ path, split: 'official:2' }), {
    code: 'usage',
    message: /no official split 2 of this folder/,
  });
});

test('a name in two lists is an error that names it, whichever split is asked for', async () => {
  const clip = await clipFile(2);
  const name = 'Archery/v_Archery_g01_c01.avi';
  const path = writeTree(join(scratch, 'torn'), {
    [`UCF-101/${name}`]: clip,
    'ucfTrainTestlist/trainlist01.txt': `${name} 3\n`,
    'ucfTrainTestlist/testlist01.txt': `${name}\n`,
  });
  await assert.rejects(describeDataset({ path }), /put v_Archery_g01_c01\.avi into two parts: train and test/);
});
