/**
 * Residual networks of pictures: He, Zhang, Ren and Sun, "Deep residual learning for image recognition", CVPR 2016, in
 * the layout of torchvision (the stride of a bottleneck lies on its 3×3 convolution), parameters under its names, so that
 * learnt weights move either way. Without the fully connected layer, which belongs to a method's head.
 * @module
 */
import { z } from 'zod';
import { maxPool } from '../../graph/operators/pooling.ts';
import { add, relu } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser } from '../initialisers.ts';
import { batchNorm } from '../layers/batch-norm.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import { globalAveragePool } from '../layers/pooling.ts';
import type { Scope } from '../parameters.ts';
import { defineTrunk } from './trunk.ts';

const options = z.strictObject({
  depth: z.literal([18, 34, 50]).default(18).describe('layers: 18, 34, or 50, which is made of bottlenecks'),
  width: z.int().positive().default(64).describe('channels of the first stage; doubled at each of the next three'),
  stem: z
    .enum(['large', 'small'])
    .default('large')
    .describe(
      'large: 7×7 in steps of 2, then a pool (paper); small: 3×3 in steps of 1 without, for pictures of 32 pixels',
    ),
  zeroInit: z
    .boolean()
    .default(false)
    .describe('the last normalisation of every block starts at zero, so that blocks start as shortcuts (paper: false)'),
});
type Options = z.infer<typeof options>;

const blocksOf = { 18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3] } as const;

interface Block {
  /** Channels within; a bottleneck gives four times as many. */
  readonly channels: number;
  readonly stride: number;
  readonly zeroInit: boolean;
}

function convolved(scope: Scope, name: string, x: Tensor, channels: number, kernel: number, stride = 1): Tensor {
  return convolutionLayer(scope, name, x, { channels, kernel, stride, padding: (kernel - 1) / 2, bias: false });
}

const lastScale = (zeroInit: boolean) => ({ initialiseScale: constantInitialiser(zeroInit ? 0 : 1) });

/** The input itself, or a 1×1 convolution where size or channels change (shortcut B). */
function shortcut(scope: Scope, x: Tensor, channels: number, stride: number): Tensor {
  if (stride === 1 && x.shape[1] === channels) return x;
  return scope.layer('downsample', (inner) => batchNorm(inner, '1', convolved(inner, '0', x, channels, 1, stride)));
}

function basicBlock(scope: Scope, x: Tensor, { channels, stride, zeroInit }: Block): Tensor {
  const first = relu(batchNorm(scope, 'bn1', convolved(scope, 'conv1', x, channels, 3, stride)));
  const second = batchNorm(scope, 'bn2', convolved(scope, 'conv2', first, channels, 3), lastScale(zeroInit));
  return relu(add(second, shortcut(scope, x, channels, stride)));
}

function bottleneck(scope: Scope, x: Tensor, { channels, stride, zeroInit }: Block): Tensor {
  const narrow = relu(batchNorm(scope, 'bn1', convolved(scope, 'conv1', x, channels, 1)));
  const middle = relu(batchNorm(scope, 'bn2', convolved(scope, 'conv2', narrow, channels, 3, stride)));
  const wide = batchNorm(scope, 'bn3', convolved(scope, 'conv3', middle, 4 * channels, 1), lastScale(zeroInit));
  return relu(add(wide, shortcut(scope, x, 4 * channels, stride)));
}

function stem(scope: Scope, image: Tensor, { width, stem: kind }: Options): Tensor {
  const [kernel, stride] = kind === 'large' ? [7, 2] : [3, 1];
  const x = relu(batchNorm(scope, 'bn1', convolved(scope, 'conv1', image, width, kernel, stride)));
  return kind === 'large' ? maxPool(x, { kernel: 3, stride: 2, padding: 1 }) : x;
}

export const resnet = defineTrunk<Options>({
  id: 'resnet',
  title: 'ResNet',
  paper: 'He et al., CVPR 2016',
  rank: 2,
  options,
  presets: {
    paper: {},
    tiny: { width: 16, stem: 'small' },
    resnet18: {},
    resnet34: { depth: 34 },
    resnet50: { depth: 50 },
    // Kolesnikov et al., CVPR 2019, count in sixteens: of the factors 4, 8, 12 and 16 the first is the common width.
    'resnet50-x12': { depth: 50, width: 12 * 16 },
  },
  firstFilters: 'conv1.weight',
  build: (scope, image, chosen) => {
    const { depth, width, zeroInit } = chosen;
    const block = depth === 50 ? bottleneck : basicBlock;
    let x = stem(scope, image, chosen);
    const taps: Record<string, Tensor> = { stem: x };
    blocksOf[depth].forEach((count, stage) => {
      const name = `layer${stage + 1}`;
      x = scope.layer(name, (inner) => {
        let y = x;
        for (let i = 0; i < count; i++) {
          const input = y;
          const geometry = { channels: width * 2 ** stage, stride: stage > 0 && i === 0 ? 2 : 1, zeroInit };
          y = inner.layer(`${i}`, (at) => block(at, input, geometry));
        }
        return y;
      });
      taps[name] = x;
    });
    return { map: x, features: globalAveragePool(x), taps };
  },
});
