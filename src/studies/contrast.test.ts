import assert from 'node:assert/strict';
import test from 'node:test';
import { measurementOf } from '../../test/studies/measurement.ts';
import { bestTap, contrastOf } from './contrast.ts';
import { verdictOf } from './learning.ts';

const patients = Array.from({ length: 20 }, (_, i) => `patient ${i >> 1}`);

const measurement = (taps: Parameters<typeof measurementOf>[1]) => measurementOf(patients, taps);

const all = (value: number) => patients.map(() => value);

test('each side stands at the tap that does best on validation patients, means over seeds', () => {
  const a = [0, 1].map((seed) =>
    measurement({
      early: { validation: 0.5 + 0.2 * seed, correct: all(0.6) },
      late: { validation: 0.55, correct: all(0.9) },
    }),
  );
  const b = [0, 1].map(() =>
    measurement({ early: { validation: 0.1, correct: all(0.8) }, late: { validation: 0.4, correct: all(0.5) } }),
  );
  assert.equal(bestTap(a), 'early', 'late is better on test patients, which must not choose');
  const { best, taps, seeds, patients: people, items } = contrastOf(a, b, 200);
  assert.deepEqual([seeds, people, items], [2, 10, 20]);
  assert.deepEqual([best.tap, best.otherTap], ['early', 'late']);
  assert.ok(Math.abs(best.difference.value - 0.1) < 1e-12);
  assert.deepEqual(
    taps.map(({ tap, difference }) => [tap, Number(difference.value.toFixed(6))]),
    [
      ['early', -0.2],
      ['late', 0.4],
    ],
  );
  // Every item under every seed differs by the same: no resample can say otherwise.
  for (const { difference } of [...taps, best]) assert.ok(Math.abs(difference.high - difference.low) < 1e-12);
});

test('a difference that hangs on one seed is not decided', () => {
  const good = (value: number) => measurement({ tap: { validation: 1, correct: all(value) } });
  const { best } = contrastOf([0.9, 0.5, 0.5, 0.5].map(good), [0.5, 0.5, 0.5, 0.5].map(good), 2000);
  assert.ok(Math.abs(best.difference.value - 0.1) < 1e-12);
  assert.equal(verdictOf(best.difference), 'undecided');
  assert.equal(verdictOf(contrastOf([0.9, 0.8].map(good), [0.5, 0.5].map(good), 200).best.difference), 'better');
  assert.equal(verdictOf(contrastOf([0.4, 0.3].map(good), [0.5, 0.5].map(good), 200).best.difference), 'worse');
});

test('what was not measured alike cannot be compared', () => {
  const one = measurement({ tap: { validation: 1, correct: all(1) } });
  assert.throws(() => contrastOf([one], [one, one]), /same seeds/);
  assert.throws(() => contrastOf([one], [{ ...one, label: 'anomaly' }]), /same measure/);
  assert.throws(() => contrastOf([one], [{ ...one, items: [...one.items].reverse() }]), /same measure/);
});
