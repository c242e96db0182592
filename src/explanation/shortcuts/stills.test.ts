// Marks and traces in pictures that do not move.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cornerText,
  fan,
  middleCross,
  type Plant,
  plantedWorld,
  printedTrace,
} from '../../../test/planted-shortcuts.ts';
import type { FrameStore } from '../../data/media.ts';
import { ecgStrip } from './ecg-strip.ts';
import { text } from './text.ts';

const side = 32;
const stills = (plant?: Plant, patients = 14): FrameStore =>
  plantedWorld({ patients, itemsEach: 1, frames: 1, side, ...(plant === undefined ? {} : { plant }) });
const all = (store: FrameStore) => store.index.items.map((_, item) => item);

test('letters that many patients have in the same place are found there, and nowhere else', () => {
  const store = stills(cornerText);
  for (const item of all(store)) {
    const found = text.find!(store, item)!;
    const { data } = store.read(item, { start: 0, count: 1 });
    const places = Array.from(found.keys()).filter((i) => found[i] === 1);
    assert.ok(places.length >= 15, `${places.length}`);
    // The letters are white; the texture never is.
    for (const i of places) assert.equal(data[i], 1);
  }
});

test('a mark that half of the patients have is found in theirs only', () => {
  const store = stills((frame, place) => {
    if (place.patient % 2 === 0) middleCross(frame, place);
  });
  assert.deepEqual(
    all(store).map((item) => text.find!(store, item) !== undefined),
    all(store).map((item) => item % 2 === 0),
  );
});

test('textures, a black fan and too few patients show no marks and no trace', () => {
  for (const store of [stills(), stills(fan), stills(cornerText, 6)]) {
    for (const item of all(store)) {
      assert.equal(text.find!(store, item), undefined);
      assert.equal(ecgStrip.find!(store, item), undefined);
    }
  }
});

test('a printed trace is a strip and no text', () => {
  const store = stills(printedTrace);
  for (const item of all(store)) {
    const strip = ecgStrip.find!(store, item)!;
    const rows = Array.from({ length: side }, (_, y) => y).filter((y) => strip[y * side] === 1);
    assert.ok(rows.length >= 3 && rows.every((y) => y > side * 0.8), `${rows}`);
    assert.equal(text.find!(store, item), undefined);
  }
});

test('letters on black at the edge are no trace', () => {
  const store = stills((frame) => {
    frame.fill(0, (side - 5) * side);
    for (let y = side - 4; y < side - 1; y++) for (let x = 3; x < 12; x += 2) frame[y * side + x] = 1;
  });
  for (const item of all(store)) assert.equal(ecgStrip.find!(store, item), undefined);
});
