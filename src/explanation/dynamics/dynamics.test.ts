import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { foldedProbe } from './folded-probe.ts';
import { settledAt } from './moments.ts';
import { type AskedQuestion, difficultyOf, forgettingEvents, learnedFrom } from './questions.ts';

test('forgetting events are falls from right to wrong; learned is right to the end', () => {
  const history = (text: string) => [...text].map((letter) => letter === 'r');
  assert.equal(forgettingEvents(history('wwrrwrw')), 2);
  assert.equal(forgettingEvents(history('wwwrrr')), 0);
  assert.equal(learnedFrom(history('wwrrwrr')), 5);
  assert.equal(learnedFrom(history('rrr')), 0);
  assert.equal(learnedFrom(history('rrw')), undefined);
  const asked = ['rrr', 'www', 'rwr', 'wrw'].map(
    (text, i): AskedQuestion => ({
      question: { data: new Float32Array(0), answer: 0, patient: `p${i}` },
      losses: [i === 1 ? 9 : i, 1, 1],
      right: history(text),
    }),
  );
  assert.deepEqual(difficultyOf(asked), {
    order: [0, 2, 3, 1],
    everRight: 3,
    forgotten: 2,
    neverRight: 1,
    alwaysFromFirst: 1,
  });
});

test('a layer has settled at the step from which on nine tenths of the way are behind it', () => {
  assert.equal(
    settledAt([
      [0, 0.2],
      [10, 0.95],
      [20, 0.8],
      [40, 0.93],
      [80, 1],
    ]),
    40,
  );
});

test('the folded probe reads what is in the features and nothing else', () => {
  const random = new Random('probe');
  const [rows, columns] = [90, 4];
  const data = Float64Array.from({ length: rows * columns }, () => random.normal());
  const patients = Array.from({ length: rows }, (_, row) => `p${row % 15}`);
  const held = Float64Array.from({ length: rows }, (_, row) => 3 * data[row * columns] - data[row * columns + 2] + 7);
  const noise = Float64Array.from({ length: rows }, () => random.normal());
  const classes = Uint16Array.from(held, (value) => (value > 7 ? 1 : 0));
  const [a, b, c] = foldedProbe(
    { rows, columns, data },
    [
      { name: 'held', kind: 'numbers', values: held },
      { name: 'noise', kind: 'numbers', values: noise },
      { name: 'sign', kind: 'classes', values: classes, classes: 2 },
    ],
    patients,
  );
  assert.ok(a.value > 0.97 && a.low > 0.9, `${a.value}`);
  assert.ok(b.value < 0.2, `${b.value}`);
  assert.ok(c.value > 0.8 && c.low <= c.value && c.value <= c.high, `${c.value}`);
});

test('a constant feature and a shift of features change nothing', () => {
  const random = new Random('shift');
  const [rows, columns] = [40, 3];
  const data = Float64Array.from({ length: rows * columns }, () => random.normal());
  const patients = Array.from({ length: rows }, (_, row) => `p${row % 8}`);
  const values = Float64Array.from({ length: rows }, (_, row) => data[row * columns + 1] + 0.3 * random.normal());
  const factor = [{ name: 'one', kind: 'numbers', values } as const];
  const [plain] = foldedProbe({ rows, columns, data }, factor, patients);
  const wider = Float64Array.from({ length: rows * 4 }, (_, i) =>
    i % 4 === 3 ? 5 : 100 * data[Math.floor(i / 4) * columns + (i % 4)] - 40,
  );
  const [moved] = foldedProbe({ rows, columns: 4, data: wider }, factor, patients);
  assert.ok(Math.abs(plain.value - moved.value) < 1e-6, `${plain.value} ${moved.value}`);
});
