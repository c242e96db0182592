import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../base/random.ts';
import { groupedJackknife } from './jackknife.ts';

test('of a mean, the standard error is that of the textbook', () => {
  const values = [3, 5, 8, 1, 9, 4, 7, 7];
  const mean = (rows: readonly number[]) => [rows.reduce((sum, row) => sum + values[row], 0) / rows.length];
  const patients = values.map((_, i) => `p${i}`);
  const [{ value, low, high }] = groupedJackknife(patients, mean, { groups: 8, width: 1 });
  const average = values.reduce((sum, x) => sum + x, 0) / 8;
  const error = Math.sqrt(values.reduce((sum, x) => sum + (x - average) ** 2, 0) / 7 / 8);
  assert.equal(value, average);
  assert.ok(Math.abs((high - low) / 2 - error) < 1e-12);
});

test('95 % intervals of a mean cover it about as often, patients being the unit', () => {
  const random = new Random('jackknife');
  let covered = 0;
  const repeats = 300;
  for (let repeat = 0; repeat < repeats; repeat++) {
    // Four rows a patient that share the patient's own offset: rows are not independent.
    const offsets = Array.from({ length: 30 }, () => random.normal());
    const rows = offsets.flatMap((offset, patient) =>
      Array.from({ length: 4 }, () => ({ patient: `${patient}`, value: offset + 0.1 * random.normal() })),
    );
    const [{ low, high }] = groupedJackknife(
      rows.map(({ patient }) => patient),
      (chosen) => [chosen.reduce((sum, row) => sum + rows[row].value, 0) / chosen.length],
      { groups: 15 },
    );
    if (low <= 0 && high >= 0) covered++;
  }
  assert.ok(covered / repeats > 0.88 && covered / repeats < 0.985, `${covered} of ${repeats}`);
});

test('one patient gives a value without an interval', () => {
  const [{ value, low }] = groupedJackknife(['a', 'a'], (rows) => [rows.length]);
  assert.equal(value, 2);
  assert.ok(Number.isNaN(low));
});
