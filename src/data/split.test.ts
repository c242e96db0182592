import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SondeError } from '../base/errors.ts';
import { kFold } from './folds.ts';
import type { MediaItem } from './media.ts';
import { assertNoLeakage, itemsByPart, partOf, splitByPatient } from './split.ts';

function item(id: string, patient: string, labels: MediaItem['labels'] = {}): MediaItem {
  const size = { frames: 1, height: 2, width: 2, channels: 1 } as const;
  return { id, patient, kind: 'image', ...size, intensityRange: [0, 255], labels, format: 'png' };
}

/** `patients` with one to three items each; every third patient is of class b. */
function cohort(patients: number): MediaItem[] {
  return Array.from({ length: patients }, (_, p) =>
    Array.from({ length: 1 + (p % 3) }, (_, i) => item(`${p}/${i}`, `patient ${p}`, { view: p % 3 === 0 ? 'b' : 'a' })),
  ).flat();
}

function sizes(parts: Record<string, string>) {
  const count = (part: string) => Object.values(parts).filter((value) => value === part).length;
  return [count('train'), count('validation'), count('test')];
}

test('ten patients become six, two and two, the same ones for the same seed', () => {
  const items = cohort(10);
  const split = splitByPatient(items, { seed: 3 });
  assert.deepEqual(sizes(split.parts), [6, 2, 2]);
  assert.deepEqual(splitByPatient(items, { seed: 3 }), split);
  assert.notDeepEqual(splitByPatient(items, { seed: 4 }).parts, split.parts);
});

test('the draw does not depend on the names of the patients', () => {
  const items = cohort(12);
  const renamed = items.map((one) => ({ ...one, patient: `p-${one.patient.length}-${one.patient}` }));
  const parts = (of: MediaItem[]) => of.map((one) => splitByPatient(of).parts[one.patient]);
  assert.deepEqual(parts(renamed), parts(items));
});

test('shares hold to within a patient, no part is empty, every patient is placed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 60 }), fc.nat(), fc.boolean(), (patients, seed, stratified) => {
      const items = cohort(patients);
      const { parts } = splitByPatient(items, { seed, stratifyBy: stratified ? 'view' : undefined });
      assert.equal(Object.keys(parts).length, patients);
      const held = sizes(parts);
      const shares = [0.6, 0.2, 0.2];
      assert.ok(held.every((count) => count >= 1));
      assert.ok(
        held.every((count, part) => Math.abs(count - shares[part] * patients) <= 2),
        held.join(),
      );
      assertNoLeakage({ name: 'test', seed, parts }, items);
    }),
  );
});

test('a label is spread evenly over the parts', () => {
  const items = cohort(30);
  const split = splitByPatient(items, { stratifyBy: 'view', seed: 1 });
  const rare = Object.fromEntries(
    items.filter((one) => one.labels.view === 'b').map((one) => [one.patient, split.parts[one.patient]]),
  );
  assert.deepEqual(sizes(rare), [6, 2, 2]);
});

test('two patients are train and test; one is train', () => {
  assert.deepEqual(sizes(splitByPatient(cohort(2)).parts), [1, 0, 1]);
  assert.deepEqual(sizes(splitByPatient(cohort(1)).parts), [1, 0, 0]);
});

test('a share of 0 leaves the part empty', () => {
  assert.deepEqual(sizes(splitByPatient(cohort(10), { fractions: [0.8, 0, 0.2] }).parts), [8, 0, 2]);
});

test('each patient is in test in exactly one fold', () => {
  const items = cohort(11);
  const folds = kFold(items, 4, { seed: 2, stratifyBy: 'view' });
  assert.equal(folds.length, 4);
  for (const { patient } of items) {
    const parts = folds.map((fold) => fold.parts[patient]);
    assert.equal(parts.filter((part) => part === 'test').length, 1);
    assert.equal(parts.filter((part) => part === 'validation').length, 1);
  }
  for (const fold of folds) assert.ok(sizes(fold.parts).every((count) => count >= 2));
});

test('mistakes are named', () => {
  const usage = (part: RegExp) => (error: unknown) =>
    error instanceof SondeError && error.code === 'usage' && part.test(error.message);
  assert.throws(() => splitByPatient(cohort(5), { fractions: [0, 0, 0] }), usage(/not all 0/));
  assert.throws(() => splitByPatient(cohort(5), { stratifyBy: 'age' }), usage(/'age'.*view/));
  assert.throws(() => kFold(cohort(5), 6), usage(/6 folds for 5 patients/));
  assert.throws(() => splitByPatient([]), { code: 'data/empty' });
});

test('leakage names the items', () => {
  const items = [item('a.png', 'one'), item('b.png', 'two'), item('c.png', 'two')];
  const split = { name: 'mine', seed: 0, parts: { one: 'train', two: 'test' } as const };
  assertNoLeakage(split, items, ['x', 'y', 'y']);
  assert.throws(() => assertNoLeakage(split, items, ['x', 'x', 'y']), {
    code: 'data/leakage',
    message: /'a\.png' \(train\) and 'b\.png' \(test\)/,
  });
  assert.throws(() => partOf(split, item('d.png', 'toString')), { code: 'data/leakage' });
  assert.deepEqual(itemsByPart(split, items), { train: [0], validation: [], test: [1, 2] });
});

test('sites stay whole', () => {
  const people = [...new Set(cohort(24).map((one) => one.patient))];
  const items = cohort(24).map((one) => ({
    ...one,
    labels: { ...one.labels, site: `s${(people.indexOf(one.patient) * 7) % 5}` },
  }));
  const sites = new Map(items.map((one) => [one.patient, one.labels.site]));
  const split = splitByPatient(items, { wholeBy: 'site', seed: 2 });
  const partsOfSite = new Map<string, Set<string>>();
  for (const [patient, site] of sites) {
    partsOfSite.set(site, (partsOfSite.get(site) ?? new Set()).add(split.parts[patient]));
  }
  assert.deepEqual(
    [...partsOfSite.values()].map(({ size }) => size),
    [1, 1, 1, 1, 1],
  );
  assert.deepEqual(new Set(Object.values(split.parts)), new Set(['train', 'validation', 'test']));
  assert.equal(split.name, 'patients by site');
  assert.throws(() => splitByPatient(items.slice(0, 1), { wholeBy: 'site' }), { code: 'usage', message: /same site/ });
});
