import assert from 'node:assert/strict';
import test from 'node:test';
import { placeholder } from '../../graph/index.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

const trunk = trunkById('lstm');

function build(shape: readonly number[], options: object) {
  const store = new ParameterStore();
  const output = trunk.build(store.root(true), placeholder('x', 'float32', shape), trunk.options.parse(options));
  return { ...output, parameters: Object.fromEntries(store.entries().map((p) => [p.name, [...p.tensor.shape]])) };
}

test('the paper: ten frames of 64² into 2048 values, whole frames into four gates', () => {
  const { taps, features, parameters } = build([80, 1, 10, 64, 64], trunk.presets.paper);
  assert.deepEqual(features.shape, [80, 2048]);
  assert.deepEqual(Object.fromEntries(Object.entries(taps).map(([name, { shape }]) => [name, [...shape]])), {
    layer1: [80, 2048, 10, 1, 1],
    cell1: [80, 2048, 1, 1, 1],
    hidden1: [80, 2048, 1, 1, 1],
  });
  assert.deepEqual(parameters, {
    'layer1.input.weight': [8192, 1, 1, 64, 64],
    'layer1.input.bias': [8192],
    'layer1.hidden.weight': [8192, 2048],
    'layer1.peephole': [6144],
  });
});

test('a second layer reads the first', () => {
  const { taps, parameters } = build([2, 1, 4, 8, 8], { hidden: 6, layers: 2, peepholes: false });
  assert.deepEqual(Object.keys(taps), ['layer1', 'layer2', 'cell1', 'hidden1', 'cell2', 'hidden2']);
  assert.deepEqual(parameters['layer2.input.weight'], [24, 6, 1, 1, 1]);
  assert.equal(parameters['layer1.peephole'], undefined);
});
