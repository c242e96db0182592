import assert from 'node:assert/strict';
import test from 'node:test';
import { madeUp } from '../../../test/made-up-features.ts';
import { SondeError } from '../../base/errors.ts';
import { linear } from './linear.ts';
import type { ProbeInput } from './protocol.ts';

test('features that tell the classes apart score above chance, and windows of an item are averaged', async () => {
  const { input, table } = madeUp();
  const noise = madeUp({ signal: 0, seed: 'noise' }).table;
  const seen: string[] = [];
  const result = await linear.run({
    ...input,
    tables: [{ ...noise, tap: 'noise' }, table],
    onTap: ({ tap }) => seen.push(tap),
  });
  assert.deepEqual(seen, ['noise', 'stage1']);
  assert.deepEqual(result.classes, ['apical', 'long axis', 'short axis']);
  assert.deepEqual(result.counts, {
    train: { items: 15, patients: 15 },
    validation: { items: 6, patients: 6 },
    test: { items: 9, patients: 9 },
  });
  assert.equal(result.chance, 3 / 9);
  const [nothing, something] = result.taps;
  assert.equal(something.dimensions, 6);
  assert.ok(something.score.value >= 8 / 9, `accuracy ${something.score.value}`);
  assert.ok(nothing.score.value < something.score.value);
  assert.ok(nothing.score.low <= nothing.score.value && nothing.score.value <= nothing.score.high);
  assert.equal(
    something.confusion!.flat().reduce((sum, n) => sum + n),
    9,
  );
  const correct = something.items!.reduce((sum, item) => sum + item.correct, 0);
  assert.ok(Math.abs(correct / 9 - something.score.value) < 1e-12);
  assert.ok(something.hyperparameters.l2 > 0);
  for (const name of ['accuracy', 'balancedAccuracy', 'macroF1', 'auroc', 'averagePrecision', 'ece', 'brier']) {
    const { value, low, high } = something.measures[name];
    assert.ok(low <= high && Number.isFinite(value), name);
  }
});

test('the same features and seed give the same result, byte by byte', async () => {
  const { input } = madeUp({ signal: 0.7 });
  assert.equal(JSON.stringify(await linear.run(input)), JSON.stringify(await linear.run(input)));
});

test('what the test part holds decides neither the penalty nor the validation score', async () => {
  const { input, table, parts } = madeUp({ signal: 0.7 });
  const features = table.features.map((value, i) =>
    parts[Math.floor(i / table.columns)] === 'test' ? -9 * value : value,
  );
  const [honest, changed] = await Promise.all([
    linear.run(input),
    linear.run({ ...input, tables: [{ ...table, features }] }),
  ]);
  assert.equal(changed.taps[0].validation, honest.taps[0].validation);
  assert.deepEqual(changed.taps[0].hyperparameters, honest.taps[0].hyperparameters);
  assert.notDeepEqual(changed.taps[0].confusion, honest.taps[0].confusion);
});

test('more columns than rows: the projected fit answers as the direct one does', async () => {
  const wide = madeUp({ columns: 400, perItem: 2, signal: 1.5 });
  const result = await linear.run(wide.input);
  const padded = madeUp({ columns: 400, perItem: 2, signal: 1.5 });
  const calls: number[] = [];
  const again = await linear.run({
    ...padded.input,
    product: (a, b, m, n, k) => {
      calls.push(m * n * k);
      const out = new Float32Array(m * n);
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let p = 0; p < k; p++) sum += a[i * k + p] * b[j * k + p];
          out[i * n + j] = sum;
        }
      }
      return Promise.resolve(out);
    },
  });
  assert.ok(calls.length > 0, 'the given product is used');
  assert.deepEqual(again.taps[0].confusion, result.taps[0].confusion);
});

test('labels that vary within an item are answered window by window', async () => {
  const { input, table } = madeUp();
  const phase = table.items.map((_, row) => (row % 2 === 0 ? 'systole' : 'diastole'));
  const features = table.features.slice();
  phase.forEach((value, row) => {
    features[row * table.columns] = value === 'systole' ? 1 : -1;
  });
  const result = await linear.run({ ...input, tables: [{ ...table, features }], label: 'phase', labels: { phase } });
  assert.equal(result.counts.test.items, 36);
  assert.equal(result.counts.test.patients, 9);
  assert.equal(result.taps[0].score.value, 1);
});

test('balanced accuracy as headline: the mean of what items add is the score', async () => {
  const { input } = madeUp({ signal: 0.8, patients: 31 });
  const result = await linear.run(input, { measure: 'balancedAccuracy' });
  const items = result.taps[0].items!;
  const sum = items.reduce((total, item) => total + item.correct, 0);
  assert.ok(Math.abs(sum / items.length - result.taps[0].score.value) < 1e-12);
  assert.equal(result.measure, 'balancedAccuracy');
  assert.ok(Math.abs(result.chance - 1 / 3) < 1e-12);
});

test('mistakes about labels are sentences that say what to change', async () => {
  const { input, table, view, parts } = madeUp();
  const refused = async (change: Partial<ProbeInput>, pattern: RegExp) => {
    await assert.rejects(linear.run({ ...input, ...change }), (error) => {
      assert.ok(error instanceof SondeError);
      assert.equal(error.code, 'evaluation/labels');
      assert.match(error.message, pattern);
      return true;
    });
  };
  await refused({ label: 'grade' }, /no item has the label 'grade'[\s\S]*labels of this data set: view/);
  await refused({ labels: { view: view.map(() => 'apical') } }, /one class only/);
  await refused({ labels: { view: view.map((_, i) => i) } }, /a measurement[\s\S]*ridge/);
  const leaked = [...parts];
  leaked[leaked.length - 1] = 'train';
  await refused({ parts: leaked }, /patient 'patient 29' is in two parts, test and train/);
  const rare = view.map((name, row) => (name === 'apical' && parts[row] === 'train' ? 'long axis' : name));
  await refused({ labels: { view: rare } }, /no training patient shows 'apical'/);
  const unlabelled = view.map((name, row) => (parts[row] === 'test' ? undefined : name));
  await refused({ labels: { view: unlabelled } }, /no item of the test part has the label 'view'/);
  const other = { ...table, tap: 'stage2', items: [...table.items].reverse() };
  await refused({ tables: [table, other] }, /rows of taps 'stage1' and 'stage2' are not the same/);
  await refused({ tables: [] }, /no features/);
});

test('a measurement is cut into classes of equal share on request', async () => {
  const { input, table } = madeUp();
  const features = table.features.slice();
  const phase = table.items.map((_, row) => ((row * 29) % 97) / 97);
  phase.forEach((value, row) => {
    features[row * table.columns] = 9 * Math.sin(2 * Math.PI * value);
    features[row * table.columns + 1] = 9 * Math.cos(2 * Math.PI * value);
  });
  const asked = { ...input, tables: [{ ...table, features }], label: 'phase', labels: { phase } };
  const result = await linear.run(asked, { bins: 4 });
  assert.equal(result.classes!.length, 4);
  assert.match(result.classes![0], /^below 0\.2/);
  assert.match(result.classes![1], /^0\.2\d+ to 0\.4/);
  assert.ok(result.taps[0].score.value > 0.8, `accuracy ${result.taps[0].score.value}`);
  assert.ok(result.chance < 0.4);
  await assert.rejects(linear.run({ ...asked, labels: { phase: phase.map(() => 1) } }, { bins: 3 }), /too few values/);
  await assert.rejects(linear.run(input, { bins: 3 }), /holds 'apical', so it cannot be cut/);
});

test('a class too rare to be in every part is left out on request', async () => {
  const { input, view, parts } = madeUp();
  const rare = view.map((name, row) => (name === 'apical' && parts[row] === 'train' ? undefined : name));
  const asked = { ...input, labels: { view: rare } };
  await assert.rejects(linear.run(asked), /without=apical/);
  const result = await linear.run(asked, { without: 'apical', l2: 0.1 } as never);
  assert.deepEqual(result.classes, ['long axis', 'short axis']);
  assert.equal(result.counts.test.items, 6);
  assert.equal(result.taps[0].hyperparameters.l2, 0.1);
  await assert.rejects(linear.run(asked, { without: ['oblique'] }), /no class 'oblique'[\s\S]*long axis/);
});

test('features that are constant reach chance; features that are not finite are refused', async () => {
  const { input, table } = madeUp();
  const flat = { ...table, features: new Float32Array(table.features.length).fill(3) };
  const result = await linear.run({ ...input, tables: [flat] });
  assert.equal(result.taps[0].score.value, result.chance);
  const broken = { ...table, features: table.features.slice() };
  broken.features[13] = Number.NaN;
  await assert.rejects(
    linear.run({ ...input, tables: [broken] }),
    /item clip 0: the features of tap 'stage1' are not finite/,
  );
});

test('options are checked', async () => {
  await assert.rejects(linear.run(madeUp().input, { level: 2 }), /protocol linear[\s\S]*level/);
  assert.equal(linear.options.parse({}).resamples, 2000);
});
