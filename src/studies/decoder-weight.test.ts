import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { type DecoderGroup, type DecoderScores, decoderPredictions } from './decoder-weight.ts';
import { judge } from './hypothesis.ts';

const patients = Array.from({ length: 30 }, (_, i) => `patient ${i}`);

/** Dice of an encoder under three decoders, the light one better by `advantage` where labels are few. */
function scores(random: Random, advantage: number): DecoderScores {
  const ofCase = patients.map(() => random.normal(0, 0.1));
  const around = (level: number) => ofCase.map((own) => level + own + random.normal(0, 0.05));
  return {
    patients,
    dice: {
      duc: { few: around(0.5 + advantage), many: around(0.8) },
      transposed: { few: around(0.5), many: around(0.8) },
      resize: { few: around(0.5), many: around(0.8) },
    },
  };
}

function group(name: string, advantage: number): DecoderGroup {
  const random = new Random(name);
  return { name, seeds: Array.from({ length: 6 }, () => scores(random, advantage)) };
}

const card = { id: '', title: '', statement: '', source: '', test: '', decides: '' };
const meaning = { holds: '', 'does not hold': '', 'not decided': '' };
const judged = (...groups: DecoderGroup[]) =>
  judge(
    { ...card, meaning },
    { predictions: decoderPredictions(groups, 6), seeds: 6, material: '', figures: [], remarks: [] },
  );

test('a light decoder that is better with few labels is found, on the mean over encoders', () => {
  const { verdict, predictions } = judged(group('a', 0.1), group('b', 0.06));
  assert.equal(verdict, 'holds');
  assert.ok(Math.abs(predictions[0].difference.value - 0.08) < 0.02);
  assert.equal(predictions.find(({ name }) => name.startsWith('advantage'))!.outcome, 'as predicted');
  assert.equal(predictions.find(({ name }) => name.startsWith('all labels'))!.outcome, 'not decided');
});

test('a worse one speaks against, an equal one decides nothing', () => {
  assert.equal(judged(group('a', -0.1)).verdict, 'does not hold');
  assert.equal(judged(group('a', 0)).verdict, 'not decided');
});
