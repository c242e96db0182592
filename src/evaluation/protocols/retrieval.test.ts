import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import type { SplitPart } from '../../data/media.ts';
import type { FeatureTable } from '../feature-table.ts';
import { firstHits } from '../first-hits.ts';
import { plainMatrixProduct } from '../matrix-product.ts';
import { retrieval } from './retrieval.ts';

test('the first hit is where sorting everything by cosine finds it', async () => {
  const sizes = fc.record({
    gallery: fc.integer({ min: 1, max: 12 }),
    queries: fc.integer({ min: 1, max: 5 }),
    seed: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(sizes, async ({ gallery, queries, seed }) => {
      const random = new Random(seed);
      const columns = 3;
      const drawn = (count: number) => {
        const data = new Float32Array(count * columns);
        random.fillNormal(data);
        return { count, columns, data };
      };
      const [a, b] = [drawn(gallery), drawn(queries)];
      const wanted = Array.from({ length: gallery * queries }, () => [true, false, undefined][random.integer(3)]);
      const found = await firstHits(a, b, (entry, query) => wanted[query * gallery + entry], plainMatrixProduct);
      for (let query = 0; query < queries; query++) {
        const similarity = (entry: number) =>
          [0, 1, 2].reduce((sum, p) => sum + a.data[entry * columns + p] * b.data[query * columns + p], 0);
        const sorted = [...Array(gallery).keys()]
          .filter((entry) => wanted[query * gallery + entry] !== undefined)
          .sort((x, y) => similarity(y) - similarity(x) || x - y);
        const place = sorted.findIndex((entry) => wanted[query * gallery + entry] === true);
        assert.equal(found[query], place < 0 ? Number.POSITIVE_INFINITY : place);
      }
    }),
    { numRuns: 60 },
  );
});

/** 24 patients with two items of two windows each; features carry the class at `class` and the patient at `patient`. */
function table(strength: { class: number; patient: number }): FeatureTable {
  const random = new Random(3);
  const columns = 30;
  const rows = 96;
  const features = new Float32Array(rows * columns);
  const facts = Array.from({ length: rows }, (_, row) => {
    const item = Math.floor(row / 2);
    const patient = Math.floor(item / 2);
    const group = patient % 3;
    for (let p = 0; p < columns; p++) features[row * columns + p] = random.normal(0, 0.1);
    features[row * columns + group] += strength.class;
    features[row * columns + 3 + patient] += strength.patient;
    const part = (['train', 'train', 'test', 'validation'] as const)[Math.floor(patient / 3) % 4];
    return { item: `item ${item}`, patient: `patient ${patient}`, part: part as SplitPart, group: `group ${group}` };
  });
  return {
    tap: 'last',
    rows,
    columns,
    features,
    items: facts.map(({ item }) => item),
    patients: facts.map(({ patient }) => patient),
    parts: facts.map(({ part }) => part),
    labels: { group: facts.map(({ group }) => group) },
  };
}

const run = (given: FeatureTable) =>
  retrieval.run({ tables: [given], label: 'group', encoder: { name: 'drawn', role: 'pretrained' } }, { resamples: 50 });

test('features of the class find it at once; features of the patient find the patient', async () => {
  const ofClass = await run(table({ class: 3, patient: 0 }));
  assert.equal(ofClass.measure, 'retrieval');
  assert.equal(ofClass.taps[0].score.value, 1);
  assert.equal(ofClass.taps[0].measures['clip top 1'].value, 1);
  // 8 of 24 training items are of the class that is looked for.
  assert.ok(Math.abs(ofClass.chance - 1 / 3) < 1e-12);
  const [ofPatient] = (await run(table({ class: 0, patient: 3 }))).taps;
  assert.equal(ofPatient.measures['same patient first'].value, 1);
  assert.ok(ofPatient.score.value < 0.8);
  assert.deepEqual(
    ofPatient.curve?.points.map(({ at }) => at),
    [1, 5, 10, 20, 50],
  );
  assert.equal(ofPatient.curve?.points.at(-1)?.score.value, 1);
});
