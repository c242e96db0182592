import assert from 'node:assert/strict';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { picture } from '../../../test/sample-folder.ts';
import { concealment, hashedWords } from './concealment.ts';
import { DescribedFiles } from './described-files.ts';
import { indexFolder } from './index-folder.ts';
import { scanDataset } from './scan-dataset.ts';

const root = mkdtempSync(join(tmpdir(), 'sonde-memory-'));
after(() => rmSync(root, { recursive: true, force: true }));

test('files that have not changed are not opened again; a changed one is', async () => {
  const folder = join(root, 'scans');
  const memory = join(root, 'memory');
  mkdirSync(folder);
  for (const name of ['a', 'b', 'c']) await picture(join(folder, `${name}.png`), 24, 16, name.charCodeAt(0));
  const options = { salt: 'pepper', memory };
  const { index } = await indexFolder(folder, options);
  // Content that no longer is a picture, under the size and time of before: only memory can know it.
  const before = readFileSync(join(folder, 'a.png'));
  const time = new Date(2020, 1, 1);
  utimesSync(join(folder, 'b.png'), time, time);
  const again = await indexFolder(folder, options);
  assert.equal(again.index.items.length, 3);
  assert.notEqual(again.index.hash, index.hash);
  assert.deepEqual(again.index.items, index.items);
  copyFileSync(join(folder, 'b.png'), join(folder, 'a.png'));
  const changed = await indexFolder(folder, options);
  assert.deepEqual(changed.index.items, index.items);
  assert.ok(before.length > 0);
  const [file] = readdirSync(memory);
  const text = readFileSync(join(memory, file), 'utf8');
  assert.doesNotMatch(text, /[abc]\.png/);
  appendFileSync(join(memory, file), '["cut off');
  assert.equal((await indexFolder(folder, options)).index.items.length, 3);
});

test('what was remembered is given back only for the same size and time', () => {
  const file = { path: 'x/y.png', absolute: '/x/y.png', bytes: 10, modifiedMs: 5 };
  const first = new DescribedFiles<number>(join(root, 'plain'), '/root', 's');
  first.keep(file, 7);
  first.flush();
  const second = new DescribedFiles<number>(join(root, 'plain'), '/root', 's');
  assert.equal(second.find(file), 7);
  assert.equal(second.find({ ...file, bytes: 11 }), undefined);
  assert.equal(second.find({ ...file, modifiedMs: 6 }), undefined);
  assert.equal(new DescribedFiles<number>(join(root, 'plain'), '/root', 'other').find(file), undefined);
});

test('findings are remembered, and the same the second time', async () => {
  const { index, source } = await indexFolder(join(root, 'scans'), { salt: 'pepper' });
  const memory = join(root, 'findings');
  const first = await scanDataset(source, index, { memory, workers: 1 });
  const second = await scanDataset(source, index, { memory, workers: 0 });
  assert.equal(first.items.length, 3);
  const shown = ({ items }: typeof first) => items.map(({ fingerprint: _, ...rest }) => rest);
  assert.deepEqual(shown(second), shown(first));
});

test('names from tags are recognised in paths however they are written; nothing else is touched', () => {
  const words = new Set(hashedWords(['Müller^Anna Maria', 'MRN-4711'], 's'));
  const conceal = concealment({ salt: 's', words });
  for (const hidden of ['Müller', 'anna_1', 'MuellerX/../müller-2', 'DrMüller', 'mrn_4711', 'MRN4711', 'AnnaMaria']) {
    const name = hidden.split('/').at(-1)!;
    assert.notEqual(conceal(`${name}/a.png`).split('/')[0], name, hidden);
  }
  for (const kept of ['scans/IM0001.dcm', 'series_2/frame-17.png', 'train/a#3', 'susanna/b.png'])
    assert.equal(conceal(kept), kept);
  assert.match(conceal('scans/Anna Müller.nii.gz'), /^scans\/f-[0-9a-f]{12}\.nii\.gz$/);
  assert.match(concealment({ salt: 's', patientLevel: 0 })('Anna/x.png'), /^p-[0-9a-f]{12}\/x\.png$/);
});

test('with everything concealed no letter of a path is left but its ending, and different paths stay different', () => {
  const conceal = concealment({ salt: 's', everything: true });
  const name = fc.stringMatching(/^[a-z]{6,12}$/);
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(name, name), { minLength: 2, maxLength: 6, selector: (pair) => pair.join('/') }),
      (paths) => {
        const shown = paths.map(([folder, file]) => conceal(`${folder}/${file}.dcm`));
        assert.equal(new Set(shown).size, paths.length);
        for (const path of shown) assert.match(path, /^d-[0-9a-f]{12}\/f-[0-9a-f]{12}\.dcm$/);
      },
    ),
  );
});
