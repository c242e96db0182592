import assert from 'node:assert/strict';
import test from 'node:test';
import { measurementOf } from '../../test/studies/measurement.ts';
import { layerContrast, layerContrastBeyond } from './layer-contrast.ts';

const patients = Array.from({ length: 40 }, (_, i) => `patient ${i >> 1}`);

const measured = (seed: number, levels: Readonly<Record<string, number>>) =>
  measurementOf(
    patients,
    Object.fromEntries(
      Object.entries(levels).map(([tap, level]) => [
        tap,
        { validation: 0, correct: patients.map((_, i) => level + 0.02 * ((i * 7 + seed * 3) % 5)) },
      ]),
    ),
  );

const seeds = [0, 1, 2, 3, 4, 5];

test('a later layer that knows less is found, beyond what the untrained network shows too', () => {
  const trained = seeds.map((seed) => measured(seed, { before: 0.7, last: 0.6 }));
  const untrained = seeds.map((seed) => measured(seed, { before: 0.5, last: 0.42 }));
  const fall = layerContrast(trained, 'before', 'last');
  assert.ok(Math.abs(fall.difference.value - 0.1) < 1e-12 && fall.difference.low > 0);
  const beyond = layerContrastBeyond(trained, untrained, 'before', 'last');
  assert.ok(Math.abs(beyond.difference.value - 0.02) < 1e-12);
});

test('a fall of some seeds that is a rise of others is not decided', () => {
  const trained = seeds.map((seed) => measured(seed, { before: 0.6 + (seed % 2 ? 0.1 : -0.1), last: 0.6 }));
  const { difference, p } = layerContrast(trained, 'before', 'last');
  assert.ok(difference.low < 0 && difference.high > 0 && p > 0.05);
});
