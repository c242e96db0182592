import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

function built(id: string, preset: string, side: number, changes: Record<string, unknown> = {}) {
  const trunk = trunkById(id);
  const store = new ParameterStore();
  const options = trunk.options.parse({ ...trunk.presets[preset], ...changes });
  const { taps } = trunk.build(store.root(true), placeholder('x', 'float32', [2, 3, side, side]), options);
  const shapes = Object.fromEntries(Object.entries(taps).map(([name, { shape }]) => [name, shape.slice(1).join('×')]));
  return { shapes, store };
}
const weights = (store: ParameterStore) =>
  Object.fromEntries(store.entries().map(({ name, tensor }) => [name, tensor.shape.join('×')]));

const published = {
  'conv1.weight': '96×3×11×11',
  'conv1.bias': '96',
  'conv2.weight': '256×48×5×5',
  'conv2.bias': '256',
  'conv3.weight': '384×256×3×3',
  'conv3.bias': '384',
  'conv4.weight': '384×192×3×3',
  'conv4.bias': '384',
  'conv5.weight': '256×192×3×3',
  'conv5.bias': '256',
};

test('CaffeNet on 227²: 55, 27, 13, 6, with the published weights', () => {
  const { shapes, store } = built('caffenet', 'paper', 227);
  assert.deepEqual(shapes, {
    conv1: '96×55×55',
    conv2: '256×27×27',
    conv3: '384×13×13',
    conv4: '384×13×13',
    conv5: '256×13×13',
    pool5: '256×6×6',
  });
  assert.deepEqual(weights(store), published);
});

test('a column of the context-free network on a tile of 64²: 27, 13, 6, 3, and 2304 numbers', () => {
  const { shapes, store } = built('cfn', 'paper', 64);
  assert.deepEqual(shapes, {
    conv1: '96×27×27',
    conv2: '256×13×13',
    conv3: '384×6×6',
    conv4: '384×6×6',
    conv5: '256×6×6',
    pool5: '256×3×3',
  });
  assert.deepEqual(weights(store), published, 'learnt weights fit CaffeNet');
});

test('the column for relative positions on a patch of 96²: 24, 12, 6, 3, ungrouped, normalised without scale', () => {
  const { shapes, store } = built('caffenet', 'relative-position', 96);
  assert.deepEqual(shapes, {
    conv1: '96×24×24',
    conv2: '256×12×12',
    conv3: '384×6×6',
    conv4: '384×6×6',
    conv5: '256×6×6',
    pool5: '256×3×3',
  });
  assert.equal(weights(store)['conv2.weight'], '256×96×5×5');
  assert.ok('conv3.bn.running_var' in weights(store) && !('conv3.bn.weight' in weights(store)));
  assert.ok(!('conv2.bn.running_var' in weights(store)));
});

test('first values are the released ones, and biases learn twice as fast without decay', () => {
  const { store } = built('caffenet', 'paper', 227);
  const values = store.initialValues(new Random(0));
  for (const { name, learningRateScale, weightDecayScale } of store.entries()) {
    const data = values.get(name)?.data as Float32Array;
    if (name.endsWith('bias')) {
      assert.deepEqual([learningRateScale, weightDecayScale], [2, 0]);
      const expected = name === 'conv1.bias' || name === 'conv3.bias' ? 0 : 1;
      assert.ok(data.every((value) => value === expected));
    } else {
      const spread = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
      assert.ok(Math.abs(spread / 0.01 - 1) < 0.03, `${name}: ${spread}`);
    }
  }
});
