import assert from 'node:assert/strict';
import test from 'node:test';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { exemplarCnn } from './exemplar-cnn.ts';

for (const [preset, channels] of [
  ['paper', [64, 128, 256]],
  ['large', [92, 256, 512]],
] as const) {
  test(`Exemplar-CNN, ${preset}: ${channels.join(', ')} filters of 5 by 5, 32 to 16 to 8`, () => {
    const store = new ParameterStore();
    const image = placeholder('x', 'float32', [2, 3, 32, 32]);
    const { taps } = exemplarCnn.build(store.root(true), image, exemplarCnn.options.parse(exemplarCnn.presets[preset]));
    assert.deepEqual(
      Object.values(taps).map(({ shape }) => shape.slice(1)),
      channels.map((count, i) => [count, 32 / 2 ** i, 32 / 2 ** i]),
    );
    const weights = store.entries().filter(({ name }) => name.endsWith('weight'));
    assert.deepEqual(
      weights.map(({ tensor }) => tensor.shape),
      channels.map((count, i) => [count, i === 0 ? 3 : channels[i - 1], 5, 5]),
    );
  });
}
