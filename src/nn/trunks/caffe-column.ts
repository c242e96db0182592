/**
 * The five convolutions of CaffeNet, of which several networks are variants: Krizhevsky, Sutskever and Hinton, "ImageNet
 * classification with deep convolutional neural networks", NIPS 2012, in Caffe's order (pooling before normalisation).
 * @module
 */
import { convolution } from '../../graph/operators/convolution.ts';
import { maxPool } from '../../graph/operators/pooling.ts';
import { localResponseNormalisation } from '../../graph/operators/response-normalisation.ts';
import { relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, heFanOut, normalInitialiser } from '../initialisers.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import type { TrunkOutput } from './trunk.ts';

export interface CaffeColumnOptions {
  readonly width: number;
  readonly stemKernel: number;
  readonly stemStride: number;
  readonly stemPadding: number;
  /** conv2, conv4 and conv5 in two groups. */
  readonly grouped: boolean;
  /**
   * `response`: across channels after the first two pools, as published; `late-batch`: besides, batch normalisation
   * without scale and shift on conv3 to conv5; `batch`: batch normalisation on every convolution and nothing else.
   */
  readonly normalisation: 'response' | 'late-batch' | 'batch';
}

/** Output channels, kernel, groups where grouped, first bias. */
const layers = [
  { channels: 96, kernel: 11, groups: 1, bias: 0 },
  { channels: 256, kernel: 5, groups: 2, bias: 1 },
  { channels: 384, kernel: 3, groups: 1, bias: 0 },
  { channels: 384, kernel: 3, groups: 2, bias: 1 },
  { channels: 256, kernel: 3, groups: 2, bias: 1 },
] as const;

/**
 * `[B, C, H, W]` through conv1 to conv5 and pool5. Taps are `conv1` … `conv5`, after the rectifier, and `pool5`, the map.
 * First weights are N(0, 0.01²) and biases 0 or 1, learnt at twice the rate and without decay, as released; with batch
 * normalisation everywhere they are He's, and there are no biases.
 */
export function caffeColumn(scope: Scope, image: Tensor, options: CaffeColumnOptions): TrunkOutput {
  const { width, normalisation } = options;
  const taps: Record<string, Tensor> = {};
  let x = image;
  layers.forEach(({ channels, kernel, groups, bias }, i) => {
    const first = i === 0;
    x = scope.layer(`conv${i + 1}`, (inner) =>
      rectified(inner, x, {
        channels: 2 * Math.max(1, Math.round((channels * width) / 2)),
        kernel: first ? options.stemKernel : kernel,
        stride: first ? options.stemStride : 1,
        padding: first ? options.stemPadding : (kernel - 1) / 2,
        groups: options.grouped ? groups : 1,
        bias,
        normalise: normalisation === 'batch' ? 'affine' : normalisation === 'late-batch' && i >= 2 ? 'plain' : 'none',
      }),
    );
    taps[`conv${i + 1}`] = x;
    if (i < 2) {
      x = caffePool(x);
      if (normalisation !== 'batch') x = localResponseNormalisation(x, { size: 5 });
    }
  });
  const map = caffePool(x);
  taps.pool5 = map;
  return { map, features: globalAveragePool(map), taps };
}

interface Layer {
  readonly channels: number;
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly groups: number;
  readonly bias: number;
  readonly normalise: 'none' | 'plain' | 'affine';
}

function rectified(scope: Scope, x: Tensor, layer: Layer): Tensor {
  const { channels, kernel, stride, padding, groups, normalise } = layer;
  const shape = [channels, x.shape[1] / groups, kernel, kernel];
  const geometry = { stride, padding, groups };
  if (normalise === 'affine') {
    return relu(batchNorm(scope, 'bn', convolution(x, scope.parameter('weight', shape, heFanOut), geometry)));
  }
  const weight = scope.parameter('weight', shape, normalInitialiser(0.01));
  const ownRate = { learningRateScale: 2, weightDecayScale: 0 };
  const bias = scope.parameter('bias', [channels], constantInitialiser(layer.bias), ownRate);
  const convolved = convolution(x, weight, { ...geometry, bias });
  return relu(normalise === 'plain' ? batchNorm(scope, 'bn', convolved, { affine: false }) : convolved);
}

/** Windows of 3 every 2, a last one that only partly fits kept; a map smaller than the window is pooled whole. */
function caffePool(x: Tensor): Tensor {
  const kernel = x.shape.slice(2).map((length) => Math.min(3, length));
  return maxPool(x, { kernel, stride: 2, ceil: true });
}
