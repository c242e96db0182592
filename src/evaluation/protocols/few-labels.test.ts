import assert from 'node:assert/strict';
import test from 'node:test';
import { madeUp } from '../../../test/made-up-features.ts';
import { Random } from '../../base/random.ts';
import type { ExamplePart } from '../examples.ts';
import { orderByClass, orderPatients, unitsOf } from '../few-labels.ts';
import { headlineOf } from '../headline.ts';
import { logarithmicWeights } from '../label-curve.ts';
import { withValidationShares } from '../patient-shares.ts';
import { labelEfficiency } from './label-efficiency.ts';
import { lowShot } from './low-shot.ts';
import { doublings, mdl } from './mdl.ts';
import { selectivity } from './selectivity.ts';

/** Units of patients with the given classes, one row each. */
function partOf(patients: readonly (readonly number[])[]): ExamplePart {
  const units = patients.flatMap((own, p) => own.map((target, i) => ({ item: `${p}-${i}`, patient: `p${p}`, target })));
  const all = Int32Array.from(units.keys());
  return { units, rows: all, unitOfRow: all, targets: Float64Array.from(units, (unit) => unit.target) };
}

const quick = { resamples: 200, l2: [0.01, 1], costs: [0.1, 10] };

test('labelled examples spread over patients before a patient gives a second', () => {
  const part = partOf([[0, 0, 0, 1], [0, 0], [0, 1], [1]]);
  const [zeros, ones] = orderByClass(part, 2, new Random(3));
  assert.equal(zeros.length, 6);
  assert.equal(new Set(zeros.slice(0, 3).map((unit) => part.units[unit].patient)).size, 3);
  assert.equal(new Set(ones.map((unit) => part.units[unit].patient)).size, 3);
  assert.ok(ones.every((unit) => part.units[unit].target === 1));
});

test('the first patients of an order show every class, whatever the draw', () => {
  const part = partOf([[0], [0], [0], [0, 1], [2], [0]]);
  for (let seed = 0; seed < 50; seed++) {
    const { patients, covering } = orderPatients(part, new Random(seed));
    assert.deepEqual([...patients].sort(), ['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
    const shown = unitsOf(part, patients.slice(0, covering)).map((unit) => part.units[unit].target);
    assert.deepEqual([...new Set(shown)].sort(), [0, 1, 2]);
  }
});

test('the mean over a logarithmic axis: equal ratios weigh alike, ends half', () => {
  assert.deepEqual(logarithmicWeights([7]), [1]);
  const weights = logarithmicWeights([1, 2, 4, 8]);
  [1 / 6, 1 / 3, 1 / 3, 1 / 6].forEach((expected, i) => {
    assert.ok(Math.abs(weights[i] - expected) < 1e-12);
  });
  assert.ok(Math.abs(logarithmicWeights([1, 5, 10, 25, 50, 100]).reduce((a, b) => a + b) - 1) < 1e-12);
});

test('low-shot: more examples help, repeats are many, what a class lacks is said', async () => {
  const { input } = madeUp({ signal: 1.2, patients: 60 });
  const result = await lowShot.run(input, { ...quick, k: [1, 2, 4, 8, 96] });
  const { curve, items, score } = result.taps[0];
  assert.equal(curve!.axis, 'labelled examples a class');
  assert.deepEqual(
    curve!.points.map(({ at }) => at),
    [1, 2, 4],
  );
  assert.match(result.notes!.join(), /k = 8, 96 left out: 'apical' has 5/);
  for (const { repeats, score: own, deviation } of curve!.points) {
    assert.equal(repeats.length, 5);
    assert.ok(Math.abs(repeats.reduce((sum, value) => sum + value) / 5 - own.value) < 1e-12);
    assert.ok(own.low <= own.value && own.value <= own.high && deviation! >= 0);
  }
  assert.ok(curve!.points[2].score.value > curve!.points[0].score.value);
  const mean = items!.reduce((sum, { correct }) => sum + correct, 0) / items!.length;
  assert.ok(Math.abs(mean - score.value) < 1e-12, 'the items add up to the headline');
  curve!.points.forEach((point, i) => {
    const along = items!.reduce((sum, item) => sum + item.along![i], 0) / items!.length;
    assert.ok(Math.abs(along - point.score.value) < 1e-12);
  });
});

test('label efficiency: all patients are one sample, shares too small for every class are left out', async () => {
  const { input } = madeUp({ signal: 1.2, patients: 60 });
  const result = await labelEfficiency.run(input, quick);
  const { points } = result.taps[0].curve!;
  assert.deepEqual(
    points.map(({ at }) => at),
    [25, 50, 100],
  );
  assert.equal(points.at(-1)!.repeats.length, 1);
  assert.equal(points.at(-1)!.deviation, undefined);
  assert.match(result.notes!.join('\n'), /1, 5, 10 % left out: it takes 3 of 15 patients/);
  const again = await labelEfficiency.run(input, quick);
  assert.deepEqual(again, result);
  await assert.rejects(labelEfficiency.run(input, { percent: [1] }), /1 % of 15 training patients do not show every/);
});

test('balanced accuracy stays within its bounds, in points, headline and comparison', async () => {
  const { input, view, parts } = madeUp({ signal: 2.5, patients: 40 });
  // A class that few test patients show: its share of the score is large.
  const kept = view.map((name, row) => (name === 'apical' && parts[row] === 'test' && row % 36 > 3 ? undefined : name));
  const result = await lowShot.run(
    { ...input, labels: { view: kept } },
    { ...quick, k: [2, 4], measure: 'balancedAccuracy' },
  );
  const [tap] = result.taps;
  for (const { value, low, high } of [tap.score, ...tap.curve!.points.map(({ score }) => score)]) {
    assert.ok(
      low > -1e-9 && high < 1 + 1e-9 && low < value + 1e-9 && value < high + 1e-9,
      `${value} [${low}, ${high}]`,
    );
  }
  const headline = headlineOf(result, tap);
  assert.ok(Math.abs(headline(new Float64Array(tap.items!.length).fill(1)) - tap.score.value) < 1e-12);
});

test('both classifiers are there for either curve', async () => {
  const { input } = madeUp({ signal: 3 });
  for (const classifier of ['svm', 'linear'] as const) {
    const few = await lowShot.run(input, { ...quick, classifier, k: [4], repeats: 2 });
    assert.ok(few.taps[0].score.value > 0.7, `${classifier} reaches ${few.taps[0].score.value}`);
  }
});

test('blocks double and end with all', () => {
  assert.deepEqual(doublings(1), [1]);
  assert.deepEqual(doublings(12), [1, 2, 3, 6, 12]);
  assert.equal(doublings(5000).length, 11);
  assert.equal(doublings(5000).at(-1), 5000);
});

test('labels that features give away are compressed; noise is not', async () => {
  const { input, table } = madeUp({ signal: 3, patients: 60 });
  const noise = madeUp({ signal: 0, seed: 'noise', patients: 60 }).table;
  const result = await mdl.run({ ...input, tables: [{ ...noise, tap: 'noise' }, table] }, { resamples: 200 });
  const [nothing, something] = result.taps;
  assert.ok(something.score.value > 1.3, `compression ${something.score.value}`);
  assert.ok(nothing.score.value < 1.1, `compression of noise ${nothing.score.value}`);
  assert.equal(result.judged, 'train');
  assert.equal(something.items!.length, result.counts.train.items);
  const bits = something.items!.reduce((sum, item) => sum + item.correct, 0) / something.items!.length;
  assert.ok(Math.abs(Math.log2(3) / bits - something.score.value) < 1e-12);
  assert.ok(Math.abs(bits - something.measures.bitsPerLabel.value) < 1e-12);
});

test('what the test part holds does not change the description length', async () => {
  const { input, table, parts } = madeUp({ signal: 1 });
  const features = table.features.map((value, i) => (parts[Math.floor(i / table.columns)] === 'test' ? -value : value));
  const changed = await mdl.run({ ...input, tables: [{ ...table, features }] }, { resamples: 50 });
  assert.deepEqual(changed, await mdl.run(input, { resamples: 50 }));
});

test('features that only name the patient answer the control task, not the task', async () => {
  const { input, table } = madeUp({ signal: 0, columns: 15 });
  const random = new Random('names');
  const features = Float32Array.from({ length: table.rows * 15 }, (_, i) => {
    const patient = Math.floor(i / 15 / 4);
    return (patient === i % 15 ? 9 : 0) + 0.1 * random.normal();
  });
  const naming = await selectivity.run(
    { ...input, tables: [{ ...table, columns: 15, features }] },
    { resamples: 200, l2: [0.01] },
  );
  const { score, measures } = naming.taps[0];
  assert.ok(measures.control.value > 0.9, `control ${measures.control.value}`);
  assert.ok(measures.accuracy.value < 0.7);
  assert.ok(Math.abs(score.value - (measures.accuracy.value - measures.control.value)) < 1e-12);
  assert.ok(score.high < 0.1);
  const honest = await selectivity.run(madeUp({ signal: 3 }).input, { resamples: 200 });
  assert.ok(honest.taps[0].score.value > score.value);
  await assert.rejects(selectivity.run(madeUp({ perItem: 1 }).input), /one item in one window[\s\S]*--windows/);
});

test('label efficiency: the penalty is chosen by the same share of the validation patients', async () => {
  const { input } = madeUp({ signal: 1 });
  const settings = { percent: [40, 100], repeats: 3, resamples: 20 };
  const shared = await labelEfficiency.run(input, settings);
  const all = await labelEfficiency.run(input, { ...settings, validation: 'all' });
  assert.match(shared.notes!.at(-1)!, /same share of the 6 validation patients/);
  assert.match(all.notes!.at(-1)!, /all 6 validation patients/);
  // With every label both choose alike.
  assert.deepEqual(shared.taps[0].curve!.points[1], all.taps[0].curve!.points[1]);
});

test('shares of validation patients: at least one, the smaller part of the larger', () => {
  const part = partOf([[0], [1], [2], [0, 1], [1], [2]]);
  const steps = [10, 50].map((at) => ({ at, repeats: [part, part] }));
  const shares = withValidationShares(steps, part, 2, new Random(3));
  const patients = shares.map(({ validation }) =>
    validation!.map(({ units }) => [...new Set(units.map(({ patient }) => patient))]),
  );
  for (const repeat of [0, 1]) {
    assert.deepEqual([patients[0][repeat].length, patients[1][repeat].length], [1, 3]);
    assert.ok(patients[1][repeat].includes(patients[0][repeat][0]));
  }
});
