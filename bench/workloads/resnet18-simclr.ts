/** 2-D ResNet-18 and projector, 2 × 16 views of 3×64×64, NT-Xent at temperature 0.5, SGD. */
import { maxPool } from '../../src/graph/operators/pooling.ts';
import { add, relu, slice } from '../../src/graph/primitives.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { batchNorm } from '../../src/nn/layers/batch-norm.ts';
import { convolutionLayer } from '../../src/nn/layers/convolution.ts';
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { globalAveragePool } from '../../src/nn/layers/pooling.ts';
import { ntXent } from '../../src/nn/losses/contrastive.ts';
import { sgd } from '../../src/nn/optimisers/sgd.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { defineWorkload, normals } from './workload.ts';

const convolve = (scope: Scope, name: string, x: Tensor, channels: number, kernel: number, stride: number) =>
  batchNorm(
    scope,
    `${name}.bn`,
    convolutionLayer(scope, name, x, { channels, kernel, stride, padding: (kernel - 1) / 2, bias: false }),
  );

const features = (scope: Scope, x: Tensor): Tensor => {
  let y = maxPool(relu(convolve(scope, 'stem', x, 64, 7, 2)), { kernel: 3, stride: 2, padding: 1 });
  [64, 128, 256, 512].forEach((channels, stage) => {
    for (let block = 0; block < 2; block++) {
      const at = scope.child(`stage${stage}.${block}`);
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const body = convolve(at, 'conv2', relu(convolve(at, 'conv1', y, channels, 3, stride)), channels, 3, 1);
      const skip = y.shape[1] === channels ? y : convolve(at, 'skip', y, channels, 1, stride);
      y = relu(add(body, skip));
    }
  });
  return linearLayer(scope, 'fc', globalAveragePool(y), { features: 512 });
};

export const resnet18Simclr = () =>
  defineWorkload({
    name: 'resnet18_simclr',
    inputs: { x: normals([32, 3, 64, 64], 'x') },
    build: (scope, { x }) => {
      const projected = linearLayer(scope, 'projector', relu(features(scope, x)), { features: 128 });
      const loss = ntXent(slice(projected, 0, 0, 16), slice(projected, 0, 16, 32), 0.5);
      return [{ loss, optimiser: sgd({ momentum: 0.9, weightDecay: 1e-4 }), learningRate: 0.03 }];
    },
  });
