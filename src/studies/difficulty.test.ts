import assert from 'node:assert/strict';
import test from 'node:test';
import { measurementOf } from '../../test/studies/measurement.ts';
import { Random } from '../base/random.ts';
import { type DifficultyVariant, difficultyPredictions } from './difficulty.ts';
import { judge } from './hypothesis.ts';
import type { TrialResult } from './trial.ts';

const patients = Array.from({ length: 60 }, (_, i) => `patient ${i >> 1}`);

function variant(name: string, accuracy: number, transfer: number): DifficultyVariant {
  const random = new Random(name);
  const measured = (level: number) =>
    measurementOf(patients, {
      only: {
        validation: level + random.normal(0, 0.01),
        correct: patients.map(() => level + random.normal(0, 0.1)),
      },
    });
  return {
    name,
    trials: Array.from(
      { length: 6 },
      (_, seed): TrialResult => ({
        version: 1,
        method: 'jigsaw',
        seed,
        steps: 50,
        batchSize: 8,
        pretext: { chance: { accuracy: 0.25 }, lossBefore: 1, loss: 0.5, accuracy },
        pretrained: measured(transfer),
        random: measured(0.5),
        versions: {},
      }),
    ),
  };
}

const card = { id: '', title: '', statement: '', source: '', test: '', decides: '' };
const meaning = { holds: '', 'does not hold': '', 'not decided': '' };
const judged = (...variants: DifficultyVariant[]) =>
  judge(
    { ...card, meaning },
    { predictions: difficultyPredictions('puzzle', variants), seeds: 6, material: '', figures: [], remarks: [] },
  );

test('a variant in between that transfers best is an inverted U', () => {
  const { verdict, predictions } = judged(
    variant('easy', 0.99, 0.6),
    variant('hard', 0.3, 0.58),
    variant('middle', 0.8, 0.7),
    variant('middle too', 0.7, 0.62),
  );
  assert.equal(verdict, 'holds');
  assert.deepEqual(
    predictions.map(({ name }) => name),
    ['puzzle: middle less easy (the easiest)', 'puzzle: middle less hard (the hardest)'],
  );
});

test('harder and better all the way is none, and no difference decides nothing', () => {
  assert.equal(
    judged(variant('easy', 0.9, 0.5), variant('middle', 0.7, 0.6), variant('hard', 0.4, 0.7)).verdict,
    'does not hold',
  );
  assert.equal(
    judged(variant('easy', 0.9, 0.6), variant('middle', 0.7, 0.6), variant('hard', 0.4, 0.6)).verdict,
    'not decided',
  );
});
