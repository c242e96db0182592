import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../../base/random.ts';
import { convolution } from '../../graph/operators/convolution.ts';
import { maxPool } from '../../graph/operators/pooling.ts';
import { add, multiply, relu, reshape } from '../../graph/primitives.ts';
import { placeholder, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { processor } from '../backends/onnxruntime/backend.ts';
import { compile } from '../compile.ts';
import { State } from '../state.ts';
import { lowerForProcessor } from './index.ts';

const random = new Random('constant weights');
const normal = (shape: readonly number[], scale = 1): HostArray<'float32'> => {
  const array = float32(shape, 0);
  random.fillNormal(array.data);
  array.data.forEach((value, i) => {
    array.data[i] = value * scale;
  });
  return array;
};

/** A network under construction: weights are placeholders with values. */
class Network {
  readonly state: [string, HostArray, Tensor][] = [];

  weight(shape: readonly number[], scale = 1): Tensor {
    const name = `w${this.state.length}`;
    const tensor = placeholder(name, 'float32', shape);
    this.state.push([name, normal(shape, scale), tensor]);
    return tensor;
  }

  perChannel(x: Tensor): Tensor {
    const channels = x.shape[1];
    return reshape(this.weight([channels]), [1, channels, ...x.shape.slice(2).map(() => 1)]);
  }

  /** Convolution, scale and shift a channel. */
  layer(x: Tensor, outputs: number, kernel: readonly number[], options: Parameters<typeof convolution>[2]): Tensor {
    const channels = x.shape[1] / (options?.groups ?? 1);
    const fanIn = channels * kernel.reduce((a, b) => a * b, 1);
    const weight = this.weight([outputs, channels, ...kernel], 1 / Math.sqrt(fanIn));
    const y = convolution(x, weight, options);
    return add(multiply(y, this.perChannel(y)), this.perChannel(y));
  }
}

async function largestDifference(build: (network: Network, x: Tensor) => Tensor, shape: readonly number[]) {
  const network = new Network();
  const x = placeholder('x', 'float32', shape);
  const y = build(network, x);
  const feeds = { x: normal(shape) };
  const results: Float32Array[] = [];
  for (const frozen of [false, true]) {
    const program = {
      name: 'network',
      inputs: { x },
      state: network.state.map(([name, , tensor]) => ({ name, tensor })),
      outputs: { y },
      frozen,
    };
    const state = new State(network.state.map(([name, value]) => [name, value]));
    const compiled = await compile(program, state, processor, { threads: 1 });
    results.push(((await compiled.run(feeds)).y.data as Float32Array).slice());
    await compiled.dispose();
  }
  const [expected, found] = results;
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest > 0.1);
  return found.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[i])), 0) / largest;
}

const geometries: [name: string, input: number[], kernel: number[], options: Parameters<typeof convolution>[2]][] = [
  ['3x3x3, eight slices', [2, 16, 8, 7, 6], [3, 3, 3], { padding: 1 }],
  ['3x3x3, three slices', [1, 16, 3, 5, 6], [3, 3, 3], { padding: 1 }],
  ['3x3x3, two slices', [2, 16, 2, 5, 6], [3, 3, 3], { padding: 1 }],
  ['3x3x3, one slice', [2, 16, 1, 5, 6], [3, 3, 3], { padding: 1 }],
  ['3x3x3 without padding', [2, 16, 9, 5, 6], [3, 3, 3], {}],
  ['3x3x3, stride 2', [2, 16, 7, 8, 9], [3, 3, 3], { padding: 1, stride: 2 }],
  ['3x3x3, dilated', [1, 16, 8, 9, 9], [3, 3, 3], { padding: 2, dilation: 2 }],
  ['stem', [2, 3, 16, 15, 14], [7, 7, 7], { padding: 3, stride: [1, 2, 2] }],
  ['asymmetric padding', [1, 16, 6, 8, 8], [3, 2, 4], { padding: [0, 1, 2, 2, 0, 1] }],
  ['along depth only', [2, 64, 8, 4, 4], [3, 1, 1], { padding: [1, 0, 0] }],
  ['in the plane only', [2, 16, 5, 6, 6], [1, 3, 3], { padding: [0, 1, 1] }],
  ['1x1x1, stride 2', [2, 64, 6, 6, 6], [1, 1, 1], { stride: 2 }],
  ['groups stay', [2, 32, 4, 5, 6], [3, 3, 3], { padding: 1, groups: 2 }],
  ['little work stays', [2, 1, 6, 8, 8], [3, 3, 3], { padding: 1 }],
  ['two dimensions', [2, 16, 8, 8], [3, 3], { padding: 1 }],
];

for (const [name, input, kernel, options] of geometries) {
  test(`constant weights give the same convolution: ${name}`, async () => {
    const difference = await largestDifference((network, x) => network.layer(x, 8, kernel, options), input);
    assert.ok(difference < 3e-5, `${difference}`);
  });
}

test('constant weights give the same residual network', async () => {
  const difference = await largestDifference(
    (network, x) => {
      const stem = maxPool(relu(network.layer(x, 16, [3, 7, 7], { padding: [1, 3, 3], stride: [1, 2, 2] })), {
        kernel: 3,
        stride: 2,
        padding: 1,
      });
      const first = relu(network.layer(stem, 16, [3, 3, 3], { padding: 1 }));
      const block = relu(add(network.layer(first, 16, [3, 3, 3], { padding: 1 }), stem));
      const shrunk = relu(network.layer(block, 32, [3, 3, 3], { padding: 1, stride: 2 }));
      return relu(
        add(network.layer(shrunk, 32, [3, 3, 3], { padding: 1 }), network.layer(block, 32, [1, 1, 1], { stride: 2 })),
      );
    },
    [2, 4, 10, 17, 18],
  );
  assert.ok(difference < 3e-5, `${difference}`);
});

test('a convolution that something else reads is not folded', async () => {
  const difference = await largestDifference(
    (network, x) => {
      const y = convolution(x, network.weight([8, 16, 3, 3, 3], 0.05), { padding: 1 });
      return add(multiply(y, network.perChannel(y)), y);
    },
    [1, 16, 6, 6, 6],
  );
  assert.ok(difference < 3e-5, `${difference}`);
});

test('the lowered network has convolutions of slices, and changes the order of axes at its ends only', () => {
  const network = new Network();
  const x = placeholder('x', 'float32', [1, 16, 8, 8, 8]);
  const first = relu(network.layer(x, 16, [3, 3, 3], { padding: 1 }));
  const y = relu(add(network.layer(first, 16, [3, 3, 3], { padding: 1 }), first));
  const constants = new Map(network.state.map(([, value, tensor]) => [tensor, value]));
  const nodes = topologicalOrder(lowerForProcessor([y], constants));
  const convolutions = nodes.filter(({ operator }) => operator.type === 'Conv');
  assert.deepEqual(
    convolutions.map(({ inputs, attributes }) => [inputs[0]!.shape, attributes.group]),
    [
      [[2, 96, 8, 8], 6],
      [[2, 96, 8, 8], 6],
    ],
  );
  const exchanges = nodes.filter(({ operator, outputs }) => operator.type === 'Transpose' && outputs[0].shape[0] === 1);
  assert.equal(exchanges.length, 2);
  assert.ok(nodes.every(({ operator, outputs }) => operator.type !== 'Mul' || outputs[0].shape[0] !== 1));
});
