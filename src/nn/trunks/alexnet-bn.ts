/**
 * AlexNet with batch normalisation on every convolution, in one group, as RotNet trains it on photographs: Gidaris, Singh
 * and Komodakis, ICLR 2018, and its released AlexNet.py; after Krizhevsky, Sutskever and Hinton, NIPS 2012. Without the
 * fully connected layers, which belong to a method's head.
 * @module
 */
import { z } from 'zod';
import { maxPool } from '../../graph/operators/pooling.ts';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.number().positive().default(1).describe('multiplies all channel counts'),
  stemKernel: z.int().min(3).default(11).describe('side of the first kernel'),
  stemStride: z.int().min(1).default(4).describe('step of the first kernel in pixels'),
});

/** Output channels, kernel, padding, and whether pooling comes before. */
const layers = [
  { channels: 64, kernel: 11, padding: 2, pooled: false },
  { channels: 192, kernel: 5, padding: 2, pooled: true },
  { channels: 384, kernel: 3, padding: 1, pooled: true },
  { channels: 256, kernel: 3, padding: 1, pooled: false },
  { channels: 256, kernel: 3, padding: 1, pooled: false },
] as const;

/** Windows of 3 every 2; a map smaller than the window is pooled whole. */
function pooled(x: Tensor): Tensor {
  return maxPool(x, { kernel: x.shape.slice(2).map((length) => Math.min(3, length)), stride: 2 });
}

export const alexnetBn = defineTrunk<z.infer<typeof options>>({
  id: 'alexnet-bn',
  title: 'AlexNet with batch normalisation',
  paper: 'Gidaris et al., ICLR 2018; Krizhevsky et al., NIPS 2012',
  rank: 2,
  options,
  presets: { paper: {}, tiny: { width: 0.25, stemKernel: 5, stemStride: 2 } },
  firstFilters: 'conv1.conv.weight',
  build: (scope, image, { width, stemKernel, stemStride }) => {
    const taps: Record<string, Tensor> = {};
    let x = image;
    layers.forEach((layer, i) => {
      const name = `conv${i + 1}`;
      const geometry = {
        channels: Math.max(1, Math.round(layer.channels * width)),
        kernel: i === 0 ? stemKernel : layer.kernel,
        stride: i === 0 ? stemStride : 1,
        padding: layer.padding,
        bias: false,
      };
      const input = layer.pooled ? pooled(x) : x;
      x = scope.layer(name, (inner) => relu(batchNorm(inner, 'bn', convolutionLayer(inner, 'conv', input, geometry))));
      taps[name] = x;
    });
    const map = pooled(x);
    taps.pool5 = map;
    return { map, features: globalAveragePool(map), taps };
  },
});
