/**
 * The network of colourisation, conv1 to conv7: VGG-like, with steps instead of pools and two stages of dilated
 * convolutions. Zhang, Isola and Efros, "Colorful image colorization", ECCV 2016; released prototxt, version 2, whose
 * names of layers it keeps: batch normalisation without scale and shift behind the rectifier that ends each stage. conv8
 * and what follows belong to the method.
 * @module
 */
import { z } from 'zod';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer, zeroBias } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.number().positive().default(1).describe('multiplies all channel counts'),
  perStage: z
    .int()
    .min(1)
    .max(3)
    .default(3)
    .describe('most convolutions in a stage (paper: 2 in the first two, 3 in the others)'),
});

/** Channels, convolutions, step of the last one, dilation. */
const stages = [
  { channels: 64, count: 2, stride: 2, dilation: 1 },
  { channels: 128, count: 2, stride: 2, dilation: 1 },
  { channels: 256, count: 3, stride: 2, dilation: 1 },
  { channels: 512, count: 3, stride: 1, dilation: 1 },
  { channels: 512, count: 3, stride: 1, dilation: 2 },
  { channels: 512, count: 3, stride: 1, dilation: 2 },
  { channels: 512, count: 3, stride: 1, dilation: 1 },
] as const;

export const colourNetwork = defineTrunk<z.infer<typeof options>>({
  id: 'colour-network',
  title: 'Colour network',
  paper: 'Zhang et al., ECCV 2016',
  rank: 2,
  options,
  presets: { paper: {}, tiny: { width: 0.125, perStage: 1 } },
  firstFilters: 'conv1_1.weight',
  build: (scope, image, { width, perStage }) => {
    const taps: Record<string, Tensor> = {};
    let x = image;
    stages.forEach(({ channels, count, stride, dilation }, i) => {
      const last = Math.min(count, perStage);
      for (let k = 1; k <= last; k++) {
        const geometry = {
          channels: Math.max(1, Math.round(channels * width)),
          kernel: 3,
          stride: k === last ? stride : 1,
          padding: dilation,
          dilation,
          initialiseBias: zeroBias,
        };
        x = relu(convolutionLayer(scope, `conv${i + 1}_${k}`, x, geometry));
      }
      x = batchNorm(scope, `conv${i + 1}_${last}norm`, x, { affine: false });
      taps[`conv${i + 1}`] = x;
    });
    return { map: x, features: globalAveragePool(x), taps };
  },
});
