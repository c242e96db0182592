import assert from 'node:assert/strict';
import test from 'node:test';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

test("VGAN's discriminator: 32 frames of 64² to two of 4², no normalisation of the first stage", () => {
  const trunk = trunkById('scene-discriminator');
  const store = new ParameterStore();
  const clip = placeholder('x', 'float32', [64, 3, 32, 64, 64]);
  const { taps, features } = trunk.build(store.root(true), clip, trunk.options.parse(trunk.presets.paper));
  assert.deepEqual(
    Object.values(taps).map(({ shape }) => [...shape]),
    [
      [64, 64, 16, 32, 32],
      [64, 128, 8, 16, 16],
      [64, 256, 4, 8, 8],
      [64, 512, 2, 4, 4],
    ],
  );
  assert.deepEqual(features.shape, [64, 512]);
  const names = store.entries().map(({ name }) => name);
  assert.ok(names.includes('bn2.weight') && !names.includes('bn1.weight'));
});
