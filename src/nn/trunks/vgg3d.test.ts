import assert from 'node:assert/strict';
import test from 'node:test';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { vgg3d } from './vgg3d.ts';

function built(shape: readonly number[], options: object) {
  const store = new ParameterStore();
  const output = vgg3d.build(store.root(true), placeholder('x', 'float32', shape), vgg3d.options.parse(options));
  const taps = Object.fromEntries(Object.entries(output.taps).map(([name, tap]) => [name, [...tap.shape]]));
  const parameters = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, [...tensor.shape]]));
  return { output, taps, parameters };
}

test('the published width: a cube of 64³ in five halvings', () => {
  const { taps, output, parameters } = built([8, 1, 64, 64, 64], {});
  assert.deepEqual(taps, {
    stage1: [8, 64, 32, 32, 32],
    stage2: [8, 128, 16, 16, 16],
    stage3: [8, 256, 8, 8, 8],
    stage4: [8, 512, 4, 4, 4],
    stage5: [8, 512, 2, 2, 2],
  });
  assert.deepEqual(output.features.shape, [8, 512]);
  assert.deepEqual(parameters['stage3.conv2.weight'], [256, 256, 3, 3, 3]);
  assert.equal(Object.keys(parameters).filter((name) => /conv\d\.weight$/.test(name)).length, 8, 'eight convolutions');
});

test('a thin cube keeps the axis that is a single place', () => {
  const { taps } = built([8, 1, 2, 12, 12], vgg3d.presets.tiny);
  assert.deepEqual(taps, { stage1: [8, 16, 1, 6, 6], stage2: [8, 32, 1, 3, 3], stage3: [8, 64, 1, 1, 1] });
});

test('without normalisation every convolution has a bias', () => {
  const { parameters } = built([2, 1, 8, 8, 8], { ...vgg3d.presets.tiny, normalisation: 'none' });
  assert.deepEqual(
    Object.keys(parameters).filter((name) => name.endsWith('bias')).length,
    Object.keys(parameters).filter((name) => name.endsWith('weight')).length,
  );
});
