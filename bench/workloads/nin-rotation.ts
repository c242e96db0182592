/** RotNet's NIN, 4 blocks, 32×32 RGB, 32 images × 4 rotations, SGD-Nesterov. */
import { linearLayer } from '../../src/nn/layers/linear.ts';
import { crossEntropy } from '../../src/nn/losses/cross-entropy.ts';
import { sgd } from '../../src/nn/optimisers/sgd.ts';
import { nin } from '../../src/nn/trunks/nin.ts';
import { int64 } from '../../src/tensor/host-array.ts';
import { defineWorkload, normals } from './workload.ts';

export const ninRotation = () =>
  defineWorkload({
    name: 'nin_rotation',
    inputs: {
      x: normals([128, 3, 32, 32], 'x'),
      y: int64(
        [128],
        Array.from({ length: 128 }, (_, i) => i % 4),
      ),
    },
    build: (scope, { x, y }) => {
      const { features } = nin.build(scope, x, { blocks: 4, width: 1 });
      const loss = crossEntropy(linearLayer(scope, 'head', features, { features: 4 }), y);
      const optimiser = sgd({ momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
      return [{ loss, optimiser, learningRate: 0.1 }];
    },
  });
