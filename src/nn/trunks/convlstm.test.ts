import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../../base/random.ts';
import { placeholder, unstack } from '../../graph/index.ts';
import { pixelUnshuffle } from '../../graph/operators/rearrangement.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { convLstmStep } from '../layers/convolutional-recurrence.ts';
import { ParameterStore } from '../parameters.ts';
import { trunkById } from './index.ts';

const trunk = trunkById('convlstm');

function build(shape: readonly number[], options: object) {
  const store = new ParameterStore();
  const input = placeholder('x', 'float32', shape);
  const output = trunk.build(store.root(true), input, trunk.options.parse(options));
  return { ...output, store, input };
}

test('the paper: frames of 64² as 16² patches of 4², layers of 128, 64 and 64 channels', () => {
  const { taps, features, store } = build([16, 1, 10, 64, 64], trunk.presets.paper as object);
  assert.deepEqual(features.shape, [16, 64]);
  assert.deepEqual(Object.fromEntries(Object.entries(taps).map(([name, { shape }]) => [name, shape.slice(1)])), {
    layer1: [128, 10, 16, 16],
    layer2: [64, 10, 16, 16],
    layer3: [64, 10, 16, 16],
    cell1: [128, 1, 16, 16],
    hidden1: [128, 1, 16, 16],
    cell2: [64, 1, 16, 16],
    hidden2: [64, 1, 16, 16],
    cell3: [64, 1, 16, 16],
    hidden3: [64, 1, 16, 16],
  });
  const parameters = Object.fromEntries(store.entries().map(({ name, tensor }) => [name, [...tensor.shape]]));
  assert.deepEqual(parameters['layer1.input.weight'], [512, 1, 1, 20, 20]);
  assert.deepEqual(parameters['layer1.hidden.weight'], [512, 128, 5, 5]);
  assert.deepEqual(parameters['layer2.input.weight'], [256, 128, 1, 5, 5]);
  assert.deepEqual(parameters['layer1.peephole'], [384, 16, 16]);
});

test('one convolution in steps of a patch is the cell on patches as channels', async () => {
  const { taps, input, store } = build([2, 1, 3, 8, 8], {
    channels: 3,
    layers: 1,
    kernel: 3,
    patch: 2,
    peepholes: true,
  });
  const twin = new ParameterStore();
  let state: ReturnType<typeof convLstmStep> | undefined;
  for (const frame of unstack(input, 2)) {
    const patches = pixelUnshuffle(frame, 2);
    state = convLstmStep(twin.root(true), 'twin', patches, state, { channels: 3, kernel: 3, peepholes: true });
  }
  const feeds = new Map<typeof input, HostArray>();
  const clip = float32(input.shape, 0);
  new Random('clip').fillNormal(clip.data);
  feeds.set(input, clip);
  const own = new Map(store.entries().map(({ name, tensor }) => [name, tensor]));
  for (const { name: path, tensor } of twin.entries()) {
    const name = path.replace('twin', 'layer1');
    const value = float32(tensor.shape, 0);
    new Random(name).fillNormal(value.data, 0, 0.3);
    feeds.set(tensor, value);
    if (name !== 'layer1.input.weight') {
      feeds.set(own.get(name)!, value);
      continue;
    }
    // [12, 4 places of a patch, 3, 3] as [12, 1, 1, 6, 6].
    const picture = float32(own.get(name)!.shape, 0);
    value.data.forEach((weight, i) => {
      const [gate, place, row, column] = [Math.floor(i / 36), Math.floor(i / 9) % 4, Math.floor(i / 3) % 3, i % 3];
      picture.data[gate * 36 + (2 * row + (place >> 1)) * 6 + 2 * column + (place & 1)] = weight;
    });
    feeds.set(own.get(name)!, picture);
  }
  const [found, expected] = await evaluate([taps.hidden1, state!.hidden], feeds, processor);
  (found.data as Float32Array).forEach((value, i) => {
    assert.ok(Math.abs(value - Number(expected.data[i])) < 1e-5);
  });
});

test('frames that do not divide into patches are refused in words', () => {
  assert.throws(() => build([1, 1, 4, 30, 30], {}), /30×30 does not divide into patches of 4×4/);
});
