/**
 * What vision transformers of pictures and of clips share: patches as tokens, places, blocks of attention. Dosovitskiy et
 * al., "An image is worth 16×16 words", ICLR 2021; first values and fixed places as in He et al., "Masked autoencoders
 * are scalable vision learners", CVPR 2022. Parameters have timm's names.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import { resize } from '../../graph/operators/resize.ts';
import { add, concat, expand, linear, literal, reduceMean, reshape, slice, transpose } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, normalInitialiser, truncatedNormalInitialiser, xavierUniform } from '../initialisers.ts';
import { layerNorm } from '../layers/layer-norm.ts';
import { patchGrid, sineCosinePositions, toPatches } from '../layers/patches.ts';
import { transformerBlock } from '../layers/transformer.ts';
import type { Initialiser, Scope } from '../parameters.ts';
import type { TrunkOutput } from './trunk.ts';

export interface VisionTransformerOptions {
  /** Length of a patch along each spatial axis. */
  readonly patch: readonly number[];
  readonly width: number;
  readonly depth: number;
  readonly heads: number;
  /** What the head reads: the class token, or the mean of all patches. */
  readonly pooling: 'class' | 'mean';
  readonly positions: 'fixed' | 'learned';
  /** Patches along each axis that places are learned for; other numbers interpolate them. */
  readonly learnedGrid: readonly number[];
}

/** A patch as one row, as its linear layer sees it, under the shape of a kernel. */
const patchKernel: Initialiser = (shape, random) => ({
  ...xavierUniform([shape[0], sizeOf(shape.slice(1))], random),
  shape,
});

/**
 * `[B, C, …]` to taps `[B, width, …grid]`: `patches`, every block, and `norm`, the map. The class token, where there is
 * one, sees all patches and is what `features` holds.
 */
export function visionTransformer(scope: Scope, x: Tensor, options: VisionTransformerOptions): TrunkOutput {
  const { patch, width, depth, heads, pooling } = options;
  const [batch, channels, ...spatial] = x.shape;
  const grid = patchGrid(spatial, patch);
  const count = sizeOf(grid);
  const classes = pooling === 'class' ? 1 : 0;
  const embedded = scope.layer('patch_embed', (inner) =>
    inner.layer('proj', (at) => {
      const weight = at.parameter('weight', [width, channels, ...patch], patchKernel);
      const rows = reshape(toPatches(x, patch), [batch * count, channels * sizeOf(patch)]);
      const bias = at.parameter('bias', [width], constantInitialiser(0));
      return reshape(linear(rows, reshape(weight, [width, channels * sizeOf(patch)]), bias), [batch, count, width]);
    }),
  );
  let tokens = placed(scope, embedded, grid, options);
  /** Tokens of patches where they lie in the picture. */
  const laid = (sequence: Tensor) => {
    const patches = classes === 0 ? sequence : slice(sequence, 1, 1, 1 + count);
    return reshape(transpose(patches, [0, 2, 1]), [batch, width, ...grid]);
  };
  const taps: Record<string, Tensor> = { patches: laid(tokens) };
  scope.layer('blocks', (inner) => {
    for (let block = 0; block < depth; block++) {
      tokens = transformerBlock(inner, `${block}`, tokens, { heads }).tokens;
      taps[`block${block + 1}`] = laid(tokens);
    }
  });
  const normalised = layerNorm(scope, 'norm', tokens, { epsilon: 1e-6 });
  const map = laid(normalised);
  taps.norm = map;
  const patches = classes === 0 ? normalised : slice(normalised, 1, 0, 1);
  return { map, features: reduceMean(patches, { axes: [1] }), taps };
}

/** Tokens `[B, N, width]` with their places added, the class token before them. */
function placed(
  scope: Scope,
  tokens: Tensor,
  grid: readonly number[],
  { width, pooling, positions, learnedGrid }: VisionTransformerOptions,
): Tensor {
  const [batch] = tokens.shape;
  const classes = pooling === 'class' ? 1 : 0;
  const known = sizeOf(learnedGrid);
  const learned =
    positions === 'learned'
      ? scope.parameter('pos_embed', [1, classes + known, width], truncatedNormalInitialiser(0.02), {
          weightDecayScale: 0,
        })
      : undefined;
  const places =
    learned === undefined
      ? literal(sineCosinePositions(grid, width))
      : interpolated(slice(learned, 1, classes, classes + known), learnedGrid, grid);
  const sequence = add(tokens, places);
  if (classes === 0) return sequence;
  const token = scope.parameter('cls_token', [1, 1, width], normalInitialiser(0.02), { weightDecayScale: 0 });
  const first = learned === undefined ? token : add(token, slice(learned, 1, 0, 1));
  return concat([expand(first, [batch, 1, width]), sequence], 1);
}

/** Places `[1, N, width]` learned on one grid, on another: cubic in a plane, linear where there are more axes. */
function interpolated(places: Tensor, from: readonly number[], to: readonly number[]): Tensor {
  if (from.every((length, axis) => length === to[axis])) return places;
  const width = places.shape[2];
  const map = reshape(transpose(places, [0, 2, 1]), [1, width, ...from]);
  const resized = resize(map, { size: to, mode: to.length === 2 ? 'cubic' : 'linear' });
  return transpose(reshape(resized, [1, width, sizeOf(to)]), [0, 2, 1]);
}
