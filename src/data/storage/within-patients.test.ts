import assert from 'node:assert/strict';
import test from 'node:test';
import type { DatasetIndex, MediaItem } from '../media.ts';
import { wholePatient, withinPatients } from './within-patients.ts';

function indexOf(labels: readonly (string | undefined)[]): DatasetIndex {
  const items = labels.map(
    (sequence, i): MediaItem => ({
      id: `item ${i}`,
      patient: 'p-0123456789ab',
      kind: 'image',
      frames: 1,
      height: 8,
      width: 8,
      channels: 1,
      intensityRange: [0, 1],
      labels: sequence === undefined ? {} : { sequence },
      format: 'drawn',
    }),
  );
  const split = { name: 'patients', seed: 0, parts: { 'p-0123456789ab': 'train' as const } };
  return { version: 1, name: 'one patient', items, problems: [], split, hash: 'before' };
}

test('sequences stand in for patients, nothing that was kept by patient is taken for it, and it is said', () => {
  const divided = withinPatients(indexOf(['a', 'a', 'b', 'c/d', 'e']), 'sequence', { seed: 1 });
  assert.deepEqual(new Set(Object.values(divided.split.parts)), new Set(['train', 'validation', 'test']));
  assert.equal(Object.keys(divided.split.parts).length, 4);
  assert.equal(divided.items[0].patient, divided.items[1].patient);
  for (const { patient } of divided.items.slice(0, 3))
    assert.equal(wholePatient(patient, divided.split), 'p-0123456789ab');
  assert.equal(divided.split.recipe?.within, 'sequence');
  assert.notEqual(divided.hash, 'before');
  assert.match(divided.problems[0].reason, /results say nothing about other patients/);
});

test('folds leave one sequence out', () => {
  const parts = [1, 2, 3, 4].map((fold) => {
    const { split } = withinPatients(indexOf(['a', 'b', 'c', 'd']), 'sequence', { folds: 4, fold });
    return Object.entries(split.parts).flatMap(([name, part]) => (part === 'test' ? [name] : []));
  });
  assert.equal(new Set(parts.flat()).size, 4);
});

test('an item without the label is refused in one sentence', () => {
  assert.throws(
    () => withinPatients(indexOf(['a', undefined]), 'sequence', {}),
    /item 1 has no label 'sequence' to divide patients by/,
  );
});
