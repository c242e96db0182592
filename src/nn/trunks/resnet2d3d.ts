/**
 * 2d3d-ResNet-18: residual stages of which the first two look at each frame alone and only the last two over time, the
 * last as wide as the one before and not rectified, so that its values may be compared by their products. Han, Xie and
 * Zisserman, "Video representation learning by dense predictive coding", ICCV workshops 2019, released network and names;
 * stages after Hara et al., CVPR 2018.
 * @module
 */
import { z } from 'zod';
import { maxPool } from '../../graph/operators/pooling.ts';
import { add, relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z
    .int()
    .positive()
    .default(64)
    .describe('channels of the first stage; the next have two, four and again four times as many (paper: 64)'),
  blocks: z.int().min(1).default(2).describe('residual blocks a stage'),
});

interface Block {
  readonly channels: number;
  readonly stride: number;
  /** Whether it looks over time. */
  readonly deep: boolean;
  readonly rectified: boolean;
}

function block(scope: Scope, x: Tensor, { channels, stride, deep, rectified }: Block): Tensor {
  const steps = deep ? [stride, stride, stride] : [1, stride, stride];
  const geometry = deep ? { kernel: 3, padding: 1 } : { kernel: [1, 3, 3], padding: [0, 1, 1] };
  const convolved = (name: string, input: Tensor, step: readonly number[]) =>
    convolutionLayer(scope, name, input, { channels, ...geometry, stride: step, bias: false });
  const first = relu(batchNorm(scope, 'bn1', convolved('conv1', x, steps)));
  const second = batchNorm(scope, 'bn2', convolved('conv2', first, [1, 1, 1]));
  const beside =
    stride === 1 && x.shape[1] === channels
      ? x
      : scope.layer('downsample', (inner) =>
          batchNorm(inner, '1', convolutionLayer(inner, '0', x, { channels, kernel: 1, stride: steps, bias: false })),
        );
  const sum = add(second, beside);
  return rectified ? relu(sum) : sum;
}

export const resnet2d3d = defineTrunk<z.infer<typeof options>>({
  id: 'resnet2d3d-18',
  title: '2d3d-ResNet-18',
  paper: 'Han et al., ICCV workshops 2019',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 16, blocks: 1 } },
  firstFilters: 'conv1.weight',
  build: (scope, clip, { width, blocks }) => {
    const first = convolutionLayer(scope, 'conv1', clip, {
      channels: width,
      kernel: [1, 7, 7],
      stride: [1, 2, 2],
      padding: [0, 3, 3],
      bias: false,
    });
    let x = maxPool(relu(batchNorm(scope, 'bn1', first)), { kernel: [1, 3, 3], stride: [1, 2, 2], padding: [0, 1, 1] });
    const taps: Record<string, Tensor> = { stem: x };
    for (let stage = 1; stage <= 4; stage++) {
      const channels = width * 2 ** Math.min(stage - 1, 2);
      x = scope.layer(`layer${stage}`, (inner) => {
        let y = x;
        for (let i = 0; i < blocks; i++) {
          const input = y;
          const stride = stage > 1 && i === 0 ? 2 : 1;
          const rectified = stage < 4 || i < blocks - 1;
          y = inner.layer(`${i}`, (at) => block(at, input, { channels, stride, deep: stage > 2, rectified }));
        }
        return y;
      });
      taps[`layer${stage}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});
