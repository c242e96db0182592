/**
 * Network in network as RotNet uses it on small images: blocks of one spatial and two pointwise convolutions, each with
 * batch normalisation and ReLU. Gidaris, Singh and Komodakis, ICLR 2018, and its released NetworkInNetwork.py;
 * after Lin, Chen and Yan, ICLR 2014.
 * @module
 */
import { z } from 'zod';
import { averagePool, maxPool } from '../../graph/operators/pooling.ts';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  blocks: z.int().min(2).max(5).default(4).describe('number of blocks; the paper measures 3, 4 and 5'),
  width: z.number().positive().default(1).describe('multiplies all channel counts'),
});
type Options = z.infer<typeof options>;

function unit(scope: Scope, name: string, x: Tensor, channels: number, kernel: number): Tensor {
  return scope.layer(name, (inner) => {
    const convolved = convolutionLayer(inner, 'conv', x, {
      channels,
      kernel,
      padding: (kernel - 1) / 2,
      bias: false,
    });
    return relu(batchNorm(inner, 'bn', convolved));
  });
}

export const nin = defineTrunk<Options>({
  id: 'nin',
  title: 'Network in network (RotNet)',
  paper: 'Gidaris et al., ICLR 2018; Lin et al., ICLR 2014',
  rank: 2,
  options,
  presets: { paper: {}, tiny: { blocks: 3, width: 0.25 } },
  firstFilters: 'block1.unit1.conv.weight',
  build: (scope, image, { blocks, width }) => {
    const scaled = (channels: number) => Math.max(1, Math.round(channels * width));
    const taps: Record<string, Tensor> = {};
    let x = image;
    for (let block = 1; block <= blocks; block++) {
      const channels = (block === 1 ? [192, 160, 96] : [192, 192, 192]).map(scaled);
      const kernel = block <= 2 ? 5 : 3;
      x = scope.layer(`block${block}`, (inner) => {
        let y = x;
        channels.forEach((count, i) => {
          y = unit(inner, `unit${i + 1}`, y, count, i === 0 ? kernel : 1);
        });
        if (block === 1) y = maxPool(y, { kernel: 3, stride: 2, padding: 1 });
        if (block === 2) y = averagePool(y, { kernel: 3, stride: 2, padding: 1 });
        return y;
      });
      taps[`block${block}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});
