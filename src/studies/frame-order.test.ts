import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import { frameOrders } from '../explanation/reordered-frames.ts';
import { reorderedWindows, withDirection } from './clip-windows.ts';
import { type OrderAnswers, type OrderGroup, orderPredictions } from './frame-order.ts';
import { judge } from './hypothesis.ts';
import { taskPredictions, taskTable } from './task-order.ts';

const patients = Array.from({ length: 80 }, (_, i) => `patient ${i >> 1}`);

function answers(random: Random, ordered: number, otherwise: number): OrderAnswers {
  const hits = (share: number) => patients.map(() => (random.uniform() < share ? 1 : 0));
  const by = (share: number, rest: number) => ({
    ordered: hits(share),
    shuffled: hits(rest),
    reversed: hits(rest),
    frozen: hits(rest),
  });
  return { patients, right: { direction: by(ordered, otherwise), phase: by(ordered, otherwise), view: by(0.8, 0.8) } };
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

test('a quarter of the beat is told from its share of it', () => {
  const beat = { ...clip, index: { items: [{ id: 'one', frameLabels: { volume: [1, 1, 1], phase: [0, 0.26, 1] } }] } };
  const { frameLabels } = withDirection(beat as unknown as FrameStore).index.items[0];
  assert.deepEqual(frameLabels!.phase, [0, 1, 3]);
});

test('a task that needs the order is found by its own questions; one that asks for it decides nothing', () => {
  const random = new Random('tasks');
  const hits = (share: number) => patients.map(() => (random.uniform() < share ? 1 : 0));
  const task = (name: string, asksOrder: boolean, ordered: number, otherwise: number) => ({
    name,
    asksOrder,
    chance: 0.25,
    seeds: Array.from({ length: 6 }, () => {
      const right = Object.fromEntries(
        frameOrders.map((order) => [order, hits(order === 'ordered' ? ordered : otherwise)]),
      );
      return { patients, right: right as Record<(typeof frameOrders)[number], number[]>, refused: {} };
    }),
  });
  const tasks = [task('needs', false, 0.9, 0.5), task('does not', false, 0.9, 0.9), task('asks', true, 0.9, 0.25)];
  const predictions = taskPredictions(tasks, 6);
  const named = (start: string) => predictions.filter(({ name }) => name.startsWith(start));
  assert.ok(named('needs')[0].decides && named('needs')[0].difference.low > 0.2);
  assert.ok(
    named('does not')[0].decides && named('does not')[0].difference.low < 0 && named('does not')[0].difference.high > 0,
  );
  assert.deepEqual(
    named('asks').map(({ decides }) => decides),
    [false],
  );
  assert.match(taskTable(tasks).rows[2][0], /asks for the order/);
});
