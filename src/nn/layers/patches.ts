/**
 * Pictures, clips and volumes as sequences of patches, and back; fixed positions of the patches.
 * Dosovitskiy et al., "An image is worth 16×16 words", ICLR 2021; positions as in He et al., "Masked autoencoders are
 * scalable vision learners", CVPR 2022, and Tong et al., "VideoMAE", NeurIPS 2022.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { reshape, transpose } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { constantInitialiser, xavierUniform } from '../initialisers.ts';
import type { Scope } from '../parameters.ts';
import { linearLayer } from './linear.ts';

/** How many patches lie along each spatial axis. */
export function patchGrid(spatial: readonly number[], patch: readonly number[]): number[] {
  const fits = spatial.length === patch.length && spatial.every((length, i) => length % patch[i] === 0);
  if (!fits) {
    throw new SondeError('shape/mismatch', `${spatial.join('×')} does not divide into patches of ${patch.join('×')}`, {
      hint: 'choose patches (--set-trunk patch=…) or a size of the input (--set …) that divide it',
    });
  }
  return spatial.map((length, i) => length / patch[i]);
}

/** `[B, C, …]` to `[B, N, C·patch]`: patches in row-major order, each with its channels first, as a kernel has them. */
export function toPatches(x: Tensor, patch: readonly number[]): Tensor {
  const [batch, channels, ...spatial] = x.shape;
  const grid = patchGrid(spatial, patch);
  const cut = reshape(x, [batch, channels, ...grid.flatMap((count, i) => [count, patch[i]])]);
  const outer = grid.map((_, i) => 2 + 2 * i);
  const inner = grid.map((_, i) => 3 + 2 * i);
  return reshape(transpose(cut, [0, ...outer, 1, ...inner]), [batch, sizeOf(grid), channels * sizeOf(patch)]);
}

/** The inverse of `toPatches`: `[B, N, C·patch]` to `[B, C, …spatial]`. */
export function fromPatches(tokens: Tensor, patch: readonly number[], spatial: readonly number[]): Tensor {
  const grid = patchGrid(spatial, patch);
  const rank = grid.length;
  const [batch, , width] = tokens.shape;
  const channels = width / sizeOf(patch);
  const cut = reshape(tokens, [batch, ...grid, channels, ...patch]);
  const order = grid.flatMap((_, i) => [1 + i, 2 + rank + i]);
  return reshape(transpose(cut, [0, 1 + rank, ...order]), [batch, channels, ...spatial]);
}

/** `[B, C, …]` to tokens `[B, N, width]` by one linear layer on every patch; parameters `proj.weight`, `proj.bias`. */
export function patchEmbedding(
  scope: Scope,
  name: string,
  x: Tensor,
  { patch, width }: { readonly patch: readonly number[]; readonly width: number },
): Tensor {
  return scope.layer(name, (inner) =>
    linearLayer(inner, 'proj', toPatches(x, patch), {
      features: width,
      initialise: xavierUniform,
      initialiseBias: constantInitialiser(0),
    }),
  );
}

/**
 * Sines and cosines of each patch's place, `[1, N, width]`: every spatial axis has an equal, even part of the width,
 * first its sines and then its cosines, with wavelengths from 2π to 2π·10000. What the parts leave over stays zero.
 */
export function sineCosinePositions(grid: readonly number[], width: number): HostArray<'float32'> {
  const part = 2 * Math.floor(width / (2 * grid.length));
  const count = sizeOf(grid);
  const positions = float32([1, count, width], 0);
  for (let token = 0; token < count; token++) {
    let rest = token;
    for (let axis = grid.length - 1; axis >= 0; axis--) {
      const place = rest % grid[axis];
      rest = Math.floor(rest / grid[axis]);
      for (let k = 0; k < part / 2; k++) {
        const angle = place / 10000 ** (k / (part / 2));
        const at = token * width + axis * part + k;
        positions.data[at] = Math.sin(angle);
        positions.data[at + part / 2] = Math.cos(angle);
      }
    }
  }
  return positions;
}
