/**
 * The encoder of the 3-D U-Net of Models Genesis (Zhou et al., MICCAI 2019, released network): four stages of two
 * convolutions, the second twice as wide, with a pool between stages. Every tap is a stage before its pool, so that a
 * decoder can join them; `decodeUnet` is the other half. First weights are PyTorch's, as in the release.
 * @module
 */
import { z } from 'zod';
import { maxPool } from '../../graph/operators/pooling.ts';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { uniformFanIn } from '../initialisers.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z
    .int()
    .positive()
    .default(32)
    .describe('channels of the first convolution; the last stage has 16 times as many'),
});

export const unet3d = defineTrunk<z.infer<typeof options>>({
  id: 'unet3d',
  title: '3-D U-Net, encoder',
  paper: 'Zhou et al., MICCAI 2019; after Çiçek et al., MICCAI 2016',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 8 } },
  firstFilters: 'stage1.conv1.weight',
  build: (scope, volume, { width }) => {
    const taps: Record<string, Tensor> = {};
    let x = volume;
    for (let stage = 1; stage <= 4; stage++) {
      const channels = width * 2 ** (stage - 1);
      const entered = stage === 1 ? x : maxPool(x, { kernel: 2 });
      x = scope.layer(`stage${stage}`, (inner) =>
        rectifiedConvolution(inner, 2, rectifiedConvolution(inner, 1, entered, channels), 2 * channels),
      );
      taps[`stage${stage}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});

/** 3×3×3 convolution, batch normalisation, rectifier; parameters `conv<n>` and `bn<n>`. */
export function rectifiedConvolution(scope: Scope, number: number, x: Tensor, channels: number): Tensor {
  const geometry = { channels, kernel: 3, padding: 1, initialise: uniformFanIn };
  return relu(batchNorm(scope, `bn${number}`, convolutionLayer(scope, `conv${number}`, x, geometry)));
}
