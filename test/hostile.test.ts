import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { indexFolder } from '../src/data/storage/index-folder.ts';
import { fuzz } from './fuzz/watch.ts';
import { picture } from './sample-folder.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-hostile-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('damaged files of every format end in pictures or in one sentence, in time and in memory', async () => {
  const { files, faults } = await fuzz('damage', 3, 3);
  assert.deepEqual(faults, []);
  assert.ok(files >= 50, `${files}`);
});

test('bombs, endless nesting and impossible sizes are refused in time and in memory', async () => {
  const { files, faults } = await fuzz('bombs', 0, 1);
  assert.deepEqual(faults, []);
  assert.ok(files >= 12, `${files}`);
});

test('no link and no header leads out of the folder', async () => {
  const secret = join(root, 'secret');
  const folder = join(root, 'folder');
  mkdirSync(secret);
  mkdirSync(folder);
  await picture(join(secret, 'inner.png'), 8, 8, 1);
  await picture(join(folder, 'mine.png'), 8, 8, 1);
  writeFileSync(join(secret, 'pixels.raw'), new Uint8Array(64));
  symlinkSync(secret, join(folder, 'link'));
  symlinkSync(join(secret, 'inner.png'), join(folder, 'linked.png'));
  symlinkSync('loop', join(folder, 'loop'));
  const header = 'ObjectType = Image\nNDims = 3\nDimSize = 4 4 4\nElementType = MET_UCHAR\n';
  writeFileSync(join(folder, 'out.mhd'), `${header}ElementDataFile = ../secret/pixels.raw\n`);
  symlinkSync(join(secret, 'pixels.raw'), join(folder, 'linked.raw'));
  writeFileSync(join(folder, 'through.mhd'), `${header}ElementDataFile = linked.raw\n`);
  const { index } = await indexFolder(folder);
  assert.deepEqual(
    index.items.map(({ id }) => id),
    ['mine.png'],
  );
  const reasons = index.problems.map(({ path, reason }) => `${path}: ${reason}`).join('\n');
  assert.match(reasons, /link: this symbolic link leads out/);
  assert.match(reasons, /linked\.png: this symbolic link leads out/);
  assert.match(reasons, /out\.mhd: /);
  assert.match(reasons, /through\.mhd: /);
});
