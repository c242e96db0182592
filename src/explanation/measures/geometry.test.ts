import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { rankMe } from '../../training/measurements.ts';
import {
  alignment,
  type Cloud,
  covarianceSpectrum,
  hubness,
  levinaBickel,
  meanCosine,
  participationRatio,
  spectralDecay,
  squaredDistances,
  twoNearest,
  uniformity,
} from './geometry.ts';

const random = new Random('geometry');
const normal = (rows: number, columns: number, stream: string): Cloud => {
  const own = random.split(stream);
  return { rows, columns, data: Float64Array.from({ length: rows * columns }, () => own.normal()) };
};
const near = (found: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(found - expected) <= tolerance, `${found} is not ${expected} ± ${tolerance}`);

test('RankMe of the identity is its size, of one direction one', () => {
  const n = 64;
  const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  near(rankMe(identity, n, n), n, 2e-3);
  const line = Float64Array.from({ length: 50 * 8 }, (_, i) => Math.floor(i / 8) + 1);
  near(rankMe(line, 50, 8), 1, 1e-3);
});

test('the spectrum of stretched noise, its participation ratio and its decay', () => {
  const cloud = normal(4000, 5, 'stretched');
  const data = Float64Array.from({ length: 4000 * 5 }, (_, i) => cloud.data[i] * (i % 5 === 0 ? 3 : 1) + 7);
  const values = covarianceSpectrum({ rows: 4000, columns: 5, data });
  near(values[0], 9, 0.6);
  near(values[4], 1, 0.1);
  near(participationRatio(values), 13 ** 2 / (81 + 4), 0.15);
  const powers = Float64Array.from({ length: 100 }, (_, i) => (i + 1) ** -1.7);
  near(spectralDecay(powers, 11, 50), 1.7, 1e-9);
});

test('intrinsic dimension of a ball in many coordinates is that of the ball, within a tenth', () => {
  const d = 5;
  const rows = 1200;
  const own = random.split('ball');
  const data = new Float64Array(rows * 20);
  for (let i = 0; i < rows; i++) {
    const point = Array.from({ length: d }, () => own.normal());
    const norm = Math.hypot(...point);
    const radius = own.uniform() ** (1 / d);
    for (let j = 0; j < 20; j++) data[i * 20 + j] = (radius * point[j % d]) / norm;
  }
  const distances = squaredDistances({ rows, columns: 20, data });
  near(twoNearest(distances, rows), d, d * 0.1);
  near(levinaBickel(distances, rows, 10), d, d * 0.15);
});

test('uniformity, alignment, cosine and hubness at known points', () => {
  const opposite: Cloud = { rows: 2, columns: 2, data: [1, 0, -1, 0] };
  near(uniformity(opposite), -8, 1e-12);
  near(alignment(opposite, opposite), 0, 0);
  near(alignment(opposite, { rows: 2, columns: 2, data: [0, 2, 0, -3] }), 2, 1e-12);
  near(meanCosine(opposite), -1, 1e-12);
  const many = normal(400, 200, 'sphere');
  near(meanCosine(many), 0, 0.01);
  // In many dimensions hubs appear; in two there are none.
  assert.ok(
    hubness(squaredDistances(many), 400) > 3 * Math.abs(hubness(squaredDistances(normal(400, 2, 'plane')), 400)),
  );
});
