import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { madeUp } from '../../test/made-up-features.ts';
import { linear } from './protocols/linear.ts';
import { answerBySgd, fitLogisticBySgd } from './sgd-logistic.ts';

test('batch normalisation, momentum, decay and the falling rate are those of PyTorch', async () => {
  const golden = JSON.parse(readFileSync(new URL('../../test/golden/sgd.json', import.meta.url), 'utf8'));
  const { columns, targets, settings, orders } = golden;
  const features = Float32Array.from(golden.features);
  const rows = Int32Array.from(targets.keys());
  const start = Float64Array.from(golden.start);
  const fit = await fitLogisticBySgd({ features, columns, rows }, targets, start, (epoch) => orders[epoch], settings);
  fit.weights.forEach((weight, i) => {
    assert.ok(Math.abs(weight - golden.weights[i]) < 1e-9, `weight ${i}: ${weight}, expected ${golden.weights[i]}`);
  });
  answerBySgd(fit, { features, columns, rows }).forEach((answer, i) => {
    assert.ok(Math.abs(answer - golden.answers[i]) < 1e-9, `answer ${i}: ${answer}, expected ${golden.answers[i]}`);
  });
});

test('the linear probe by gradient descent: repeatable by seed, near the minimum that L-BFGS finds', async () => {
  const { input } = madeUp({ signal: 2 });
  const settings = { solver: 'sgd', resamples: 50, batchSize: 16, learningRate: 0.1 } as const;
  const first = await linear.run(input, settings);
  assert.deepEqual(await linear.run(input, settings), first);
  const [tap] = first.taps;
  assert.deepEqual(tap.hyperparameters, { epochs: 90, learningRate: 0.1, weightDecay: 1e-4 });
  const other = await linear.run(input, { ...settings, seed: 1 });
  assert.notDeepEqual(other.taps[0].items, tap.items);
  const exact = await linear.run(input, { resamples: 50 });
  assert.ok(Math.abs(exact.taps[0].score.value - tap.score.value) < 0.15);
  assert.ok(tap.score.value > 0.7, `accuracy ${tap.score.value}`);
});
