import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { gramMatrix } from '../explanation/measures/similarity.ts';
import { depthPredictions, familySimilarity, type NetworkFamily } from './layer-similarity.ts';

const [rows, columns] = [40, 12];

/** Features of a tap: what all networks see, what the method adds, what the seed adds. */
function family(parts: readonly { readonly shared: number; readonly method: number; readonly seed: number }[]) {
  const random = new Random('family');
  const noise = (name: string) => {
    const drawn = random.split(name);
    return Float64Array.from({ length: rows * columns }, () => drawn.normal());
  };
  const methods = ['a', 'b', 'c'];
  const taps = ['first', 'last'];
  const grams = methods.map((method) =>
    Array.from({ length: 4 }, (_, seed) =>
      taps.map((tap, t) => {
        const sources = [noise(tap), noise(`${tap} ${method}`), noise(`${tap} ${method} ${seed}`)];
        const weights = [parts[t].shared, parts[t].method, parts[t].seed];
        const data = sources[0].map((_, i) => sources.reduce((sum, source, k) => sum + weights[k] * source[i], 0));
        return gramMatrix({ rows, columns, data });
      }),
    ),
  );
  const patients = Array.from({ length: rows }, (_, row) => `patient ${row >> 1}`);
  return { name: 'made', methods, taps, patients, grams } satisfies NetworkFamily;
}

const untrained = family([
  { shared: 1, method: 0, seed: 1 },
  { shared: 1, method: 0, seed: 1 },
]);
const depths = { early: ['first'], late: ['last'] };

test('first layers shared and last ones parted by method are found', () => {
  const made = family([
    { shared: 1, method: 0, seed: 0.4 },
    { shared: 0.5, method: 1, seed: 0.4 },
  ]);
  const predictions = depthPredictions(made, untrained, depths, true);
  for (const { name, difference, p } of predictions) assert.ok(difference.low > 0 && p < 0.01, name);
  const at = (tap: string) => familySimilarity(made)([...made.grams[0].keys()], [...made.patients.keys()], tap);
  assert.ok(Math.abs(at('first').within - at('first').across) < 0.05, 'no method shows in the first layer');
  assert.ok(at('last').within - at('last').across > 0.3);
});

test('a fall that two seeds of a method show as well is no difference between methods', () => {
  const made = family([
    { shared: 1, method: 0, seed: 0.3 },
    { shared: 1, method: 0, seed: 1.2 },
  ]);
  const [fall, gap, excess, beyond] = depthPredictions(made, made, depths, true);
  assert.ok(fall.difference.low > 0);
  assert.equal(beyond.difference.value, 0);
  for (const { difference } of [gap, excess]) assert.ok(difference.low < 0 && difference.high > 0);
});

test('networks of the same seed are not compared', () => {
  const made = family([
    { shared: 1, method: 0, seed: 0.3 },
    { shared: 1, method: 0, seed: 0.3 },
  ]);
  const alike = { ...made, grams: [made.grams[0], made.grams[0], made.grams[0]] };
  const { within, across } = familySimilarity(alike)([0, 1, 2, 3], [...made.patients.keys()], 'last');
  assert.ok(Math.abs(within - across) < 1e-12, 'a copy under the same seed would have raised it');
});
