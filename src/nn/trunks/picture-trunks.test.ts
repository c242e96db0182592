// Layer shapes and first values of the networks of pictures, at the size they were published for.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { placeholder } from '../../graph/index.ts';
import { fans } from '../initialisers.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

function built(id: string, given: Record<string, unknown>, side = 224, channels = 3) {
  const trunk = trunkById(id);
  const store = new ParameterStore();
  const image = placeholder('x', 'float32', [2, channels, side, side]);
  const { taps, features } = trunk.build(store.root(true), image, trunk.options.parse(given));
  const shapes = Object.fromEntries(Object.entries(taps).map(([name, { shape }]) => [name, shape.slice(1).join('×')]));
  return { shapes, features, store };
}

test('ResNet-18 and ResNet-50 on 224²: 56, 28, 14, 7', () => {
  assert.deepEqual(built('resnet', {}).shapes, {
    stem: '64×56×56',
    layer1: '64×56×56',
    layer2: '128×28×28',
    layer3: '256×14×14',
    layer4: '512×7×7',
  });
  assert.deepEqual(Object.values(built('resnet', { depth: 50 }).shapes), [
    '64×56×56',
    '256×56×56',
    '512×28×28',
    '1024×14×14',
    '2048×7×7',
  ]);
  assert.deepEqual(Object.values(built('resnet', { stem: 'small' }, 32).shapes), [
    '64×32×32',
    '64×32×32',
    '128×16×16',
    '256×8×8',
    '512×4×4',
  ]);
});

test('VGG-16 on 224²: a stage is tapped before its pool', () => {
  assert.deepEqual(built('vgg', {}).shapes, {
    conv1: '64×224×224',
    conv2: '128×112×112',
    conv3: '256×56×56',
    conv4: '512×28×28',
    conv5: '512×14×14',
    pool5: '512×7×7',
  });
});

test('the colour network on 224²: an eighth of the side from conv3 on, 19 convolutions in seven stages', () => {
  const { shapes, store } = built('colour-network', {}, 224, 1);
  assert.deepEqual(Object.values(shapes), [
    '64×112×112',
    '128×56×56',
    '256×28×28',
    '512×28×28',
    '512×28×28',
    '512×28×28',
    '512×28×28',
  ]);
  const weights = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, tensor.shape.join('×')]));
  assert.equal(weights['conv1_1.weight'], '64×1×3×3');
  assert.equal(weights['conv5_3.weight'], '512×512×3×3');
  assert.equal(Object.keys(weights).filter((name) => /^conv\d_\d\.weight$/.test(name)).length, 19);
  assert.ok('conv7_3norm.running_var' in weights && !('conv7_3norm.weight' in weights));
});

test('ViT-B on 224²: 196 patches and a class token, every block a tap', () => {
  const { shapes, features } = built('vit', {});
  assert.deepEqual(Object.keys(shapes), ['patches', ...Array.from({ length: 12 }, (_, i) => `block${i + 1}`), 'norm']);
  assert.ok(Object.values(shapes).every((shape) => shape === '768×14×14'));
  assert.deepEqual(features.shape, [2, 768]);
  assert.throws(() => built('vit', {}, 90), /90×90 does not divide into patches of 16×16/);
});

test('kernels start from N(0, 2 / fan out), and blocks with zeroInit as their shortcuts', () => {
  const { store } = built('resnet', { depth: 50, zeroInit: true });
  const values = store.initialValues(new Random(1));
  for (const { name, tensor } of store.entries()) {
    const data = values.get(name)?.data as Float32Array;
    if (tensor.shape.length === 4 && data.length > 30_000) {
      const spread = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
      assert.ok(Math.abs(spread * Math.sqrt(fans(tensor.shape).fanOut / 2) - 1) < 0.03, `${name}: ${spread}`);
    } else if (name.endsWith('bn3.weight')) assert.ok(data.every((value) => value === 0));
    else if (name.endsWith('bn2.weight')) assert.ok(data.every((value) => value === 1));
  }
});

test('network in network: kernels of 5 in two blocks and of 3 after them, two of 1 in each, and no biases', () => {
  const { store } = built('nin', {}, 32);
  const weights = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, tensor.shape.join('×')]));
  const kernels = Object.keys(weights).filter((name) => name.endsWith('conv.weight'));
  assert.deepEqual(
    kernels.map((name) => weights[name]),
    [
      ...['192×3×5×5', '160×192×1×1', '96×160×1×1', '192×96×5×5', '192×192×1×1', '192×192×1×1'],
      ...['192×192×3×3', '192×192×1×1', '192×192×1×1', '192×192×3×3', '192×192×1×1', '192×192×1×1'],
    ],
  );
  assert.ok(!Object.keys(weights).some((name) => name.endsWith('conv.bias')));
});

test('the networks of rotation start from N(0, 2 / (k² · out))', () => {
  for (const id of ['nin', 'alexnet-bn']) {
    const { store } = built(id, {}, id === 'nin' ? 32 : 224);
    const values = store.initialValues(new Random(1));
    for (const { name, tensor } of store.entries()) {
      if (tensor.shape.length !== 4) continue;
      const data = values.get(name)?.data as Float32Array;
      const [out, , kernel] = tensor.shape;
      const spread = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length);
      assert.ok(Math.abs(spread / Math.sqrt(2 / (kernel ** 2 * out)) - 1) < 0.04, `${id} ${name}: ${spread}`);
    }
  }
});
