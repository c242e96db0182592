import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { labOf } from '../data/transform/lab.ts';
import { gamutBins } from './colour-gamut.ts';
import { binCount, encodeSoftly, rebalancingWeights, smoothedPrior } from './value-bins.ts';

const bins = { dimensions: 2, centres: gamutBins(10) };

test('a value is shared by the ten nearest bins as a Gaussian of 5 says', () => {
  const values = new Float32Array([3, -4, 51, 22]);
  const encoded = encodeSoftly(values, bins, 10, 5);
  for (let i = 0; i < 2; i++) {
    const distances = Array.from({ length: 313 }, (_, q) => ({
      q,
      squared: (values[2 * i] - bins.centres[2 * q]) ** 2 + (values[2 * i + 1] - bins.centres[2 * q + 1]) ** 2,
    })).sort((x, y) => x.squared - y.squared);
    const expected = distances.slice(0, 10).map(({ squared }) => Math.exp(-squared / 50));
    const sum = expected.reduce((a, b) => a + b, 0);
    for (let k = 0; k < 10; k++) {
      assert.equal(encoded.bins[k * 2 + i], distances[k].q);
      assert.ok(Math.abs(encoded.shares[k * 2 + i] - expected[k] / sum) < 1e-6);
    }
  }
});

test('from a colour to bins and back the error is below the size of a bin', () => {
  const byte = fc.integer({ min: 0, max: 255 });
  fc.assert(
    fc.property(byte, byte, byte, (red, green, blue) => {
      const [, a, b] = labOf(red / 255, green / 255, blue / 255);
      const encoded = encodeSoftly(new Float32Array([a, b]), bins, 10, 5);
      const mean = [0, 1].map((d) =>
        encoded.shares.reduce((sum, share, k) => sum + share * bins.centres[2 * encoded.bins[k] + d], 0),
      );
      assert.ok(Math.hypot(mean[0] - a, mean[1] - b) < 5, `${a}, ${b}: ${mean}`);
      const nearest = [0, 1].map((d) => bins.centres[2 * encoded.bins[0] + d]);
      assert.ok(Math.hypot(nearest[0] - a, nearest[1] - b) <= 10 / Math.SQRT2 + 1e-6);
    }),
  );
});

test('far outside, and with fewer bins than neighbours, shares still sum to 1', () => {
  const few = { dimensions: 1, centres: new Float32Array([0, 1, 2]) };
  const { shares, bins: numbers } = encodeSoftly(new Float32Array([9000, -1]), few, 10, 0.5);
  assert.deepEqual([...numbers].slice(0, 2), [2, 0]);
  for (const i of [0, 1]) assert.ok(Math.abs(shares[i] + shares[2 + i] + shares[4 + i] - 1) < 1e-6);
  assert.deepEqual([...encodeSoftly(new Float32Array([0.9]), few, 2, 0).shares], [1, 0]);
});

test('weights: the mean over what occurs is 1, rare bins count more, and λ = 1 leaves all alike', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 313, maxLength: 313 }),
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      (counts, uniform) => {
        fc.pre(counts.some((count) => count > 0));
        const prior = smoothedPrior(counts, bins, 5);
        assert.ok(Math.abs(prior.reduce((sum, share) => sum + share, 0) - 1) < 1e-9);
        const weights = rebalancingWeights(prior, uniform);
        const mean = weights.reduce((sum, weight, q) => sum + weight * prior[q], 0);
        assert.ok(Math.abs(mean - 1) < 1e-5);
        const order = [...prior.keys()].sort((x, y) => prior[x] - prior[y]);
        for (let i = 1; i < order.length; i++) assert.ok(weights[order[i]] <= weights[order[i - 1]] + 1e-6);
      },
    ),
    { numRuns: 20 },
  );
  const skewed = smoothedPrior(
    Array.from({ length: binCount(bins) }, (_, q) => (q === 150 ? 1000 : 1)),
    bins,
    0,
  );
  assert.ok(rebalancingWeights(skewed, 1).every((weight) => Math.abs(weight - 1) < 1e-6));
  // By hand: p = 1000 / 1312 and 1 / 1312, mixed half and half with 1 / 313.
  const weights = rebalancingWeights(skewed, 0.5);
  const ratio = (0.5 * (1000 / 1312) + 0.5 / 313) / (0.5 / 1312 + 0.5 / 313);
  assert.ok(Math.abs(weights[0] / weights[150] / ratio - 1) < 1e-4);
});
