import assert from 'node:assert/strict';
import test from 'node:test';
import { madeUp } from '../../../test/made-up-features.ts';
import { Random } from '../../base/random.ts';
import { dealGroups } from '../folds.ts';
import { knn } from './knn.ts';
import { svm } from './svm.ts';

test('folds keep patients whole and spread classes', () => {
  const groups = Array.from({ length: 60 }, (_, i) => `p${Math.floor(i / 2)}`);
  const classes = Array.from({ length: 60 }, (_, i) => (i < 12 ? 1 : 0));
  const folds = dealGroups(groups, classes, 3, new Random(1));
  groups.forEach((group, i) => {
    assert.equal(folds[i], folds[groups.indexOf(group)]);
  });
  for (let fold = 0; fold < 3; fold++) {
    assert.equal(classes.filter((k, i) => k === 1 && folds[i] === fold).length, 4);
  }
});

test('support vector machines rank the classes; each has its own cost; scores are not called probabilities', async () => {
  const { input } = madeUp({ signal: 2.5 });
  const result = await svm.run(input, { resamples: 200 });
  const [tap] = result.taps;
  assert.equal(result.measure, 'averagePrecision');
  assert.ok(tap.score.value > 0.8, `mAP ${tap.score.value}`);
  assert.deepEqual(Object.keys(tap.hyperparameters), ['cost apical', 'cost long axis', 'cost short axis']);
  assert.equal(tap.measures.ece, undefined);
  assert.equal(tap.perClass!.length, 3);
  assert.ok(tap.perClass!.every(({ recall, auroc }) => recall !== undefined && auroc !== undefined));
});

test('the cost is chosen on training patients, the validation score on validation patients, neither on the test', async () => {
  const { input, table, parts } = madeUp({ signal: 0.9 });
  const swapped = (part: string) => ({
    ...input,
    tables: [
      {
        ...table,
        features: table.features.map((value, i) => (parts[Math.floor(i / table.columns)] === part ? -value : value)),
      },
    ],
  });
  const settings = { resamples: 20, costs: [0.01, 1, 100] };
  const honest = await svm.run(input, settings);
  const test = await svm.run(swapped('test'), settings);
  const validation = await svm.run(swapped('validation'), settings);
  assert.deepEqual(test.taps[0].hyperparameters, honest.taps[0].hyperparameters);
  assert.equal(test.taps[0].validation, honest.taps[0].validation);
  assert.deepEqual(validation.taps[0].hyperparameters, honest.taps[0].hyperparameters);
  assert.notEqual(validation.taps[0].validation, honest.taps[0].validation);
  assert.deepEqual(validation.taps[0].items, honest.taps[0].items);
});

test('nearest neighbours: all numbers shown, one chosen on validation, too many said', async () => {
  const { input } = madeUp({ signal: 3 });
  const result = await knn.run(input, { k: [1, 5, 200], resamples: 200 });
  const [tap] = result.taps;
  assert.deepEqual(
    tap.curve!.points.map(({ at }) => at),
    [1, 5, 200],
  );
  assert.ok([1, 5, 200].includes(tap.hyperparameters.k));
  assert.match(result.notes![0], /Of k = 200 neighbours only 15 can vote/);
  const chosen = tap.curve!.points.find(({ at }) => at === tap.hyperparameters.k)!;
  assert.equal(chosen.score.value, tap.score.value);
  assert.ok(tap.score.value > 0.8);
});

test('measures of rankings are headlines too; one class among the test patients is said', async () => {
  const { input, view, parts } = madeUp({ signal: 1 });
  const labels = { view: view.map((name) => (name === 'apical' ? 'apical' : 'other')) };
  const result = await knn.run({ ...input, labels }, { measure: 'auroc', k: [5], resamples: 200 });
  const { measures, score, perClass } = result.taps[0];
  assert.equal(result.chance, 0.5);
  assert.equal(score.value, measures.auroc.value);
  assert.ok(Math.abs(measures.aurocDeLong.value - score.value) < 1e-9);
  assert.deepEqual(perClass![1].auroc, measures.aurocDeLong);
  const one = { view: labels.view.map((name, row) => (parts[row] === 'test' ? 'other' : name)) };
  await assert.rejects(
    knn.run({ ...input, labels: one }, { measure: 'auroc' }),
    /the test patients show one class of label 'view' only/,
  );
});
