import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { ImageFormation, polarGrid } from './image-formation.ts';
import { beamSigma } from './point-spread.ts';
import { type ProbeSetting, type Scanner, scannerOf } from './scanner.ts';

const scanner: Scanner = { ...scannerOf(new Random(1), 0), noiseDb: -140, gainCurveDb: new Array(8).fill(0) };
const setting: ProbeSetting = { depthMm: 150, frequencyMhz: 2.5, attenuation: 0.48, gainDb: 0, focusMm: 90 };
const grid = polarGrid(scanner, setting.depthMm, 96);
const count = 60_000;

function uniformTissue(seed: number) {
  const random = new Random(seed);
  const range = random.split('range').fillUniform(new Float32Array(count), 0, grid.depths * grid.stepMm);
  const last = grid.firstAngle + (grid.beams - 1) * grid.stepAngle;
  const angle = random.split('angle').fillUniform(new Float32Array(count), grid.firstAngle, last);
  const turns = random.split('turns').fillUniform(new Float32Array(count));
  return { range, angle, turns };
}

/** Envelope in tissue whose scatterers have all turned about the probe by an angle. */
function envelope({ range, angle, turns }: ReturnType<typeof uniformTissue>, turned: number): Float64Array {
  const density = count / (grid.depths * (grid.beams - 1));
  const formation = new ImageFormation(grid, scanner, setting, {
    density,
    shadows: [],
    reverberationMm: 400,
    random: new Random(2),
  });
  const right = range.map((r, i) => r * Math.sin(angle[i]! + turned));
  const deep = range.map((r, i) => r * Math.cos(angle[i]! + turned));
  formation.clear();
  formation.deposit(right, deep, new Float32Array(count).fill(1), turns, count);
  return Float64Array.from(formation.form(0), (db) => 10 ** (db / 20));
}

function interior(values: Float64Array, fromRow = 8, toRow = grid.depths - 5): number[] {
  const kept: number[] = [];
  for (let row = fromRow; row < toRow; row++) {
    for (let beam = 8; beam < grid.beams - 8; beam++) kept.push(values[row * grid.beams + beam]!);
  }
  return kept;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('speckle of uniform tissue follows Rayleigh: signal-to-noise ratio 1.91 and the quantiles', () => {
  const amplitudes = [1, 2, 3, 4].flatMap((seed) => interior(envelope(uniformTissue(seed), 0)));
  const average = mean(amplitudes);
  const deviation = Math.sqrt(mean(amplitudes.map((value) => (value - average) ** 2)));
  assert.ok(Math.abs(average / deviation / 1.91 - 1) < 0.05, `signal-to-noise ratio ${average / deviation}`);
  const power = mean(amplitudes.map((value) => value * value));
  assert.ok(Math.abs(10 * Math.log10(power)) < 0.5, `mean power ${power}, expected 1`);
  for (const share of [0.1, 0.25, 0.5, 0.75, 0.9]) {
    const threshold = Math.sqrt(-power * Math.log(1 - share));
    const below = amplitudes.filter((value) => value < threshold).length / amplitudes.length;
    assert.ok(Math.abs(below - share) < 0.02, `${below} of the amplitudes lie below the ${share} quantile of Rayleigh`);
  }
});

test('speckle decorrelates with motion across the beam as the width of the beam predicts', () => {
  const rows = [Math.round(70 / grid.stepMm), Math.round(110 / grid.stepMm)] as const;
  // Bilinear deposit widens the response by the variance of a triangle, a sixth of a beam squared.
  const sigma = Math.hypot(beamSigma(scanner, setting, 90) / grid.stepAngle, Math.sqrt(1 / 6));
  const before = [1, 2, 3].map((seed) => interior(envelope(uniformTissue(seed), 0), ...rows));
  for (const shift of [0.5, 1, 1.5, 2.5]) {
    const after = [1, 2, 3].map((seed) => interior(envelope(uniformTissue(seed), shift * grid.stepAngle), ...rows));
    const measured = mean(before.map((values, index) => correlation(values, after[index]!)));
    const predicted = Math.exp(-(shift * shift) / (2 * sigma * sigma));
    assert.ok(Math.abs(measured - predicted) < 0.1, `shift ${shift}: ${measured}, predicted ${predicted}`);
  }
});

/** Of intensities, for which the prediction is exact. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a.map((value) => value * value), b.map((value) => value * value)];
  const [meanX, meanY] = [mean(x), mean(y)];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - meanX) * (y[i]! - meanY);
    xx += (x[i]! - meanX) ** 2;
    yy += (y[i]! - meanY) ** 2;
  }
  return xy / Math.sqrt(xx * yy);
}
