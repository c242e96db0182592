import assert from 'node:assert/strict';
import test from 'node:test';
import { layerContrast, layerContrastBeyond } from './layer-contrast.ts';
import type { Measurement } from './measurement.ts';

const patients = Array.from({ length: 40 }, (_, i) => `patient ${i >> 1}`);

function measured(seed: number, levels: Readonly<Record<string, number>>): Measurement {
  return {
    label: 'view',
    protocol: 'linear',
    measure: 'accuracy',
    chance: 0.25,
    labelled: { patients: 3, draws: 8 },
    items: patients.map((_, i) => `item ${i}`),
    patients,
    taps: Object.entries(levels).map(([tap, level]) => {
      const correct = patients.map((_, i) => level + 0.02 * ((i * 7 + seed * 3) % 5));
      return { tap, validation: 0, score: correct.reduce((sum, value) => sum + value, 0) / 40, correct };
    }),
  };
}

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
