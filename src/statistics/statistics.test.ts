import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import fc from 'fast-check';
import { incompleteBeta } from './beta-function.ts';
import { fisherInterval, kendall, pearson, spearman } from './correlation.ts';
import { clusteredRocArea, clusteredRocAreaDifference, rocArea, rocAreaDifference } from './delong.ts';
import { interquartileMean, mean, median, quantile, standardDeviation } from './descriptive.ts';
import { binomialCdf, chiSquareUpper, fUpper, tCdf, tQuantile, tTwoSided } from './distributions.ts';
import { cliffsDelta, hedgesG, hedgesGPaired, probabilityOfImprovement } from './effect-size.ts';
import { friedmanTest, nemenyiCriticalDifference } from './friedman.ts';
import { logGamma, lowerGamma, upperGamma } from './gamma-function.ts';
import { mcNemarTest } from './mcnemar.ts';
import { adjustBenjaminiHochberg, adjustHolm } from './multiple-comparisons.ts';
import { normalCdf, normalQuantile } from './normal.ts';
import { detectableDifference, pairsNeeded } from './power.ts';
import { signFlipTest } from './sign-flip.ts';
import { signedRankTest } from './signed-rank.ts';
import { studentisedRangeQuantile } from './studentised-range.ts';
import { correctedResampledTTest, equivalenceTest, pairedTTest } from './t-test.ts';

const golden = JSON.parse(readFileSync(new URL('../../test/golden/statistics.json', import.meta.url), 'utf8'));

/** Relative closeness, absolute below 1e-300. */
function near(found: number, expected: number, tolerance = 1e-10, what = 'value'): void {
  const gap = Math.abs(found - expected);
  assert.ok(gap <= tolerance * Math.max(Math.abs(expected), 1e-300), `${what} is ${found}, expected ${expected}`);
}

test('the normal distribution function and its inverse are right in both tails', () => {
  const { z, cdf, p, quantile: quantiles } = golden.normal;
  z.forEach((value: number, i: number) => {
    near(normalCdf(value), cdf[i], 1e-12, `cdf(${value})`);
  });
  p.forEach((value: number, i: number) => {
    if (quantiles[i] === 0) assert.equal(normalQuantile(value), 0);
    else near(normalQuantile(value), quantiles[i], 1e-12, `quantile(${value})`);
  });
  assert.equal(normalQuantile(0), Number.NEGATIVE_INFINITY);
  assert.equal(normalQuantile(1), Number.POSITIVE_INFINITY);
  assert.throws(() => normalQuantile(1.1), RangeError);
});

test('gamma and beta functions', () => {
  for (const [x, expected] of golden.logGamma) {
    assert.ok(Math.abs(logGamma(x) - expected) <= 1e-12 * Math.max(1, Math.abs(expected)), `logGamma(${x})`);
  }
  for (const [a, x, lower, upper] of golden.incompleteGamma) {
    near(lowerGamma(a, x), lower, 1e-10, `P(${a}, ${x})`);
    near(upperGamma(a, x), upper, 1e-10, `Q(${a}, ${x})`);
  }
  for (const [x, a, b, expected] of golden.incompleteBeta) {
    near(incompleteBeta(x, a, b), expected, 1e-10, `I_${x}(${a}, ${b})`);
  }
});

test('tails of t, F, chi-square, binomial and the studentised range', () => {
  for (const [x, df, twoSided, cdf] of golden.t) {
    near(tTwoSided(x, df), twoSided, 1e-10, `t ${x}, ${df}`);
    near(tCdf(x, df), cdf, 1e-10, `t cdf ${x}, ${df}`);
  }
  for (const [p, df, expected] of golden.tQuantile) {
    assert.ok(
      Math.abs(tQuantile(p, df) - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
      `t quantile ${p}, ${df}`,
    );
  }
  for (const [x, d1, d2, expected] of golden.f) near(fUpper(x, d1, d2), expected, 1e-10, `F ${x}`);
  for (const [x, df, expected] of golden.chiSquare) near(chiSquareUpper(x, df), expected, 1e-10, `chi-square ${x}`);
  for (const [k, n, q, expected] of golden.binomial) near(binomialCdf(k, n, q), expected, 1e-10, `binomial ${k}`);
  for (const [k, p, expected] of golden.studentisedRange) {
    near(studentisedRangeQuantile(p, k), expected, 1e-6, `range of ${k}`);
  }
});

test('descriptive numbers', () => {
  const { values, ...expected } = golden.descriptive;
  near(mean(values), expected.mean);
  near(standardDeviation(values), expected.sd);
  near(median(values), expected.median);
  near(interquartileMean(values), expected.iqm);
  for (const [q, at] of expected.quantiles) near(quantile(values, q), at);
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(quantile([1, Number.POSITIVE_INFINITY], 0), 1);
  assert.throws(() => mean([]), /needs at least 1 value, got 0/);
  assert.throws(() => standardDeviation([1]), /needs at least 2 values/);
});

test('effect sizes', () => {
  const { a, b, hedges, cliff, tiedA, tiedB, tiedCliff } = golden.effect;
  near(hedgesG(a, b), hedges);
  near(cliffsDelta(a, b), cliff);
  near(cliffsDelta(tiedA, tiedB), tiedCliff);
  assert.equal(probabilityOfImprovement([2], [1, 2, 3, 4]), 1.5 / 4);
  assert.equal(cliffsDelta([5, 6], [1, 2, 3]), 1);
  // d / s = 2 and three degrees of freedom: J = Γ(1.5) / (√1.5 Γ(1)).
  near(hedgesGPaired([1, 3, 1, 3]), (2 / Math.sqrt(4 / 3)) * (Math.sqrt(Math.PI) / 2 / Math.sqrt(1.5)));
});

test("Wilcoxon's signed ranks: exact, exact with ties and zeros, normal with ties", () => {
  const { small, tied, large } = golden.signedRank;
  const exact = signedRankTest(small.d);
  near(exact.p, small.p);
  assert.equal(Math.min(exact.positive, exact.negative), small.statistic);
  near(signedRankTest(tied.d).p, tied.p);
  assert.equal(signedRankTest(tied.d).pairs, 11);
  const normal = signedRankTest(large.d);
  assert.equal(normal.method, 'normal');
  near(normal.p, large.p);
  const five = signedRankTest([1, 2, 3, 4, 5]);
  assert.equal(five.p, 0.0625);
  assert.equal(five.smallestP, 0.0625);
  assert.equal(five.effect, 1);
  assert.equal(signedRankTest([0, 0]).p, 1);
});

test('sign flips: exact counts agree with enumeration, random ones with the exact count', () => {
  near(signFlipTest(golden.signFlip.small.d).p, golden.signFlip.small.p);
  near(signFlipTest(golden.signFlip.tied.d).p, golden.signFlip.tied.p);
  assert.equal(signFlipTest([1, 1, 1, 1, 1, 1]).p, 2 / 64);
  assert.equal(signFlipTest([1, -1]).p, 1);
  const twenty = Array.from({ length: 20 }, (_, i) => Math.sin(i * 7) + 0.35);
  const exact = signFlipTest(twenty);
  assert.equal(exact.exact, true);
  // A difference of 0 changes nothing but makes it twenty-one: patterns are drawn.
  const drawn = signFlipTest([...twenty, 0], { resamples: 20_000 });
  assert.equal(drawn.exact, false);
  assert.ok(Math.abs(drawn.p - exact.p) < 0.01, `${drawn.p} against ${exact.p}`);
  assert.deepEqual(drawn, signFlipTest([...twenty, 0], { resamples: 20_000 }));
});

test('t tests: paired, corrected for overlapping folds, equivalence', () => {
  const { d, t, p, interval, corrected, equivalence } = golden.tTest;
  const plain = pairedTTest(d);
  near(plain.t, t);
  near(plain.p, p);
  near(plain.low, interval[0], 1e-9);
  near(plain.high, interval[1], 1e-9);
  const wide = correctedResampledTTest(d, { trainItems: 180, testItems: 20 });
  near(wide.t, corrected.t);
  near(wide.p, corrected.p);
  assert.equal(wide.degreesOfFreedom, 9);
  near(equivalenceTest(d, 0.05).p, equivalence);
  assert.equal(pairedTTest([0, 0, 0]).p, 1);
  assert.equal(pairedTTest([2, 2, 2]).p, 0);
});

test("DeLong's variance agrees with its definition by double loops", () => {
  const { truth, a, b, area, variance, difference, z, p } = golden.delong;
  const one = rocArea(truth, a);
  near(one.value, area);
  near(one.variance, variance);
  near(one.high - one.value, Math.min(1 - area, 1.959963984540054 * Math.sqrt(variance)));
  const two = rocAreaDifference(truth, a, b);
  near(two.value, difference);
  near(two.z, z, 1e-9);
  near(two.p, p, 1e-8);
  assert.equal(rocAreaDifference(truth, a, a).p, 1);
  assert.throws(() => rocArea([1, 0, 0], [1, 2, 3]), /two positives/);
});

test("McNemar's test", () => {
  const { a, b, first, second, p, asymptotic } = golden.mcnemar;
  const found = mcNemarTest(a, b);
  assert.deepEqual([found.onlyFirst, found.onlySecond], [first, second]);
  near(found.p, p);
  near(found.asymptoticP, asymptotic);
  assert.equal(mcNemarTest(a, a).p, 1);
});

test('Holm and Benjamini-Hochberg adjust as defined, and never below the p value itself', () => {
  const { p, holm, bh } = golden.multiple;
  adjustHolm(p).forEach((value, i) => {
    near(value, holm[i]);
  });
  adjustBenjaminiHochberg(p).forEach((value, i) => {
    near(value, bh[i]);
  });
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (values) => {
      const strict = adjustHolm(values);
      const lenient = adjustBenjaminiHochberg(values);
      values.forEach((value, i) => {
        assert.ok(value <= lenient[i] * (1 + 1e-12) && lenient[i] <= strict[i] * (1 + 1e-12) && strict[i] <= 1);
      });
    }),
  );
  assert.throws(() => adjustHolm([0.2, 1.2]), RangeError);
});

test('correlations and their intervals', () => {
  const { a, b, ...expected } = golden.correlation;
  for (const [name, measure] of Object.entries({ pearson, spearman, kendall })) {
    const found = measure(a, b);
    near(found.value, expected[name][0], 1e-10, name);
    near(found.p, expected[name][1], 1e-8, `p of ${name}`);
  }
  const { low, high } = fisherInterval(expected.pearson[0], a.length);
  near(low, expected.fisher[0]);
  near(high, expected.fisher[1]);
  const wider = fisherInterval(0.6, 20, { kind: 'spearman' });
  assert.ok(wider.low < fisherInterval(0.6, 20).low);
  assert.equal(spearman([1, 2, 3, 4], [1, 4, 9, 100]).value, 1);
  assert.equal(kendall([1, 2, 3, 4], [4, 3, 2, 1]).value, -1);
  assert.ok(Number.isNaN(pearson([1, 1, 1], [1, 2, 3]).value));
});

test("Friedman's test, Iman and Davenport's F, Nemenyi's critical difference", () => {
  const { scores, chiSquare, p, meanRanks } = golden.friedman;
  const found = friedmanTest(scores);
  near(found.chiSquare, chiSquare);
  near(found.p, p);
  found.meanRanks.forEach((value, i) => {
    near(value, meanRanks[i]);
  });
  near(found.f, (7 * chiSquare) / (8 * 3 - chiSquare));
  near(found.fP, fUpper(found.f, 3, 21));
  // Demšar's table of q for α = 0.05: 2.343 for three methods, 3.164 for ten.
  near(nemenyiCriticalDifference(3, 10), 2.343 * Math.sqrt(12 / 60), 1e-3);
  near(nemenyiCriticalDifference(10, 20), 3.164 * Math.sqrt(110 / 120), 1e-3);
  assert.throws(() => friedmanTest([[1, 2]]), RangeError);
});

test('power: the pairs needed for a difference detect just that difference', () => {
  // (1.95996 + 0.84162)² · 4 = 31.4
  assert.equal(pairsNeeded(0.5, 1), 32);
  assert.ok(detectableDifference(32, 1) <= 0.5 && detectableDifference(31, 1) > 0.5);
  assert.throws(() => pairsNeeded(0, 1), RangeError);
});

const clustered = JSON.parse(
  readFileSync(new URL('../../test/golden/protocols.json', import.meta.url), 'utf8'),
).clusteredRocArea;

test('areas under ROC curves of clustered observations: the formulas of Obuchowski over all pairs', () => {
  for (const { positive, a, b, clusters, areas, variance, differenceVariance } of clustered) {
    const area = clusteredRocArea(positive, a, clusters)!;
    near(area.value, areas[0], 1e-9, 'area');
    near(area.variance, variance, 1e-9, 'variance');
    const difference = clusteredRocAreaDifference(positive, a, b, clusters)!;
    near(difference.value, areas[0] - areas[1], 1e-9, 'difference');
    near(difference.z, (areas[0] - areas[1]) / Math.sqrt(differenceVariance), 1e-8, 'z');
  }
});

test('with one observation a cluster it is DeLong’s variance; with one cluster of a kind there is none', () => {
  const { positive, a, b } = clustered[0];
  const alone = positive.map((_: number, i: number) => i);
  near(clusteredRocArea(positive, a, alone)!.variance, rocArea(positive, a).variance, 1e-9, 'variance');
  const difference = clusteredRocAreaDifference(positive, a, b, alone)!;
  near(difference.p, rocAreaDifference(positive, a, b).p, 1e-9, 'p');
  assert.equal(clusteredRocArea([1, 1, 0, 0], [1, 2, 3, 4], ['a', 'a', 'b', 'c']), undefined);
});
