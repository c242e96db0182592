/**
 * VGG networks: Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015,
 * with batch normalisation as an option, parameters under torchvision's names (`features.0.weight`). Without the fully
 * connected layers, which belong to a method's head.
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
  depth: z
    .literal([11, 13, 16, 19])
    .default(16)
    .describe('layers with weights, the three fully connected ones counted'),
  batchNorm: z.boolean().default(false).describe('batch normalisation after every convolution (paper: false)'),
  width: z.number().positive().default(1).describe('multiplies all channel counts'),
});

/** Convolutions in each of the five stages. */
const stages = { 11: [1, 1, 2, 2, 2], 13: [2, 2, 2, 2, 2], 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] } as const;
const channels = [64, 128, 256, 512, 512] as const;

/** Windows of 2 every 2; a map smaller than the window stays as it is. */
function pooled(x: Tensor): Tensor {
  return maxPool(x, { kernel: x.shape.slice(2).map((length) => Math.min(2, length)), stride: 2 });
}

export const vgg = defineTrunk<z.infer<typeof options>>({
  id: 'vgg',
  title: 'VGG',
  paper: 'Simonyan and Zisserman, ICLR 2015',
  rank: 2,
  options,
  presets: {
    paper: {},
    tiny: { depth: 11, batchNorm: true, width: 0.25 },
    vgg11: { depth: 11 },
    vgg16: {},
    'vgg11-bn': { depth: 11, batchNorm: true },
    'vgg16-bn': { batchNorm: true },
  },
  firstFilters: 'features.0.weight',
  build: (scope, image, { depth, batchNorm: normalised, width }) =>
    scope.layer('features', (inner) => {
      const taps: Record<string, Tensor> = {};
      let x = image;
      // torchvision numbers everything that it lines up: convolutions, normalisations, rectifiers and pools.
      let place = 0;
      stages[depth].forEach((count, stage) => {
        for (let i = 0; i < count; i++) {
          const geometry = {
            channels: Math.max(1, Math.round(channels[stage] * width)),
            kernel: 3,
            padding: 1,
            initialiseBias: zeroBias,
          };
          x = convolutionLayer(inner, `${place}`, x, geometry);
          if (normalised) x = batchNorm(inner, `${place + 1}`, x);
          x = relu(x);
          place += normalised ? 3 : 2;
        }
        taps[`conv${stage + 1}`] = x;
        x = pooled(x);
        place += 1;
      });
      taps.pool5 = x;
      return { map: x, features: globalAveragePool(x), taps };
    }),
});
