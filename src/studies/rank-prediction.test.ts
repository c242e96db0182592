import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { judge } from './hypothesis.ts';
import { type RankedRun, rankCorrelation, rankPredictions } from './rank-prediction.ts';

/** Configurations on two trunks; the wider one has larger ranks and worse scores. */
function runs(strength: number): RankedRun[] {
  const random = new Random('runs');
  return Array.from({ length: 24 }, (_, configuration) => {
    const wide = configuration % 2;
    const quality = random.normal();
    return Array.from({ length: 4 }, (): RankedRun => {
      const seen = quality + 0.3 * random.normal();
      return {
        name: `configuration ${configuration}`,
        trunk: wide ? 'wide' : 'narrow',
        label: 'view',
        rankMe: 10 + 30 * wide + strength * seen + (1 - strength) * random.normal(),
        decay: 1 + Math.exp(-(strength * seen + (1 - strength) * random.normal())),
        score: 0.6 - 0.3 * wide + 0.05 * seen,
      };
    });
  }).flat();
}

const card = { id: '', title: '', statement: '', source: '', test: '', decides: '' };
const meaning = { holds: '', 'does not hold': '', 'not decided': '' };
const judged = (strength: number) =>
  judge(
    { ...card, meaning },
    {
      predictions: rankPredictions(runs(strength), { resamples: 400 }),
      seeds: 4,
      material: '',
      figures: [],
      remarks: [],
    },
  ).predictions;

test('what the spectrum says within each trunk is found, though trunks differ the other way', () => {
  const [within, over, decay] = judged(0.9);
  assert.match(within.name, /RankMe.*within/);
  assert.equal(within.outcome, 'as predicted');
  assert.ok(within.difference.value > 0.7, `${within.difference.value}`);
  assert.equal(over.outcome, 'against', 'over all runs widths speak');
  assert.equal(decay.outcome, 'as predicted');
});

test('where the spectrum says nothing, nothing is decided', () => {
  const [within] = judged(0);
  assert.equal(within.outcome, 'not decided');
  assert.ok(within.difference.low < 0 && within.difference.high > 0);
});

test('seeds of one configuration do not make an interval narrow', () => {
  const random = new Random('few');
  const few = Array.from({ length: 6 }, (_, i) => ({ name: `${i}`, x: random.normal(), y: random.normal() }));
  const many = few.flatMap((run) => new Array(8).fill(run));
  const [a, b] = [few, many].map((all) => rankCorrelation(all, { resamples: 400 }).difference);
  assert.ok(b.high - b.low > 0.8 * (a.high - a.low));
});

test('a group whose runs are all equal says nothing', () => {
  const flat = [1, 2, 3].map((y) => ({ name: `${y}`, x: 1, y }));
  assert.equal(rankCorrelation(flat, { resamples: 50 }).p, 1);
});
