import assert from 'node:assert/strict';
import test from 'node:test';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { unet3d } from './unet3d.ts';
import { decodeUnet } from './unet3d-decoder.ts';

function built(shape: readonly number[], options: object) {
  const store = new ParameterStore();
  const root = store.root(true);
  const output = unet3d.build(root, placeholder('x', 'float32', shape), unet3d.options.parse(options));
  const decoded = () => root.layer('decoder', (inner) => decodeUnet(inner, Object.values(output.taps), 1));
  const parameters = () => Object.fromEntries(store.entries().map(({ name, tensor }) => [name, [...tensor.shape]]));
  return { output, decoded, parameters };
}

test('the released network: channels and sizes of every stage, and the restored volume', () => {
  const { output, decoded, parameters } = built([6, 1, 32, 64, 64], {});
  const shapes = Object.values(output.taps).map(({ shape }) => [...shape]);
  assert.deepEqual(shapes, [
    [6, 64, 32, 64, 64],
    [6, 128, 16, 32, 32],
    [6, 256, 8, 16, 16],
    [6, 512, 4, 8, 8],
  ]);
  const { output: restored, taps: levels } = decoded();
  assert.deepEqual(restored.shape, [6, 1, 32, 64, 64]);
  assert.deepEqual(
    Object.entries(levels).map(([name, { shape }]) => [name, ...shape]),
    [
      ['up3', 6, 256, 8, 16, 16],
      ['up2', 6, 128, 16, 32, 32],
      ['up1', 6, 64, 32, 64, 64],
    ],
  );
  const all = parameters();
  assert.deepEqual(all['stage1.conv1.weight'], [32, 1, 3, 3, 3]);
  assert.deepEqual(all['stage1.conv2.weight'], [64, 32, 3, 3, 3]);
  assert.deepEqual(all['decoder.up3.transposed.weight'], [512, 512, 2, 2, 2]);
  assert.deepEqual(all['decoder.up3.conv1.weight'], [256, 768, 3, 3, 3]);
  assert.deepEqual(all['decoder.up2.conv1.weight'], [128, 384, 3, 3, 3]);
  assert.deepEqual(all['decoder.up1.conv1.weight'], [64, 192, 3, 3, 3]);
  assert.deepEqual(all['decoder.out.weight'], [1, 64, 1, 1, 1]);
});

test('sizes that cannot be halved three times are refused in words', () => {
  assert.throws(() => built([1, 1, 20, 32, 32], { width: 4 }).decoded(), /each is half as long as the one before/);
});
