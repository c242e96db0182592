/**
 * 3-D ResNet-18: the residual network of He et al. (CVPR 2016) with 3-D kernels, as 3DRotNet uses it (stem 7×7×7,
 * stride 1×2×2; shortcut A). Hara, Kataoka and Satoh, "Can spatiotemporal 3D CNNs retrace the history of 2D CNNs and
 * ImageNet?", CVPR 2018; Jing et al., 2018.
 * @module
 */
import { z } from 'zod';
import { averagePool, maxPool } from '../../graph/operators/pooling.ts';
import { add, pad, relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.int().positive().default(64).describe('channels of the first stage; doubled at each of the next three'),
  blocks: z.int().min(1).default(2).describe('residual blocks a stage'),
  shortcut: z.enum(['A', 'B']).default('A').describe('A: subsample and pad with zero channels; B: 1×1×1 convolution'),
  stemKernel: z.int().min(3).default(7).describe('side of the first kernel'),
});
type Options = z.infer<typeof options>;

function shortcut(scope: Scope, x: Tensor, channels: number, stride: number, kind: Options['shortcut']): Tensor {
  if (stride === 1 && x.shape[1] === channels) return x;
  if (kind === 'B') {
    return scope.layer('downsample', (inner) =>
      batchNorm(inner, 'bn', convolutionLayer(inner, 'conv', x, { channels, kernel: 1, stride, bias: false })),
    );
  }
  const sampled = stride === 1 ? x : averagePool(x, { kernel: 1, stride });
  return pad(sampled, [0, 0, 0, 0, 0], [0, channels - x.shape[1], 0, 0, 0]);
}

function basicBlock(scope: Scope, x: Tensor, channels: number, stride: number, kind: Options['shortcut']): Tensor {
  const geometry = { channels, kernel: 3, padding: 1, bias: false };
  const first = relu(batchNorm(scope, 'bn1', convolutionLayer(scope, 'conv1', x, { ...geometry, stride })));
  const second = batchNorm(scope, 'bn2', convolutionLayer(scope, 'conv2', first, geometry));
  return relu(add(second, shortcut(scope, x, channels, stride, kind)));
}

export const resnet3d = defineTrunk<Options>({
  id: 'resnet3d-18',
  title: '3-D ResNet-18',
  paper: 'Hara et al., CVPR 2018; Jing et al., 2018',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 16, stemKernel: 5 } },
  firstFilters: 'stem.conv.weight',
  build: (scope, clip, { width, blocks, shortcut: kind, stemKernel }) => {
    const taps: Record<string, Tensor> = {};
    let x = scope.layer('stem', (inner) => {
      const stem = { channels: width, kernel: stemKernel, padding: (stemKernel - 1) / 2, bias: false };
      const y = relu(batchNorm(inner, 'bn', convolutionLayer(inner, 'conv', clip, { ...stem, stride: [1, 2, 2] })));
      return maxPool(y, { kernel: 3, stride: 2, padding: 1 });
    });
    taps.stem = x;
    for (let stage = 1; stage <= 4; stage++) {
      const channels = width * 2 ** (stage - 1);
      x = scope.layer(`stage${stage}`, (inner) => {
        let y = x;
        for (let block = 1; block <= blocks; block++) {
          const stride = stage > 1 && block === 1 ? 2 : 1;
          const input = y;
          y = inner.layer(`block${block}`, (at) => basicBlock(at, input, channels, stride, kind));
        }
        return y;
      });
      taps[`stage${stage}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});
