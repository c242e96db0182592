import assert from 'node:assert/strict';
import test from 'node:test';
import { type Evidence, type HypothesisCard, judge, type Prediction } from './hypothesis.ts';

const card: HypothesisCard = {
  id: 'h0',
  title: 'H0. ?',
  statement: 'Something',
  source: 'somebody',
  test: 'somehow',
  decides: 'more',
  meaning: { holds: 'so', 'does not hold': 'not so', 'not decided': 'who knows' },
};
const prediction = (value: number, p: number, decides = true): Prediction => ({
  name: `${value}`,
  unit: 'points',
  decides,
  difference: { value, low: value - 1, high: value + 1 },
  p,
});
const evidence = (seeds: number, ...predictions: Prediction[]): Evidence => ({
  predictions,
  seeds,
  material: '',
  figures: [],
  remarks: [],
});
const verdict = (seen: Evidence) => judge(card, seen).verdict;

test('a hypothesis holds where every deciding prediction came as predicted', () => {
  assert.equal(verdict(evidence(6, prediction(1, 0.001), prediction(2, 0.002))), 'holds');
  assert.equal(verdict(evidence(6, prediction(1, 0.001), prediction(2, 0.2))), 'not decided');
  assert.equal(verdict(evidence(6, prediction(1, 0.001), prediction(-2, 0.001))), 'does not hold');
  assert.equal(verdict(evidence(6, prediction(1, 0.001), prediction(-2, 0.001, false))), 'holds');
  assert.equal(verdict(evidence(6, prediction(1, 0.001, false))), 'not decided');
  assert.equal(judge(card, evidence(6, prediction(1, 0.001))).meaning, 'so');
});

test('p values are corrected over the predictions that decide, and apart from them over the others', () => {
  const { predictions } = judge(
    card,
    evidence(6, prediction(1, 0.03), prediction(1, 0.04), prediction(1, 0.03, false), prediction(-1, 0.01, false)),
  );
  assert.deepEqual(
    predictions.map(({ p, outcome }) => [Number(p.toFixed(3)), outcome]),
    [
      [0.06, 'not decided'],
      [0.06, 'not decided'],
      [0.03, 'as predicted'],
      [0.02, 'against'],
    ],
  );
});

test('two seeds decide nothing', () => {
  assert.equal(verdict(evidence(2, prediction(1, 0.0001))), 'not decided');
  assert.equal(verdict(evidence(6, { ...prediction(1, 0.0001), seeds: 3 })), 'not decided');
  assert.equal(verdict(evidence(2, { ...prediction(1, 0.0001), seeds: 6 })), 'holds');
});
