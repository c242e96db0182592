/** VGAN: two-stream generator and discriminator at full size, 2 clips of 3×32×64×64, one step of each, Adam. */

import { leakyRelu } from '../../src/graph/operators/activations.ts';
import { convolution, convolutionTranspose } from '../../src/graph/operators/convolution.ts';
import {
  add,
  indices,
  multiply,
  reduceMean,
  relu,
  reshape,
  sigmoid,
  stopGradient,
  subtract,
  tanh,
} from '../../src/graph/primitives.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { constantInitialiser, normalInitialiser } from '../../src/nn/initialisers.ts';
import { batchNorm } from '../../src/nn/layers/batch-norm.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { adam } from '../../src/nn/optimisers/adam.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { float32 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

const initialise = normalInitialiser(0.01);
const zeroInitialiser = constantInitialiser(0);

interface Up {
  readonly channels: number;
  readonly kernel: readonly number[];
  readonly stride: number;
  readonly padding: number;
  readonly bias?: boolean;
}

const up = (scope: Scope, name: string, x: Tensor, { channels, kernel, stride, padding, bias = false }: Up): Tensor => {
  const at = scope.child(name);
  const weight = at.parameter('weight', [x.shape[1], channels, ...kernel], initialise);
  const geometry = { stride, padding };
  return bias
    ? convolutionTranspose(x, weight, { ...geometry, bias: at.parameter('bias', [channels], zeroInitialiser) })
    : convolutionTranspose(x, weight, geometry);
};

const stream = (scope: Scope, name: string, z: Tensor, first: readonly number[]): Tensor => {
  let x = z;
  [512, 256, 128, 64].forEach((channels, i) => {
    const kernel = i === 0 ? first : first.map(() => 4);
    const raised = up(scope, `${name}${i}`, x, { channels, kernel, stride: i === 0 ? 1 : 2, padding: i === 0 ? 0 : 1 });
    x = relu(batchNorm(scope, `${name}${i}.bn`, raised));
  });
  return x;
};

const generate = (scope: Scope, z: Tensor): { clip: Tensor; mask: Tensor } => {
  const foreground = stream(scope, 'fg', reshape(z, [2, 100, 1, 1, 1]), [2, 4, 4]);
  const last = { kernel: [4, 4, 4], stride: 2, padding: 1, bias: true };
  const mask = sigmoid(up(scope, 'mask', foreground, { channels: 1, ...last }));
  const colour = tanh(up(scope, 'colour', foreground, { channels: 3, ...last }));
  const flat = stream(scope, 'bg', reshape(z, [2, 100, 1, 1]), [4, 4]);
  const background = tanh(up(scope, 'still', flat, { channels: 3, ...last, kernel: [4, 4] }));
  const still = reshape(background, [2, 3, 1, 64, 64]);
  return { clip: add(multiply(mask, colour), multiply(subtract(1, mask), still)), mask };
};

const judge = (scope: Scope, clip: Tensor): Tensor => {
  let x = clip;
  [64, 128, 256, 512].forEach((channels, i) => {
    const at = scope.child(`d${i}`);
    const weight = at.parameter('weight', [channels, x.shape[1], 4, 4, 4], initialise);
    const geometry = { stride: 2, padding: 1 };
    const convolved =
      i === 0
        ? convolution(x, weight, { ...geometry, bias: at.parameter('bias', [channels], zeroInitialiser) })
        : batchNorm(scope, `d${i}.bn`, convolution(x, weight, geometry));
    x = leakyRelu(convolved, 0.2);
  });
  const at = scope.child('d4');
  const weight = at.parameter('weight', [2, 512, 2, 4, 4], initialise);
  return reshape(convolution(x, weight, { bias: at.parameter('bias', [2], zeroInitialiser) }), [2, 2]);
};

export const vganStep = () =>
  defineWorkload({
    name: 'vgan_step',
    inputs: {
      real: float32([2, 3, 32, 64, 64], normals([2, 3, 32, 64, 64], 'real').data.map(Math.tanh)),
      z: normals([2, 100], 'z'),
    },
    build: (scope, { real, z }) => {
      const generator = scope.child('generator');
      const discriminator = scope.child('discriminator');
      const { clip, mask } = generate(generator, z);
      const [ones, zeros] = [indices([1, 1]), indices([0, 0])];
      const onReal = crossEntropy(judge(discriminator, real), ones);
      const onFake = crossEntropy(judge(discriminator, stopGradient(clip)), zeros);
      const deceived = crossEntropy(judge(discriminator, clip), ones);
      const optimiser = adam({ beta1: 0.5 });
      return [
        {
          loss: multiply(add(onReal, onFake), 0.5),
          optimiser,
          learningRate: 2e-4,
          trains: (name) => name.startsWith('discriminator'),
        },
        {
          loss: add(deceived, multiply(reduceMean(mask), 0.1)),
          optimiser,
          learningRate: 2e-4,
          trains: (name) => name.startsWith('generator'),
        },
      ];
    },
  });
