/**
 * The networks of Exemplar-CNN: 5×5 convolutions with rectifiers, the first two followed by 2×2 maximum pooling.
 * Dosovitskiy et al., NIPS 2014; TPAMI 2016 (64c5-128c5-256c5, and 92c5-256c5-512c5 as the large one). Their fully
 * connected layer belongs to the head.
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
  channels: z
    .array(z.int().positive())
    .min(2)
    .max(5)
    .default([64, 128, 256])
    .describe('filters of each convolution (paper: 64, 128, 256; large: 92, 256, 512)'),
  batchNorm: z.boolean().default(false).describe('batch normalisation after every convolution (paper: false)'),
});

export const exemplarCnn = defineTrunk<z.infer<typeof options>>({
  id: 'exemplar-cnn',
  title: 'Exemplar-CNN',
  paper: 'Dosovitskiy et al., NIPS 2014; TPAMI 2016',
  rank: 2,
  options,
  presets: { paper: {}, tiny: { channels: [32, 32, 64], batchNorm: true }, large: { channels: [92, 256, 512] } },
  firstFilters: 'conv1.weight',
  build: (scope, image, { channels, batchNorm: normalised }) => {
    const taps: Record<string, Tensor> = {};
    let x = image;
    channels.forEach((count, i) => {
      const name = `conv${i + 1}`;
      const geometry = { channels: count, kernel: 5, padding: 2, bias: !normalised, initialiseBias: zeroBias };
      const convolved = convolutionLayer(scope, name, i === 0 || i > 2 ? x : maxPool(x, { kernel: 2 }), geometry);
      x = relu(normalised ? batchNorm(scope, `bn${i + 1}`, convolved) : convolved);
      taps[name] = x;
    });
    return { map: x, features: globalAveragePool(x), taps };
  },
});
