import assert from 'node:assert/strict';
import test from 'node:test';
import { constant, placeholder } from '../graph/index.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { processor } from '../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../runtime/evaluate.ts';
import { float32, hostArray } from '../tensor/host-array.ts';
import { annealedMean, placeLogits } from './place-logits.ts';

function weights(side: number, size: number) {
  const store = new ParameterStore();
  const map = placeholder('map', 'float32', [2, 512, side, side]);
  const logits = placeLogits(store.root(true), map, { classes: 313, hidden: 256, size });
  const shapes = store.entries().map(({ name, tensor }) => `${name} ${tensor.shape.join('×')}`);
  return { logits, kernels: shapes.filter((line) => line.includes('weight')) };
}

test('from an eighth of 224 to a quarter: the layers of the release', () => {
  const { logits, kernels } = weights(28, 56);
  assert.deepEqual(logits.shape, [2, 313, 56, 56]);
  assert.deepEqual(kernels, [
    'conv8_1.weight 512×256×4×4',
    'conv8_2.weight 256×256×3×3',
    'conv8_3.weight 256×256×3×3',
    'conv8_bins.weight 313×256×1×1',
  ]);
});

test('from any other map: doubled as often as it fits, interpolated for the rest', () => {
  assert.equal(weights(7, 56).kernels.filter((line) => line.startsWith('conv8_1')).length, 3);
  for (const [side, size] of [
    [8, 8],
    [16, 8],
    [3, 8],
    [1, 8],
    [6, 56],
  ]) {
    assert.deepEqual(weights(side, size).logits.shape, [2, 313, size, size], `${side} to ${size}`);
  }
});

test('the annealed mean lies between the mean and the likeliest value', async () => {
  const bins = { dimensions: 2, centres: new Float32Array([0, 10, 20, -10, 40, 30]) };
  const logits = hostArray('float32', [1, 3, 1, 2], new Float32Array([0, 0, 0, 1, 0, 2]));
  const at = async (temperature: number) => {
    const [{ data }] = await evaluate([annealedMean(constant(logits), bins, temperature)], new Map(), processor);
    return [Number(data[1]), Number(data[3])];
  };
  const [even] = await evaluate([annealedMean(constant(float32([1, 3, 1, 1], 4)), bins, 0.38)], new Map(), processor);
  assert.deepEqual(Array.from(even.data as Float32Array, Math.round), [20, 10]);
  const shares = [0, 1, 2].map((value) => Math.exp(value / 0.38));
  const sum = shares.reduce((a, b) => a + b, 0);
  const [a] = await at(0.38);
  assert.ok(Math.abs(a - (20 * shares[1] + 40 * shares[2]) / sum) < 1e-4);
  const [mean, annealed, mode] = [await at(1), await at(0.38), await at(0.01)];
  assert.ok(mean[0] < annealed[0] && annealed[0] < mode[0] && Math.abs(mode[0] - 40) < 1e-4);
  assert.ok(Math.abs(mode[1] - 30) < 1e-4);
});
