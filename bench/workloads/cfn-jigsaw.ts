/** CFN: nine shared CaffeNet columns (first stride 2) on 64×64 RGB tiles, 100 permutations, 8 puzzles, SGD. */
import { maxPool } from '../../src/graph/operators/pooling.ts';
import { localResponseNormalisation } from '../../src/graph/operators/response-normalisation.ts';
import { relu, reshape } from '../../src/graph/primitives.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { convolutionLayer } from '../../src/nn/layers/convolution.ts';
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { sgd } from '../../src/nn/optimisers/sgd.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { int64 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

const pool = (x: Tensor) => maxPool(x, { kernel: 3, stride: 2, ceil: true });
// PyTorch divides alpha by the size, as ONNX does; its k is 1.
const normalise = (x: Tensor) => localResponseNormalisation(x, { size: 5, alpha: 1e-4, beta: 0.75, bias: 1 });

const column = (scope: Scope, tiles: Tensor): Tensor => {
  const convolve = (
    name: string,
    x: Tensor,
    channels: number,
    kernel: number,
    groups: number,
    stride = 1,
    padding = 0,
  ) => relu(convolutionLayer(scope, name, x, { channels, kernel, groups, stride, padding }));
  const first = normalise(pool(convolve('conv1', tiles, 96, 11, 1, 2)));
  const second = normalise(pool(convolve('conv2', first, 256, 5, 2, 1, 2)));
  const third = convolve('conv3', second, 384, 3, 1, 1, 1);
  const fourth = convolve('conv4', third, 384, 3, 2, 1, 1);
  const fifth = pool(convolve('conv5', fourth, 256, 3, 2, 1, 1));
  return relu(linearLayer(scope, 'fc6', reshape(fifth, [fifth.shape[0], -1]), { features: 1024 }));
};

export const cfnJigsaw = () =>
  defineWorkload({
    name: 'cfn_jigsaw',
    inputs: { x: normals([72, 3, 64, 64], 'x'), y: int64([8], [0, 1, 2, 3, 4, 5, 6, 7]) },
    build: (scope, { x, y }) => {
      const joined = reshape(column(scope, x), [8, 9 * 1024]);
      const logits = linearLayer(scope, 'fc8', relu(linearLayer(scope, 'fc7', joined, { features: 4096 })), {
        features: 100,
      });
      return [
        { loss: crossEntropy(logits, y), optimiser: sgd({ momentum: 0.9, weightDecay: 5e-4 }), learningRate: 0.01 },
      ];
    },
  });
