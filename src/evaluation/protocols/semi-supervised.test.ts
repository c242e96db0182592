import assert from 'node:assert/strict';
import test from 'node:test';
import { halvesStore, smallModel } from '../../../test/evaluation/small-network.ts';
import type { NetworkInput } from './protocol.ts';
import { type SemiSupervisedOptions, semiSupervised } from './semi-supervised.ts';

const input = (label: string): NetworkInput => ({
  model: smallModel(),
  encoder: { name: 'small', role: 'pretrained' },
  store: halvesStore(16),
  label,
  threads: 1,
});
const quick: Partial<SemiSupervisedOptions> = {
  steps: 12,
  batchSize: 8,
  learningRate: [3e-3],
  evaluations: 2,
  resamples: 50,
  tap: 'conv3',
};

test('the score grows along the share of labelled patients, and a share too small to show every class is left out', async () => {
  const result = await semiSupervised.run(input('half'), { ...quick, percent: [1, 25, 100], repeats: 2 });
  const [{ tap, curve, items, dimensions }] = result.taps;
  assert.deepEqual([tap, dimensions], ['conv3', 48]);
  assert.deepEqual(
    curve?.points.map(({ at, repeats }) => [at, repeats.length]),
    [
      [25, 2],
      [100, 1],
    ],
  );
  assert.equal(items?.length, 8);
  assert.match(result.notes!.join(' '), /chosen on the same share of the 4 validation patients, at least one/);
  assert.match(result.notes!.join(' '), /100 % are 8 training patients\. .* 1 % (is )?left out/);
  assert.match(result.notes!.join(' '), /mean of its curve/);
});

test('a measurement is learned from few patients too', async () => {
  const result = await semiSupervised.run(input('height'), { ...quick, percent: [25, 100], steps: 4 });
  assert.equal(result.measure, 'r2');
  assert.equal(result.taps[0].curve?.points.length, 2);
});
