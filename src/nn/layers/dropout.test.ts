import assert from 'node:assert/strict';
import test from 'node:test';
import { gradients, placeholder, reduceSum, scalar, type Tensor } from '../../graph/index.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { ParameterStore } from '../parameters.ts';
import { dropout, keepMask } from './dropout.ts';

const valuesOf = async (tensor: Tensor, feeds = new Map()): Promise<number[]> => {
  const [array] = await evaluate([tensor], feeds, processor);
  return [...(array.data as Float32Array)];
};
const share = (a: readonly number[], b: readonly number[]) => a.filter((value, i) => value === b[i]).length / a.length;

test('the wanted share is dropped; steps, layers, rows and columns choose for themselves', async () => {
  const [rows, columns, rate] = [200, 100, 0.3];
  const mask = (step: number, layer: string) => valuesOf(keepMask([rows, columns], rate, scalar(step), layer));
  const first = await mask(1, 'a');
  const kept = first.reduce((a, b) => a + b, 0) / first.length;
  assert.ok(Math.abs(kept - 0.7) < 0.015, `${kept} kept`);
  assert.deepEqual(await mask(1, 'a'), first);
  // Independent masks agree with probability 0.7² + 0.3².
  const shifted = (by: number) => first.map((_, i) => first[(i + by) % first.length]);
  for (const other of [await mask(2, 'a'), await mask(1, 'b'), await mask(100, 'a'), shifted(1), shifted(columns)]) {
    assert.ok(Math.abs(share(first, other) - 0.58) < 0.015, `${share(first, other)} agree`);
  }
  // The counts of rows and of columns are binomial: their variance is that of independent entries.
  for (const [count, each, stride, next] of [
    [rows, columns, 1, columns],
    [columns, rows, columns, 1],
  ]) {
    const sums = Array.from({ length: count }, (_, k) =>
      Array.from({ length: each }, (_, i) => first[k * next + i * stride]).reduce((a, b) => a + b, 0),
    );
    const mean = sums.reduce((a, b) => a + b, 0) / count;
    const variance = sums.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count / (each * 0.21);
    assert.ok(variance > 0.6 && variance < 1.5, `variance is ${variance} of a binomial's`);
  }
});

test('what is kept is made larger by what was dropped, its gradient too; evaluation changes nothing', async () => {
  const x = placeholder('x', 'float32', [4, 8]);
  const store = new ParameterStore();
  const options = { rate: 0.5, step: scalar(3) };
  const y = dropout(store.root(true), 'drop', x, options);
  const feeds = new Map([[x, float32([4, 8], 1)]]);
  const value = await valuesOf(y, feeds);
  assert.deepEqual([...new Set(value)].sort(), [0, 2]);
  assert.deepEqual(await valuesOf(gradients(reduceSum(y), [x])[0], feeds), value);
  assert.equal(dropout(store.root(false), 'drop', x, options), x);
  assert.throws(() => dropout(store.root(true), 'drop', x, { ...options, rate: 1 }), { code: 'usage' });
});

test('whole channels are dropped together', async () => {
  const x = placeholder('x', 'float32', [3, 20, 2, 2]);
  const y = dropout(new ParameterStore().root(true), 'drop', x, { rate: 0.5, step: scalar(1), channels: true });
  const value = await valuesOf(y, new Map([[x, float32([3, 20, 2, 2], 1)]]));
  const maps = Array.from({ length: 60 }, (_, k) => new Set(value.slice(4 * k, 4 * k + 4)));
  assert.ok(maps.every((map) => map.size === 1));
  assert.equal(new Set(value).size, 2);
});
