import assert from 'node:assert/strict';
import test from 'node:test';
import { pascalVoc } from './pascal-voc.ts';

/** A set in the layout of VOC, and what its lists say of picture `a`. */
async function placeOf(lists: Readonly<Record<string, string>>) {
  const files: Record<string, string> = {
    'JPEGImages/a.jpg': '',
    ...Object.fromEntries(Object.entries(lists).map(([name, text]) => [`ImageSets/Main/${name}.txt`, text])),
  };
  const paths = Object.keys(files);
  const tree = { name: 'set', paths, has: (path: string) => path in files, text: (path: string) => files[path] };
  const knowledge = await pascalVoc.describe(tree, 1);
  return knowledge.of('JPEGImages/a.jpg')?.official;
}

test('lists of VOC: the union of training and validation places only what neither of them names', async () => {
  assert.equal(await placeOf({ train: 'a\n' }), 'train');
  assert.equal(await placeOf({ val: 'a 1\n', trainval: 'a 1\n' }), 'validation');
  assert.equal(await placeOf({ trainval: 'a\n' }), 'train');
  assert.equal(await placeOf({ test: 'b\n' }), undefined);
});

test('a picture in two parts is an error', async () => {
  await assert.rejects(placeOf({ train: 'a\n', test: 'a\n' }), /put a into two parts: train and test/);
  await assert.rejects(placeOf({ train: 'a\n', val: 'a\n' }), /train and validation/);
  await assert.rejects(placeOf({ trainval: 'a\n', test: 'a\n' }), /test and train/);
});
