import assert from 'node:assert/strict';
import test from 'node:test';
import { compareTaps } from './compare-taps.ts';
import type { ProbeResult } from './probe-result.ts';

/** 30 patients with two items each; `rights` says which patients are answered right. */
function result(name: string, rights: (patient: number) => boolean, tap = 'stage1'): ProbeResult {
  const items = Array.from({ length: 60 }, (_, i) => ({
    item: `clip ${i}`,
    patient: `p${Math.floor(i / 2)}`,
    correct: rights(Math.floor(i / 2)) ? 1 : 0,
  }));
  const value = items.reduce((sum, item) => sum + item.correct, 0) / 60;
  const score = { value, low: value, high: value };
  return {
    version: 1,
    protocol: 'linear',
    label: 'view',
    measure: 'accuracy',
    chance: 0.25,
    encoder: { name, role: 'pretrained' },
    counts: {
      train: { items: 1, patients: 1 },
      validation: { items: 1, patients: 1 },
      test: { items: 60, patients: 30 },
    },
    interval: { method: 'bootstrap over patients', level: 0.95, resamples: 2000, seed: 3 },
    taps: [{ tap, dimensions: 2, score, measures: {}, validation: 0, hyperparameters: {}, items }],
  };
}

test('a clear difference has an interval apart from 0 and a small p value', () => {
  const [found] = compareTaps(
    result('a', (patient) => patient % 5 !== 0),
    result('b', (patient) => patient % 3 === 0),
  );
  assert.equal(found.tap, 'stage1');
  assert.ok(Math.abs(found.difference.value - (24 - 10) / 30) < 1e-12);
  assert.ok(found.difference.low > 0 && found.p < 0.01);
});

test('an encoder does not differ from itself', () => {
  const same = result('a', (patient) => patient % 2 === 0);
  assert.deepEqual(compareTaps(same, same), [{ tap: 'stage1', difference: { value: 0, low: 0, high: 0 }, p: 1 }]);
});

test('taps that only one encoder has are left out', () => {
  assert.deepEqual(
    compareTaps(
      result('a', () => true),
      result('b', () => true, 'stage9'),
    ),
    [],
  );
});

test('what was not measured alike is not compared', () => {
  const a = result('a', () => true);
  const b = result('b', () => true);
  assert.throws(() => compareTaps(a, { ...b, label: 'phase' }), /different label \(found view and phase/);
  const shifted = b.taps.map((tap) => ({ ...tap, items: tap.items!.slice(1) }));
  assert.throws(() => compareTaps(a, { ...b, taps: shifted }), /not measured on the same test items/);
});
