/**
 * A column of 3×3×3 convolutions, as C3D has them for clips (Tran et al., "Learning spatiotemporal features with 3D
 * convolutional networks", ICCV 2015) and as the cubes of a volume are shown to a "3-D VGG" (Zhuang et al., MICCAI 2019,
 * who give no layer table): stages of convolutions, each followed by a pool that halves every axis that is long enough.
 * First weights are He's, as for VGG without pre-training; batch normalisation can be left out.
 * @module
 */
import { z } from 'zod';
import { maxPool } from '../../graph/operators/pooling.ts';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer, zeroBias } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.int().positive().default(64).describe('channels of the first stage; doubled at each of the next three'),
  stages: z.int().min(3).max(5).default(5).describe('stages; the fifth is as wide as the fourth'),
  normalisation: z.enum(['batch', 'none']).default('batch').describe('batch normalisation on every convolution'),
});

/** Convolutions of each stage: C3D's eight. */
const convolutions = [1, 1, 2, 2, 2] as const;

export const vgg3d = defineTrunk<z.infer<typeof options>>({
  id: 'vgg3d',
  title: '3-D VGG column',
  paper: 'after Tran et al., ICCV 2015; Zhuang et al., MICCAI 2019',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 16, stages: 3 } },
  firstFilters: 'stage1.conv1.weight',
  build: (scope, volume, { width, stages, normalisation }) => {
    const taps: Record<string, Tensor> = {};
    let x = volume;
    for (let stage = 1; stage <= stages; stage++) {
      const geometry = { channels: width * 2 ** Math.min(stage - 1, 3), kernel: 3, padding: 1 };
      const entered = x;
      x = scope.layer(`stage${stage}`, (inner) => {
        let y = entered;
        for (let i = 1; i <= convolutions[stage - 1]; i++) {
          const normalised = normalisation === 'batch';
          const convolved = convolutionLayer(inner, `conv${i}`, y, {
            ...geometry,
            bias: !normalised,
            initialiseBias: zeroBias,
          });
          y = relu(normalised ? batchNorm(inner, `bn${i}`, convolved) : convolved);
        }
        return y;
      });
      x = halved(x);
      taps[`stage${stage}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});

/** Maxima of 2×2×2; an axis of a single place stays, and a last odd one is dropped. */
function halved(x: Tensor): Tensor {
  return maxPool(x, { kernel: x.shape.slice(2).map((length) => Math.min(2, length)) });
}
