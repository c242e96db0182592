/**
 * C3D: eight 3×3×3 convolutions in five stages, the first pool over space alone. Tran, Bourdev, Fergus, Torresani and
 * Paluri, "Learning spatiotemporal features with 3D convolutional networks", ICCV 2015, with the released first weights:
 * N(0, 0.01²), biases 0 in conv1a and 1 elsewhere, learnt at twice the rate and without decay. Pools keep a last window
 * that only partly fits, as Caffe's do. The fully connected layers belong to a method's head. With batch normalisation on
 * every convolution it is the form in which self-supervised methods train it (Xu et al., CVPR 2019).
 * @module
 */
import { z } from 'zod';
import { convolution } from '../../graph/operators/convolution.ts';
import { maxPool } from '../../graph/operators/pooling.ts';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, heFanOut, normalInitialiser } from '../initialisers.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z
    .int()
    .positive()
    .default(64)
    .describe('channels of the first stage; the next have 2, 4, 8 and 8 times as many (paper: 64)'),
  normalisation: z
    .enum(['none', 'batch'])
    .default('none')
    .describe('none, with biases (paper), or batch normalisation on every convolution, with first weights as for it'),
});
type Options = z.infer<typeof options>;

/** Convolutions of each stage, and their channels as multiples of the first. */
const stages = [
  { names: ['a'], channels: 1 },
  { names: ['a'], channels: 2 },
  { names: ['a', 'b'], channels: 4 },
  { names: ['a', 'b'], channels: 8 },
  { names: ['a', 'b'], channels: 8 },
] as const;

function rectified(scope: Scope, x: Tensor, channels: number, firstBias: number, { normalisation }: Options): Tensor {
  const shape = [channels, x.shape[1], 3, 3, 3];
  if (normalisation === 'batch') {
    return relu(batchNorm(scope, 'bn', convolution(x, scope.parameter('weight', shape, heFanOut), { padding: 1 })));
  }
  const weight = scope.parameter('weight', shape, normalInitialiser(0.01));
  const ownRate = { learningRateScale: 2, weightDecayScale: 0 };
  const bias = scope.parameter('bias', [channels], constantInitialiser(firstBias), ownRate);
  return relu(convolution(x, weight, { padding: 1, bias }));
}

/** Maxima of windows of two; the first pool leaves time alone. An axis of a single place stays. */
function pooled(x: Tensor, overTime: boolean): Tensor {
  const kernel = x.shape.slice(2).map((length, axis) => (axis === 0 && !overTime ? 1 : Math.min(2, length)));
  return maxPool(x, { kernel, stride: kernel, ceil: true });
}

export const c3d = defineTrunk<Options>({
  id: 'c3d',
  title: 'C3D',
  paper: 'Tran et al., ICCV 2015',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 8, normalisation: 'batch' } },
  firstFilters: 'conv1a.weight',
  build: (scope, clip, chosen) => {
    const taps: Record<string, Tensor> = {};
    let x = clip;
    stages.forEach(({ names, channels }, i) => {
      for (const name of names) {
        const input = x;
        x = scope.layer(`conv${i + 1}${name}`, (inner) =>
          rectified(inner, input, channels * chosen.width, i === 0 ? 0 : 1, chosen),
        );
      }
      taps[`conv${i + 1}`] = x;
      x = pooled(x, i > 0);
    });
    taps.pool5 = x;
    return { map: x, features: globalAveragePool(x), taps };
  },
});
