import assert from 'node:assert/strict';
import test from 'node:test';
import { halvesStore, smallModel } from '../../../test/evaluation/small-network.ts';
import { type FinetuneOptions, finetune } from './finetune.ts';
import type { NetworkInput } from './protocol.ts';

const input = (label: string): NetworkInput => ({
  model: smallModel(),
  encoder: { name: 'small', role: 'pretrained' },
  store: halvesStore(),
  label,
  threads: 1,
});
const quick: Partial<FinetuneOptions> = {
  steps: 24,
  batchSize: 8,
  learningRate: [3e-3],
  evaluations: 4,
  resamples: 50,
};

test('a network is fine-tuned from any tap, with what is held fast said in the row', async () => {
  const stages: string[] = [];
  const result = await finetune.run(
    { ...input('half'), onProgress: (stage, done, total) => stages.push(`${stage} ${done}/${total}`) },
    { ...quick, taps: ['conv2', 'conv5'], frozen: ['none', 'conv1'], steps: 18 },
  );
  assert.deepEqual(
    result.taps.map(({ tap, dimensions }) => [tap, dimensions]),
    [
      ['conv2', 24],
      ['conv2, held to conv1', 24],
      ['conv5', 32],
      ['conv5, held to conv1', 32],
    ],
  );
  const [, , whole] = result.taps;
  assert.ok(whole.score.value > 0.8, `accuracy is ${whole.score.value}`);
  assert.equal(whole.items?.length, 6);
  assert.deepEqual(result.counts.test, { items: 6, patients: 3 });
  assert.equal(result.chance, 0.5);
  assert.equal(stages.at(-1), 'train 72/72');
});

test('a measurement is learned in its own unit, and the learning rate is chosen on validation patients', async () => {
  const result = await finetune.run(input('height'), {
    ...quick,
    steps: 60,
    shift: 0,
    learningRate: [1e-7, 3e-3],
  });
  assert.equal(result.measure, 'r2');
  assert.equal(result.taps[0].hyperparameters.learningRate, 3e-3);
  const [{ tap }] = result.taps;
  assert.ok(
    result.notes!.includes(
      `Learning rate of ${result.encoder.name}, of 1e-7, 0.003 by validation patients: 0.003 (${tap}).`,
    ),
    String(result.notes),
  );
  assert.ok(result.taps[0].score.value > 0.7, `R² is ${result.taps[0].score.value}`);
});

test('what is wrong is said before anything is trained', async () => {
  const never = { onProgress: () => assert.fail('nothing is to be trained') };
  const run = (label: string, options: Partial<FinetuneOptions> = {}) =>
    finetune.run({ ...input(label), ...never }, { ...quick, ...options });
  await assert.rejects(run('finding'), /no item has the label 'finding'.*half, height/s);
  await assert.rejects(run('same'), /has one class only/);
  await assert.rejects(run('half', { taps: ['conv5', 'conv7'] }), /no tap 'conv7'/);
  await assert.rejects(run('half', { frozen: ['none', 'conv7'] }), /no tap 'conv7' to hold fast/);
  await assert.rejects(run('half', { steps: 0 }), /options of the protocol finetune/);
});
