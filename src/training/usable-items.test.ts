import assert from 'node:assert/strict';
import test from 'node:test';
import { pictureItem, pictureStore } from '../../test/catalogue/pictures.ts';
import type { FrameStore, MediaItem } from '../data/media.ts';
import { configureRun } from './configuration.ts';
import { storedItem } from './sampling/views.ts';
import { usableItems } from './usable-items.ts';

/** The drawn volumes as if they had been larger before they were stored. */
function stored(changes: readonly Partial<MediaItem>[]): FrameStore {
  const store = pictureStore('volume', changes.length);
  const items = changes.map((change, i) => pictureItem('volume', `volume-${i}`, change));
  return { ...store, index: { ...store.index, items } };
}

test('an item is judged by the size it is stored in, and the distance between its stored pixels', () => {
  const store = stored([{ height: 96, width: 96, spacingMm: [2, 1, 1] }, { spacingMm: [2, 1, 1] }, {}]);
  assert.deepEqual(storedItem(store, 0).spacingMm, [2, 2, 2]);
  assert.deepEqual([storedItem(store, 0).height, storedItem(store, 0).width], [48, 48]);
  assert.equal(storedItem(store, 2).spacingMm, undefined);
  const { train, validation, leftOut } = usableItems(configureRun({ method: 'volume-rotation' }), store);
  assert.deepEqual(train, [0, 2]);
  assert.deepEqual(validation, train, 'no validation part: training items are asked again');
  assert.deepEqual(
    leftOut.map(({ item }) => item),
    ['volume-1'],
  );
  assert.match(leftOut[0].reason, /2 × 1 × 1 mm/);
});

test('where no item is left the first reason is told', () => {
  const store = pictureStore('volume', 2);
  const configuration = configureRun({ method: 'volume-rotation', methodOptions: { size: 30 } });
  assert.throws(() => usableItems(configuration, store), /24 slices are fewer than the 30 that are cut/);
});
