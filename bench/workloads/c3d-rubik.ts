/** Rubik's cube: 8 shared 3-D VGG columns on 1×24³ cubes; heads for 50 orders and 2×8 rotations, full BCE, Adam. */
import { maxPool } from '../../src/graph/operators/pooling.ts';
import { add, multiply, reduceMean, relu, reshape, softplus, subtract } from '../../src/graph/primitives.ts';
import type { Tensor } from '../../src/graph/tensor.ts';
import { batchNorm } from '../../src/nn/layers/batch-norm.ts';
import { convolutionLayer } from '../../src/nn/layers/convolution.ts';
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { adam } from '../../src/nn/optimisers/adam.ts';
import type { Scope } from '../../src/nn/parameters.ts';
import { float32, int64 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

const column = (scope: Scope, x: Tensor): Tensor => {
  let y = x;
  [32, 64, 128].forEach((channels, i) => {
    const convolved = convolutionLayer(scope, `conv${i}`, y, { channels, kernel: 3, padding: 1, bias: false });
    y = maxPool(relu(batchNorm(scope, `bn${i}`, convolved)), { kernel: 2 });
  });
  return relu(linearLayer(scope, 'fc', reshape(y, [y.shape[0], -1]), { features: 64 }));
};

export const c3dRubik = () =>
  defineWorkload({
    name: 'c3d_rubik',
    inputs: {
      x: normals([32, 1, 24, 24, 24], 'x'),
      y: int64([4], [0, 1, 2, 3]),
      r: float32(
        [4, 16],
        normals([4, 16], 'r').data.map((value) => (value > 0 ? 1 : 0)),
      ),
    },
    build: (scope, { x, y, r }) => {
      const h = reshape(column(scope, x), [4, 512]);
      const order = crossEntropy(linearLayer(scope, 'order', h, { features: 50 }), y);
      const turn = linearLayer(scope, 'turn', h, { features: 16 });
      const turns = reduceMean(subtract(softplus(turn), multiply(turn, r)));
      const loss = add(multiply(order, 0.5), multiply(turns, 0.5));
      return [{ loss, optimiser: adam(), learningRate: 1e-3 }];
    },
  });
