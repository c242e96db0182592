// Labels dealt anew: as many of each in every part, none out of its part, one for all rows of an item.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import type { SplitPart } from '../../data/media.ts';
import { dealtAnew } from './dealt-labels.ts';

test('every part keeps its values, every item gets one for all its rows, and most get another', () => {
  const items = Array.from({ length: 60 }, (_, row) => `item ${row >> 1}`);
  const parts = items.map((_, row): SplitPart => (row < 30 ? 'train' : row < 40 ? 'validation' : 'test'));
  const labels = { view: items.map((_, row) => `view ${(row >> 1) % 3}`) };
  const table = {
    tap: 'conv1',
    rows: 60,
    columns: 0,
    features: new Float32Array(),
    items,
    patients: items,
    parts,
    labels,
  };
  const dealt = dealtAnew(table, 'view', new Random('deal'));
  for (const part of ['train', 'validation', 'test']) {
    const of = (values: readonly unknown[]) => values.filter((_, row) => parts[row] === part).sort();
    assert.deepEqual(of(dealt), of(labels.view));
  }
  dealt.forEach((value, row) => {
    assert.equal(value, dealt[row - (row % 2)]);
  });
  assert.ok(dealt.filter((value, row) => value !== labels.view[row]).length > 20);
});
