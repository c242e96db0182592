import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { placeholder, type Tensor } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById, trunks } from './index.ts';

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/golden/engine/traces.json'), 'utf8'),
) as { parameters: Record<string, Record<string, number[]>> };

function build(id: string, inputShape: readonly number[], given: unknown) {
  const trunk = trunkById(id);
  const store = new ParameterStore();
  const output = trunk.build(
    store.root(true),
    placeholder('x', 'float32', inputShape),
    trunk.options.parse(given ?? {}),
  );
  return { trunk, store, output };
}

const shapesOf = (taps: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(Object.entries(taps).map(([name, { shape }]) => [name, [...shape]]));

test("RotNet's network in network: 32 to 16 to 8", () => {
  const { output } = build('nin', [128, 3, 32, 32], trunkById('nin').presets.paper);
  assert.deepEqual(shapesOf(output.taps), {
    block1: [128, 96, 16, 16],
    block2: [128, 192, 8, 8],
    block3: [128, 192, 8, 8],
    block4: [128, 192, 8, 8],
  });
  assert.deepEqual(output.features.shape, [128, 192]);
});

test("3DRotNet's ResNet-18: 16 frames of 112² to one of 4²", () => {
  const { output } = build('resnet3d-18', [8, 3, 16, 112, 112], trunkById('resnet3d-18').presets.paper);
  assert.deepEqual(shapesOf(output.taps), {
    stem: [8, 64, 8, 28, 28],
    stage1: [8, 64, 8, 28, 28],
    stage2: [8, 128, 4, 14, 14],
    stage3: [8, 256, 2, 7, 7],
    stage4: [8, 512, 1, 4, 4],
  });
  assert.deepEqual(output.features.shape, [8, 512]);
});

for (const [key, id, inputShape, options] of [
  ['nin', 'nin', [1, 3, 32, 32], {}],
  ['resnet3d', 'resnet3d-18', [1, 3, 16, 112, 112], { shortcut: 'B' }],
] as const) {
  test(`${id} has the parameters of its PyTorch twin, by name and shape`, () => {
    const { store } = build(id, inputShape, options);
    const own = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, [...tensor.shape]]));
    assert.deepEqual(own, golden.parameters[key]);
  });
}

test('every trunk offers a paper and a tiny preset, and its first filters exist', () => {
  for (const trunk of trunks) {
    assert.ok('paper' in trunk.presets && 'tiny' in trunk.presets);
    for (const preset of Object.values(trunk.presets)) {
      const side = new Array<number>(trunk.rank).fill(32);
      const { store, output } = build(trunk.id, [2, trunk.fewestChannels ?? 1, ...side], preset);
      assert.ok(store.entries().some(({ name }) => name === trunk.firstFilters));
      assert.deepEqual(output.features.shape, [2, output.map.shape[1]]);
    }
  }
});

test('the second scale of a network asks the same parameters', () => {
  const trunk = trunkById('nin');
  const store = new ParameterStore();
  const options = trunk.options.parse({ blocks: 2, width: 0.1 });
  trunk.build(store.root(true), placeholder('a', 'float32', [2, 3, 16, 16]), options);
  const count = store.entries().length;
  trunk.build(store.root(true), placeholder('b', 'float32', [2, 3, 24, 24]), options);
  assert.equal(store.entries().length, count);
});
