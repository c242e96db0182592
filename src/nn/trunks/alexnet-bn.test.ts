import assert from 'node:assert/strict';
import test from 'node:test';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { alexnetBn } from './alexnet-bn.ts';

test('AlexNet with batch normalisation on 224²: 55, 27, 13, 6, and 9216 numbers', () => {
  const store = new ParameterStore();
  const image = placeholder('x', 'float32', [2, 3, 224, 224]);
  const { taps } = alexnetBn.build(store.root(true), image, alexnetBn.options.parse({}));
  assert.deepEqual(
    Object.fromEntries(Object.entries(taps).map(([name, { shape }]) => [name, shape.slice(1).join('×')])),
    {
      conv1: '64×55×55',
      conv2: '192×27×27',
      conv3: '384×13×13',
      conv4: '256×13×13',
      conv5: '256×13×13',
      pool5: '256×6×6',
    },
  );
  const weights = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, tensor.shape.join('×')]));
  assert.equal(weights['conv2.conv.weight'], '192×64×5×5');
  assert.equal(weights['conv5.bn.running_var'], '256');
  assert.ok(!Object.keys(weights).some((name) => name.endsWith('conv.bias')), 'convolutions have no bias');
});
