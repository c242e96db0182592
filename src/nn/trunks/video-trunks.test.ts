import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';
import { middleChannels } from './r2plus1d.ts';

function built(id: string, preset: string, shape: readonly number[]) {
  const trunk = trunkById(id);
  const store = new ParameterStore();
  const options = trunk.options.parse(trunk.presets[preset]);
  const output = trunk.build(store.root(true), placeholder('x', 'float32', shape), options);
  const taps = Object.fromEntries(Object.entries(output.taps).map(([name, tap]) => [name, tap.shape.slice(1)]));
  return { ...output, store, taps };
}

test('R(2+1)D: 16 frames of 112², time halved in the last three stages', () => {
  const { taps, features } = built('r2plus1d-18', 'paper', [2, 3, 16, 112, 112]);
  assert.deepEqual(taps, {
    stem: [64, 16, 56, 56],
    layer1: [64, 16, 56, 56],
    layer2: [128, 8, 28, 28],
    layer3: [256, 4, 14, 14],
    layer4: [512, 2, 7, 7],
  });
  assert.deepEqual(features.shape, [2, 512]);
});

test('a convolution over space and one over time hold as many weights as one over both', () => {
  for (const [input, output] of [
    [64, 64],
    [64, 128],
    [128, 256],
    [512, 512],
  ]) {
    const middle = middleChannels(input, output);
    const apart = 9 * input * middle + 3 * middle * output;
    const together = 27 * input * output;
    assert.ok(apart <= together && together - apart < 9 * input + 3 * output, `${apart} of ${together}`);
  }
  assert.equal(middleChannels(64, 64), 144);
  assert.equal(middleChannels(64, 128), 230);
});

test('C3D: 16 frames of 112² to 8192 numbers, as fc6 reads them', () => {
  const { taps } = built('c3d', 'paper', [2, 3, 16, 112, 112]);
  assert.deepEqual(taps, {
    conv1: [64, 16, 112, 112],
    conv2: [128, 16, 56, 56],
    conv3: [256, 8, 28, 28],
    conv4: [512, 4, 14, 14],
    conv5: [512, 2, 7, 7],
    pool5: [512, 1, 4, 4],
  });
});

test("C3D's first weights are the released ones", () => {
  const { store } = built('c3d', 'paper', [2, 1, 8, 16, 16]);
  const values = store.initialValues(new Random(1));
  const of = (name: string) => values.get(name)!.data as Float32Array;
  assert.ok(of('conv1a.bias').every((value) => value === 0) && of('conv2a.bias').every((value) => value === 1));
  const weight = of('conv2a.weight');
  const deviation = Math.sqrt(weight.reduce((sum, value) => sum + value * value, 0) / weight.length);
  assert.ok(Math.abs(deviation - 0.01) < 1e-4, `${deviation}`);
  for (const { name, learningRateScale, weightDecayScale } of store.entries()) {
    assert.deepEqual([learningRateScale, weightDecayScale], name.endsWith('bias') ? [2, 0] : [undefined, undefined]);
  }
});

test('2d3d-ResNet: five frames of 128² are told apart until the third stage', () => {
  const { taps, features, map } = built('resnet2d3d-18', 'paper', [2, 3, 5, 128, 128]);
  assert.deepEqual(taps, {
    stem: [64, 5, 32, 32],
    layer1: [64, 5, 32, 32],
    layer2: [128, 5, 16, 16],
    layer3: [256, 3, 8, 8],
    layer4: [256, 2, 4, 4],
  });
  assert.deepEqual(features.shape, [2, 256]);
  assert.notEqual(map.node.operator.type, 'Relu', 'what the last stage gives may be negative');
});

test("VideoMAE's transformer: 1568 tokens of 16 frames of 224², every block a tap, places without parameters", () => {
  const { taps, store } = built('vit3d', 'video-b', [1, 3, 16, 224, 224]);
  assert.deepEqual(Object.keys(taps), ['patches', ...Array.from({ length: 12 }, (_, i) => `block${i + 1}`), 'norm']);
  for (const shape of Object.values(taps)) assert.deepEqual(shape, [768, 8, 14, 14]);
  assert.deepEqual(
    store.entries().find(({ name }) => name === 'patch_embed.proj.weight')?.tensor.shape,
    [768, 3, 2, 16, 16],
  );
  assert.ok(store.entries().every(({ name }) => !/pos_embed|cls_token/.test(name)));
});

test('volumes are cut into cubes of 8³ or 16³, and what does not divide is refused in words', () => {
  const eight = built('vit3d', 'volume-8', [1, 1, 32, 64, 64]);
  assert.deepEqual(eight.taps.norm, [768, 4, 8, 8]);
  assert.throws(
    () => built('vit3d', 'volume-16', [1, 1, 20, 64, 64]),
    /20×64×64 does not divide into patches of 16×16×16/,
  );
});
