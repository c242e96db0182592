import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { describeFilters, drift, orientationEntropy, redundancy } from './filter-bank.ts';
import { fitGabor } from './gabor.ts';

function gabor(size: number, angle: number, frequency: number, phase: number): Float64Array {
  const middle = (size - 1) / 2;
  return Float64Array.from({ length: size * size }, (_, i) => {
    const [x, y] = [(i % size) - middle, Math.floor(i / size) - middle];
    const u = x * Math.cos(angle) + y * Math.sin(angle);
    return Math.exp(-(x * x + y * y) / (2 * (size / 4) ** 2)) * Math.cos(2 * Math.PI * frequency * u + phase);
  });
}

const noise = (length: number, seed: string) => {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => random.normal());
};

test('a Gabor filter is found, with its orientation and its frequency', () => {
  for (const [angle, frequency, phase] of [
    [0.4, 0.2, 0],
    [1.3, 0.15, 1],
    [2.6, 0.25, 2.2],
  ]) {
    const fit = fitGabor(gabor(11, angle, frequency, phase), 11);
    assert.ok(fit.r2 > 0.97, `R² ${fit.r2}`);
    const turn = Math.abs(fit.orientation - angle);
    assert.ok(Math.min(turn, Math.PI - turn) < 0.12, `${fit.orientation} is not ${angle}`);
    assert.ok(Math.abs(fit.frequency - frequency) < 0.03, `${fit.frequency} is not ${frequency}`);
  }
});

test('noise is no Gabor filter, and small filters are refused', () => {
  const fits = Array.from({ length: 8 }, (_, i) => fitGabor(noise(121, `noise ${i}`), 11).r2);
  assert.ok(
    fits.every((r2) => r2 < 0.55),
    fits.join(),
  );
  assert.throws(() => fitGabor(noise(9, 'small'), 3), /3 × 3/);
});

test('colour, motion, redundancy and drift at their ends', () => {
  const grey = noise(49, 'grey');
  const [ofGrey] = describeFilters({ shape: [1, 3, 7, 7], data: [...grey, ...grey, ...grey] });
  assert.ok(ofGrey.colour! < 1e-12);
  const [opponent] = describeFilters({
    shape: [1, 3, 7, 7],
    data: [...grey, ...grey.map((v) => -v), ...grey.map(() => 0)],
  });
  assert.ok(Math.abs(opponent.colour! - 1) < 1e-12);
  const [still] = describeFilters({ shape: [1, 1, 3, 7, 7], data: [...grey, ...grey, ...grey] });
  assert.ok(still.motion! < 1e-12);
  const [moving] = describeFilters({ shape: [1, 1, 2, 7, 7], data: [...grey, ...grey.map((v) => -v)] });
  assert.ok(Math.abs(moving.motion! - 1) < 1e-12);
  const twice = { shape: [3, 1, 7, 7], data: [...grey, ...grey.map((v) => -2 * v), ...noise(49, 'other')] };
  assert.ok(Math.abs(redundancy(twice)[0] - 1) < 1e-12 && redundancy(twice)[2] < 0.6);
  assert.deepEqual(
    drift(twice, twice).map((value) => Math.round(value * 1e9)),
    [0, 0, 0],
  );
  assert.ok(orientationEntropy([0.1, 0.1, 0.1]) === 0);
  assert.ok(Math.abs(orientationEntropy(Array.from({ length: 8 }, (_, i) => (i + 0.5) * (Math.PI / 8))) - 1) < 1e-12);
});
