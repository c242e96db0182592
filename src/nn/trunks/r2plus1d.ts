/**
 * R(2+1)D-18: every 3-D convolution as a 2-D one over each frame and a 1-D one over time, with so many channels between
 * them that the two hold as many weights as the one. Tran, Wang, Torresani, Ray, LeCun and Paluri, "A closer look at
 * spatiotemporal convolutions for action recognition", CVPR 2018, in the layout of torchvision and under its names; as
 * there, both convolutions of a block take their middle channels from the block's input and output.
 * @module
 */
import { z } from 'zod';
import { add, relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  width: z.int().positive().default(64).describe('channels of the first stage; doubled at each of the next three'),
  stemMiddle: z
    .int()
    .positive()
    .default(45)
    .describe('channels between the first convolution over space and that over time (released: 45)'),
  blocks: z.int().min(1).default(2).describe('residual blocks a stage'),
});
type Options = z.infer<typeof options>;

/** Channels between the two, so that 9·in·m + 3·m·out weights are about the 27·in·out of a 3×3×3 convolution. */
export const middleChannels = (input: number, output: number): number =>
  Math.floor((27 * input * output) / (9 * input + 3 * output));

/** Over space, normalised and rectified, then over time; layers `0`, `1` and `3` as in a torch sequence. */
function factored(scope: Scope, x: Tensor, channels: number, middle: number, stride: number): Tensor {
  const overSpace = convolutionLayer(scope, '0', x, {
    channels: middle,
    kernel: [1, 3, 3],
    stride: [1, stride, stride],
    padding: [0, 1, 1],
    bias: false,
  });
  return convolutionLayer(scope, '3', relu(batchNorm(scope, '1', overSpace)), {
    channels,
    kernel: [3, 1, 1],
    stride: [stride, 1, 1],
    padding: [1, 0, 0],
    bias: false,
  });
}

function block(scope: Scope, x: Tensor, channels: number, stride: number): Tensor {
  const middle = middleChannels(x.shape[1], channels);
  const half = (name: string, input: Tensor, step: number) =>
    scope.layer(name, (inner) =>
      batchNorm(
        inner,
        '1',
        inner.layer('0', (at) => factored(at, input, channels, middle, step)),
      ),
    );
  const second = half('conv2', relu(half('conv1', x, stride)), 1);
  if (stride === 1 && x.shape[1] === channels) return relu(add(second, x));
  const beside = scope.layer('downsample', (inner) =>
    batchNorm(inner, '1', convolutionLayer(inner, '0', x, { channels, kernel: 1, stride, bias: false })),
  );
  return relu(add(second, beside));
}

function stem(scope: Scope, clip: Tensor, { width, stemMiddle }: Options): Tensor {
  const overSpace = convolutionLayer(scope, '0', clip, {
    channels: stemMiddle,
    kernel: [1, 7, 7],
    stride: [1, 2, 2],
    padding: [0, 3, 3],
    bias: false,
  });
  const overTime = convolutionLayer(scope, '3', relu(batchNorm(scope, '1', overSpace)), {
    channels: width,
    kernel: [3, 1, 1],
    padding: [1, 0, 0],
    bias: false,
  });
  return relu(batchNorm(scope, '4', overTime));
}

export const r2plus1d = defineTrunk<Options>({
  id: 'r2plus1d-18',
  title: 'R(2+1)D-18',
  paper: 'Tran et al., CVPR 2018',
  rank: 3,
  options,
  presets: { paper: {}, tiny: { width: 16, stemMiddle: 12, blocks: 1 } },
  firstFilters: 'stem.0.weight',
  build: (scope, clip, chosen) => {
    let x = scope.layer('stem', (inner) => stem(inner, clip, chosen));
    const taps: Record<string, Tensor> = { stem: x };
    for (let stage = 1; stage <= 4; stage++) {
      const channels = chosen.width * 2 ** (stage - 1);
      x = scope.layer(`layer${stage}`, (inner) => {
        let y = x;
        for (let i = 0; i < chosen.blocks; i++) {
          const input = y;
          const stride = stage > 1 && i === 0 ? 2 : 1;
          y = inner.layer(`${i}`, (at) => block(at, input, channels, stride));
        }
        return y;
      });
      taps[`layer${stage}`] = x;
    }
    return { map: x, features: globalAveragePool(x), taps };
  },
});
