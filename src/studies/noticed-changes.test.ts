import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import { amountsOf, type GradedChangeName, gradedStore } from './graded-changes.ts';
import { judge } from './hypothesis.ts';
import { type Attitude, type ChangeCell, changePredictions } from './noticed-changes.ts';

const patients = Array.from({ length: 60 }, (_, i) => `patient ${i >> 1}`);

/** A cell whose accuracy training raises by `gain`, with noise of seeds and pictures. */
function cell(method: string, attitude: Attitude | undefined, gain: number): ChangeCell {
  const random = new Random(method);
  return {
    method,
    change: 'turn',
    attitude,
    seeds: Array.from({ length: 6 }, () => {
      const ofSeed = random.normal(0, 0.05);
      const untrained = patients.map(() => 0.4 + random.normal(0, 0.3));
      return { patients, untrained, trained: untrained.map((right) => right + gain + ofSeed + random.normal(0, 0.1)) };
    }),
  };
}

const card = { id: '', title: '', statement: '', source: '', test: '', decides: '' };
const meaning = { holds: '', 'does not hold': '', 'not decided': '' };
const verdict = (...cells: ChangeCell[]) =>
  judge(
    { ...card, meaning },
    { predictions: changePredictions(cells), seeds: 6, material: '', figures: [], remarks: [] },
  ).verdict;

test('a factor that one task gains and the other loses is found', () => {
  assert.equal(verdict(cell('a', 'asks for it', 0.2), cell('b', 'brings it together', -0.2)), 'holds');
});

test('where training changes nothing, nothing is decided', () => {
  assert.equal(verdict(cell('a', 'asks for it', 0), cell('b', 'brings it together', 0)), 'not decided');
});

test('a factor that is lost though the task asks for it speaks against', () => {
  assert.equal(verdict(cell('a', 'asks for it', -0.2), cell('b', 'brings it together', -0.2)), 'does not hold');
});

test('pictures are changed by the amount that is asked for', () => {
  const shape = [1, 8, 8, 1] as const;
  const store: FrameStore = {
    index: { items: [{ id: 'one' }, { id: 'two' }] } as unknown as FrameStore['index'],
    sizeOf: () => [...shape],
    read: () => ({ data: Float32Array.from({ length: 64 }, (_, i) => (i % 8) / 8), shape: [...shape] }),
  };
  const amounts = amountsOf(store, 'mirror');
  assert.deepEqual(amountsOf(store, 'mirror'), amounts);
  assert.notDeepEqual(amountsOf(store, 'turn'), amounts);
  assert.ok(amounts.every((amount) => Math.abs(amount) <= 1));
  const first = (change: GradedChangeName, amount: number) =>
    gradedStore(store, change, [amount, amount]).read(0, {}).data;
  assert.equal(first('mirror', 0.5)[0], 7 / 8);
  assert.equal(first('mirror', -0.5)[0], 0);
  assert.ok(Math.abs(first('gamma', 1)[4] - 0.5 ** Math.exp(0.5)) < 1e-6);
  assert.ok(first('size', 1)[0] > 0.1 && first('size', -1)[0] === 0, 'the middle fills the frame');
  assert.deepEqual([...first('turn', 0)], [...store.read(0, {}).data]);
});
