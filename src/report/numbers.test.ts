import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  alignEstimates,
  countOf,
  formatBytes,
  formatCount,
  formatDifference,
  formatDuration,
  formatEstimate,
  formatLoss,
  formatNumber,
  formatP,
  formatPercent,
  formatRate,
  formatSmall,
  listOf,
} from './numbers.ts';

const plain = (text: string) => text.replace(/[\u202f\u00a0\u2007]/g, ' ');

test('digits are grouped by thin spaces and lose nothing', () => {
  assert.deepEqual(
    [0, 999, 1240, 28800, 1234567, -1240].map((value) => plain(formatCount(value))),
    ['0', '999', '1 240', '28 800', '1 234 567', '−1 240'],
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (value) => {
      assert.equal(Number(formatCount(value).replaceAll('\u202f', '')), value);
    }),
  );
});

test('negative numbers have a real minus, zero has none', () => {
  assert.equal(formatNumber(-1.236), '−1.24');
  assert.equal(formatNumber(-0.001), '0.00');
  assert.equal(formatNumber(Number.NaN), 'not a number');
  assert.equal(formatNumber(Number.NEGATIVE_INFINITY), '−∞');
});

test('percentages, losses, small numbers, rates and sizes', () => {
  assert.equal(plain(formatPercent(0.437)), '44 %');
  assert.equal(plain(formatPercent(0.437, 1)), '43.7 %');
  assert.deepEqual(
    [1.874, 0.0512, 0.00031].map((value) => plain(formatLoss(value))),
    ['1.87', '0.051', '3.1 × 10⁻⁴'],
  );
  assert.deepEqual(
    [0.05, 12.34, 250000, 0].map((value) => plain(formatSmall(value))),
    ['0.050', '12.3', '2.5 × 10⁵', '0.000'],
  );
  assert.deepEqual(
    [61.2, 8.44, 0.523, 1240].map((value) => plain(formatRate(value))),
    ['61', '8.4', '0.52', '1 240'],
  );
  assert.deepEqual(
    [12, 5120, 512e6, 999_600, 1.2e9].map((value) => plain(formatBytes(value))),
    ['12 B', '5.1 kB', '512 MB', '1.0 MB', '1.2 GB'],
  );
});

test('durations grow their units and never show sixty', () => {
  const written = [0, 0.42, 7.4, 9.96, 40, 59.7, 100, 3599.6, 7500, 273600].map((seconds) =>
    plain(formatDuration(seconds)),
  );
  assert.deepEqual(written, [
    '0.0 s',
    '0.4 s',
    '7 s',
    '10 s',
    '40 s',
    '1 min 0 s',
    '1 min 40 s',
    '1 h 00 min',
    '2 h 05 min',
    '3 d 4 h',
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e7, noNaN: true }), (seconds) =>
      assert.doesNotMatch(formatDuration(seconds), /\b60\u00a0(s|min)/),
    ),
  );
  assert.equal(formatDuration(Number.POSITIVE_INFINITY), 'unknown');
});

test('estimates stand with their intervals, in the measure’s own unit', () => {
  const estimate = { value: 0.7144, low: 0.689, high: 0.7381 };
  assert.equal(formatEstimate(estimate, 'accuracy'), '71.4 [68.9, 73.8]');
  assert.equal(formatEstimate(estimate, 'auroc'), '0.71 [0.69, 0.74]');
  assert.equal(formatDifference({ value: 0.132, low: 0.091, high: 0.17 }, 'accuracy'), '+13.2 [9.1, 17.0]');
  assert.equal(formatDifference({ value: -0.0002, low: -0.02, high: 0.02 }, 'accuracy'), '0.0 [−2.0, 2.0]');
});

test('columns of estimates have their decimals below each other', () => {
  const column = alignEstimates(
    [{ value: 0.05, low: -0.02, high: 0.12 }, undefined, { value: 0.714, low: 0.689, high: 0.738 }],
    'accuracy',
    { padding: ' ' },
  );
  assert.deepEqual(column, [
    { value: ' 5.0', interval: '[−2.0, 12.0]' },
    { value: '', interval: '' },
    { value: '71.4', interval: '[68.9, 73.8]' },
  ]);
});

test('p-values keep the digits that matter', () => {
  assert.deepEqual(
    [0.4123, 0.05, 0.0042, 0.0003].map((p) => plain(formatP(p))),
    ['0.41', '0.05', '0.004', '< 0.001'],
  );
});

test('counts and lists read as sentences do', () => {
  assert.deepEqual([plain(countOf(1, 'patient')), plain(countOf(1240, 'patient'))], ['1 patient', '1 240 patients']);
  assert.deepEqual([listOf(['a']), listOf(['a', 'b']), listOf(['a', 'b', 'c'])], ['a', 'a and b', 'a, b and c']);
});
