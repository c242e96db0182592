/** 3-D ResNet-18: a training step on 4 clips of 3×16×56×56, and inference on 4 clips of 3×16×112×112. */
import { reduceSum } from '../../src/graph/primitives.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { sgd } from '../../src/nn/optimisers/sgd.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { resnet3d } from '../../src/nn/trunks/resnet3d.ts';
import { int64 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

const logits = (scope: Scope, x: Tensor): Tensor => {
  const { features } = resnet3d.build(scope, x, { width: 64, blocks: 2, shortcut: 'B', stemKernel: 7 });
  return linearLayer(scope, 'head', features, { features: 4 });
};

export const r3d18Rotation = () =>
  defineWorkload({
    name: 'r3d18_rotation',
    inputs: { x: normals([4, 3, 16, 56, 56], 'x'), y: int64([4], [0, 1, 2, 3]) },
    build: (scope, { x, y }) => {
      const loss = crossEntropy(logits(scope, x), y);
      return [{ loss, optimiser: sgd({ momentum: 0.9, weightDecay: 1e-3 }), learningRate: 0.1 }];
    },
  });

export const r3d18Features = () =>
  defineWorkload({
    name: 'r3d18_features',
    training: false,
    inputs: { x: normals([4, 3, 16, 112, 112], 'x') },
    build: (scope, { x }) => [{ loss: reduceSum(logits(scope, x)) }],
  });
