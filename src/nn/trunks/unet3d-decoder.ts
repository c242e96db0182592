/**
 * The decoder of the 3-D U-Net of Models Genesis: from the last tap upwards, a transposed convolution that doubles every
 * axis, the tap of the same size beside it, two convolutions of that tap's width; at the end one number a voxel and output.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import { convolutionTranspose } from '../../graph/operators/convolution.ts';
import { concat } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { fans, uniformFanIn, uniformInitialiser } from '../initialisers.ts';
import { convolutionLayer } from '../layers/convolution.ts';
import type { Scope } from '../parameters.ts';
import { rectifiedConvolution } from './unet3d.ts';

export interface DecodedUnet {
  readonly output: Tensor;
  /** `up<level>`, each of the size of the tap it joins. */
  readonly taps: Readonly<Record<string, Tensor>>;
}

/**
 * @param taps maps `[B, C, D, H, W]` from fine to coarse, each half as long as the one before, as `unet3d` gives them
 * @param outputs numbers a voxel
 * @returns `[B, outputs, D, H, W]` of the finest tap's size, before any squashing, and every level from coarse to fine
 */
export function decodeUnet(scope: Scope, taps: readonly Tensor[], outputs: number): DecodedUnet {
  checkHalving(taps);
  const levels: Record<string, Tensor> = {};
  let x = taps[taps.length - 1];
  for (let level = taps.length - 2; level >= 0; level--) {
    const beside = taps[level];
    x = scope.layer(`up${level + 1}`, (inner) => {
      const joined = concat([doubled(inner, x), beside], 1);
      const width = beside.shape[1];
      return rectifiedConvolution(inner, 2, rectifiedConvolution(inner, 1, joined, width), width);
    });
    levels[`up${level + 1}`] = x;
  }
  const output = convolutionLayer(scope, 'out', x, { channels: outputs, kernel: 1, initialise: uniformFanIn });
  return { output, taps: levels };
}

function doubled(scope: Scope, x: Tensor): Tensor {
  return scope.layer('transposed', (inner) => {
    const shape = [x.shape[1], x.shape[1], 2, 2, 2];
    const weight = inner.parameter('weight', shape, uniformFanIn);
    const bias = inner.parameter('bias', [x.shape[1]], uniformInitialiser(1 / Math.sqrt(fans(shape).fanIn)));
    return convolutionTranspose(x, weight, { bias, stride: 2 });
  });
}

function checkHalving(taps: readonly Tensor[]): void {
  const fits = taps.every(
    ({ shape }, i) => i === 0 || shape.slice(2).every((length, axis) => 2 * length === taps[i - 1].shape[axis + 2]),
  );
  if (fits && taps.length > 1) return;
  throw new SondeError('shape/mismatch', 'a U-Net needs taps of which each is half as long as the one before', {
    found: taps.map(({ shape }) => formatShape(shape)).join(', '),
    hint: 'choose the trunk unet3d and sizes that can be halved three times',
  });
}
