/**
 * What a method cannot use it refuses, by name and with the reason, and never fills up: the smallest item that is not
 * refused is shown with its own frames alone, one frame, slice, row or column fewer is refused in numbers, and where
 * time is the question so is a recording in which nothing moves.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../src/base/random.ts';
import type { FrameStore, MediaItem, MediaKind } from '../../src/data/media.ts';
import { methods } from '../../src/pretext/index.ts';
import type { PretextMethod, SampleView } from '../../src/pretext/method.ts';
import { configureRun } from '../../src/training/configuration.ts';
import { usableItems } from '../../src/training/usable-items.ts';
import { pictureItem, pictureStore } from './pictures.ts';
import { choicesOf, sampleOf, trial, viewOf } from './run-method.ts';

type Side = 'frames' | 'height' | 'width';

/** What each side is counted in, in the words of a refusal. */
const units: Readonly<Record<Side, RegExp>> = { frames: /frames|slices/, height: /pixels/, width: /pixels/ };

const ample = { frames: 400, height: 400, width: 400 } as const;
const channelsOf = ({ card }: PretextMethod) => (card.needs === 'colour' ? 3 : 1);

/** The fewest frames, rows or columns that are not refused where the other sides are ample. */
function fewest(refuses: (item: MediaItem) => string | undefined, kind: MediaKind, side: Side, channels: 1 | 3) {
  const refused = (length: number) =>
    refuses(pictureItem(kind, 'probe', { channels, ...ample, [side]: length })) !== undefined;
  let least = 1;
  while (refused(least)) {
    least++;
    assert.ok(least <= ample[side], `a ${kind} of any ${side} is refused`);
  }
  for (let length = least; length <= least + 8; length++) assert.ok(!refused(length), `${length} is refused again`);
  return least;
}

for (const method of methods) {
  const { card } = method;
  const channels = channelsOf(method);
  for (const kind of card.inputs) {
    test(`${card.id}: a ${kind} one frame, row or column short is refused with the numbers, the next is not filled up`, () => {
      const { methodOptions } = configureRun({ method: card.id });
      const refuses = (item: MediaItem) => method.refuses(item, methodOptions);
      const sides: readonly Side[] = kind === 'image' ? ['height', 'width'] : ['frames', 'height', 'width'];
      const least = { ...ample };
      for (const side of sides) {
        const length = fewest(refuses, kind, side, channels);
        Object.assign(least, { [side]: length });
        if (length === 1) continue;
        const reason = refuses(pictureItem(kind, 'short', { channels, ...ample, [side]: length - 1 }));
        assert.match(reason ?? '', new RegExp(`\\b${length - 1}\\b`), 'what was found');
        assert.match(reason ?? '', units[side]);
      }
      const size = kind === 'image' ? { ...least, frames: 1 } : least;
      assert.equal(refuses(pictureItem(kind, 'least', { channels, ...size })), undefined, 'the least of each side');
      // A window that reaches outside an item is an error of `read`, so that samples come of nothing but its frames.
      const given = trial(method, pictureStore(kind, 3, channels, size));
      for (let draw = 0; draw < 12; draw++) sampleOf(given, draw);
    });
  }
}

/** Where a still picture answers the question, so that nothing has to move. */
const answeredByPictures: Partial<Record<string, Readonly<Record<string, unknown>>>> = {
  'rotation-3d': { input: 'intensity' },
  'cubic-puzzles': { tuples: 'spatial' },
  'lstm-video': { model: 'autoencoder' },
};

/** The store with its first item standing still. */
function frozenFirst(store: FrameStore): FrameStore {
  return {
    ...store,
    read: (item, window) => {
      const read = store.read(item, window);
      if (item > 0) return read;
      const { data } = store.read(0, { start: 0, count: 1 });
      const repeated = Float32Array.from({ length: read.data.length }, (_, i) => Number(data[i % data.length]));
      return { data: repeated, shape: read.shape };
    },
  };
}

for (const method of methods.filter(({ card }) => card.inputs.every((kind) => kind === 'clip'))) {
  const { card } = method;
  const store = frozenFirst(pictureStore('clip', 4));

  for (const choice of [{}, ...choicesOf(method)]) {
    test(`${card.id}, ${JSON.stringify(choice)}: a frozen clip is left out by name where time is the question`, () => {
      const configuration = configureRun({ method: card.id, methodOptions: choice });
      const chosen = configuration.methodOptions as Record<string, unknown>;
      const still = answeredByPictures[card.id];
      const asksTime = still === undefined || Object.entries(still).some(([option, value]) => chosen[option] !== value);
      const { train, leftOut } = usableItems(configuration, store);
      assert.deepEqual(train, asksTime ? [1, 2, 3] : [0, 1, 2, 3]);
      if (!asksTime) return;
      assert.deepEqual(
        leftOut.map(({ item }) => item),
        ['clip-0'],
      );
      assert.match(leftOut[0].reason, /^nothing moves in it/);
      // A recording that stands still for a while only: another is shown, and the factors say which.
      const given = trial(method, store, choice);
      assert.notEqual(sampleOf(given, 0).factors.item, 'clip-0');
      const alone: SampleView = { ...viewOf(given, 0), other: () => alone };
      assert.throws(() => method.sample(alone, new Random(1), given.context), /nothing moves in clip-0/);
    });
  }
}

for (const method of methods.filter(({ card }) => card.needs === 'colour')) {
  test(`${method.card.id}: a grey picture is left out by name, and a data set of them is refused`, () => {
    const configuration = configureRun({ method: method.card.id });
    const colour = pictureStore('image', 3, 3);
    const items = colour.index.items.map((item, i) => (i === 1 ? { ...item, channels: 1 as const } : item));
    const { train, leftOut } = usableItems(configuration, { ...colour, index: { ...colour.index, items } });
    assert.deepEqual(train, [0, 2]);
    assert.deepEqual(
      leftOut.map(({ item }) => item),
      ['image-1'],
    );
    assert.match(leftOut[0].reason, /^it is grey, and there is no (colour|other channel) to predict$/);
    assert.throws(() => usableItems(configuration, pictureStore('image', 3)), {
      code: 'data/unsuitable',
      message: /can use no training item of drawn pictures.*it is grey/s,
    });
  });
}
