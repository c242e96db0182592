import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import {
  type OrderAnswers,
  type OrderGroup,
  orderPredictions,
  reorderedWindows,
  withDirection,
} from './frame-order.ts';
import { judge } from './hypothesis.ts';

const patients = Array.from({ length: 80 }, (_, i) => `patient ${i >> 1}`);

function answers(random: Random, ordered: number, otherwise: number): OrderAnswers {
  const hits = (share: number) => patients.map(() => (random.uniform() < share ? 1 : 0));
  const by = (share: number, rest: number) => ({
    ordered: hits(share),
    shuffled: hits(rest),
    reversed: hits(rest),
    frozen: hits(rest),
  });
  return { patients, right: { direction: by(ordered, otherwise), view: by(0.8, 0.8) } };
}

function group(name: string, trained: [number, number], untrained: [number, number]): OrderGroup {
  const random = new Random(name);
  const all = ([ordered, otherwise]: [number, number]) =>
    Array.from({ length: 6 }, () => answers(random, ordered, otherwise));
  return { name, sees: 'clips', trained: all(trained), untrained: all(untrained) };
}

const card = { id: '', title: '', statement: '', source: '', test: '', decides: '' };
const meaning = { holds: '', 'does not hold': '', 'not decided': '' };
const judged = (...groups: OrderGroup[]) =>
  judge(
    { ...card, meaning },
    { predictions: orderPredictions(groups, 6), seeds: 6, material: '', figures: [], remarks: [] },
  );

test('features that need the order of frames are found, and the control stays', () => {
  const { verdict, predictions } = judged(group('a', [0.85, 0.5], [0.6, 0.5]), group('b', [0.8, 0.55], [0.6, 0.55]));
  assert.equal(verdict, 'holds');
  assert.equal(predictions.find(({ name }) => name.startsWith('view'))!.outcome, 'not decided');
});

test('features that do without it decide nothing', () => {
  assert.equal(judged(group('a', [0.6, 0.6], [0.6, 0.6])).verdict, 'not decided');
});

const clip: FrameStore = {
  index: {
    items: [{ id: 'one', frameLabels: { volume: [5, 4, 3, 2, 1, 2, 3, 4] } }],
  } as unknown as FrameStore['index'],
  sizeOf: () => [8, 1, 1, 1],
  read: (_, { start = 0, count = 8, stride = 1 } = {}) => ({
    data: Float32Array.from({ length: count }, (_, t) => start + t * stride),
    shape: [count, 1, 1, 1],
  }),
};

test('a window keeps its frames in another order', () => {
  const shown = (order: 'shuffled' | 'reversed' | 'frozen') => [
    ...reorderedWindows(clip, order).read(0, { start: 2, count: 5 }).data,
  ];
  assert.deepEqual(shown('reversed'), [6, 5, 4, 3, 2]);
  assert.deepEqual(shown('frozen'), [4, 4, 4, 4, 4]);
  assert.deepEqual(shown('shuffled').sort(), [2, 3, 4, 5, 6]);
  assert.deepEqual(shown('shuffled'), shown('shuffled'));
});

test('a frame is where the ventricle empties or where it fills', () => {
  assert.deepEqual(withDirection(clip).index.items[0].frameLabels!.direction, [1, 1, 1, 1, 0, 0, 0, 0]);
});
