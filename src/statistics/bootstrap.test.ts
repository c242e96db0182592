import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Random } from '../base/random.ts';
import { bootstrapP, clusterBootstrap, pairedBootstrap } from './bootstrap.ts';
import { nestedPairedBootstrap } from './nested-bootstrap.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/statistics.json', import.meta.url), 'utf8'));

function weightedMean(values: ArrayLike<number>) {
  return (weights: Float64Array) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < values.length; i++) {
      sum += weights[i] * values[i];
      total += weights[i];
    }
    return [sum / total];
  };
}

for (const method of ['percentile', 'bca'] as const) {
  test(`${method} intervals agree with SciPy's within the error of resampling`, () => {
    const { values } = golden.bootstrap;
    const clusters = values.map((_: number, i: number) => i);
    const { intervals } = clusterBootstrap(clusters, weightedMean(values), { method, resamples: 50_000 });
    const [low, high] = golden.bootstrap[method];
    assert.ok(Math.abs(intervals[0].low - low) < 0.01, `${intervals[0].low} against ${low}`);
    assert.ok(Math.abs(intervals[0].high - high) < 0.01, `${intervals[0].high} against ${high}`);
  });
}

test('copies of observations within a cluster add nothing: the unit is the patient', () => {
  const values = [3, 1, 4, 1, 5, 9, 2, 6];
  const once = clusterBootstrap(
    values.map((_, i) => `p${i}`),
    weightedMean(values),
  );
  const repeated = values.flatMap((value) => [value, value, value]);
  const names = values.flatMap((_, i) => [`p${i}`, `p${i}`, `p${i}`]);
  const thrice = clusterBootstrap(names, weightedMean(repeated));
  assert.ok(Math.abs(once.intervals[0].low - thrice.intervals[0].low) < 1e-12);
  assert.ok(Math.abs(once.intervals[0].high - thrice.intervals[0].high) < 1e-12);
});

test('every resample draws as many clusters as there are', () => {
  const clusters = ['a', 'a', 'b', 'c', 'c', 'c'];
  const first = [0, 2, 3];
  clusterBootstrap(
    clusters,
    (weights) => {
      assert.equal(weights[0], weights[1]);
      assert.equal(
        first.reduce((sum, i) => sum + weights[i], 0),
        3,
      );
      return [0];
    },
    { resamples: 200 },
  );
});

test('percentile intervals of a mean cover it about as often as they say', () => {
  let covered = 0;
  const trials = 300;
  for (let trial = 0; trial < trials; trial++) {
    const values = new Random('coverage').split(trial).fillNormal(new Float64Array(40));
    const clusters = Array.from(values, (_, i) => i);
    const { low, high } = clusterBootstrap(clusters, weightedMean(values), { resamples: 400, level: 0.9 }).intervals[0];
    if (low <= 0 && 0 <= high) covered++;
  }
  // 0.9 less the percentile interval's slight optimism; three standard errors of 300 trials are 0.05.
  assert.ok(covered / trials > 0.83 && covered / trials < 0.94, `covered ${covered / trials}`);
});

test('resamples on which a statistic is undefined are left out of its interval only', () => {
  const { intervals, draws } = clusterBootstrap(
    [1, 2, 3],
    (weights) => [weights[0] === 0 ? Number.NaN : weights[0], weights[1]],
    { resamples: 500 },
  );
  assert.ok(draws[0].length < 500 && draws[0][0] > 0);
  assert.equal(draws[1].length, 500);
  assert.ok(intervals[0].low >= 1);
  const nothing = clusterBootstrap([1, 2], () => [Number.NaN], { resamples: 10 });
  assert.deepEqual(nothing.intervals, [{ value: Number.NaN, low: Number.NaN, high: Number.NaN }]);
});

test('one cluster has no spread', () => {
  for (const method of ['percentile', 'bca'] as const) {
    const { intervals } = clusterBootstrap(['p', 'p'], weightedMean([1, 2]), { method, resamples: 50 });
    assert.deepEqual(intervals, [{ value: 1.5, low: 1.5, high: 1.5 }]);
  }
});

test('a paired difference: value, interval, p value with its floor, antisymmetry', () => {
  const clusters = Array.from({ length: 25 }, (_, i) => `p${i}`);
  const better = clusters.map((_, i) => (i < 20 ? 1 : 0));
  const worse = clusters.map((_, i) => (i < 8 ? 1 : 0));
  const found = pairedBootstrap(better, worse, clusters, { resamples: 999 });
  assert.equal(found.difference.value, 12 / 25);
  assert.ok(found.difference.low > 0.2 && found.difference.high < 0.75);
  assert.equal(found.p, 1 / 1000);
  const turned = pairedBootstrap(worse, better, clusters, { resamples: 999 });
  assert.equal(turned.difference.value, -12 / 25);
  assert.ok(Math.abs(turned.difference.low + found.difference.high) < 1e-12);
  assert.throws(() => pairedBootstrap([1], [1, 2], ['a']), RangeError);
});

test('resampling seeds as well widens the interval, unless the seeds agree', () => {
  const clusters = Array.from({ length: 30 }, (_, i) => i);
  const random = new Random('nested');
  const b = Array.from({ length: 5 }, () => new Float64Array(30));
  const same = Array.from({ length: 5 }, () => Float64Array.from(clusters, (i) => (i % 3) - 0.4));
  const patients = pairedBootstrap(same[0], b[0], clusters);
  const agreeing = nestedPairedBootstrap(same, b, clusters);
  assert.ok(Math.abs(agreeing.difference.value - patients.difference.value) < 1e-12);
  assert.ok(Math.abs(agreeing.difference.low - patients.difference.low) < 0.03);
  const scattered = same.map((row) => {
    const luck = random.normal();
    return row.map((value) => value + luck);
  });
  const wider = nestedPairedBootstrap(scattered, b, clusters).difference;
  assert.ok(wider.high - wider.low > 1.5 * (agreeing.difference.high - agreeing.difference.low));
  const uneven = nestedPairedBootstrap([[1, 0, 0]], [[0, 0, 0]], ['a', 'b', 'b'], { resamples: 50 });
  assert.equal(uneven.difference.value, 1 / 3);
  assert.throws(() => nestedPairedBootstrap([[1]], [[1], [2]], ['a']), RangeError);
});

test('p values from draws', () => {
  assert.equal(bootstrapP([-1, 1, 1, 1]), 0.5);
  assert.equal(bootstrapP([0, 0]), 1);
  assert.equal(bootstrapP([1, 2, 3]), 1 / 4);
});

test('mistakes are named', () => {
  assert.throws(() => clusterBootstrap([], () => [0]), /no observations/);
  assert.throws(() => clusterBootstrap([1], () => [0], { resamples: 0 }), /positive whole number/);
  assert.throws(() => clusterBootstrap([1], () => [0], { level: 95 }), /level lies in/);
});
