/**
 * Scaled dot-product attention and multi-head attention. Vaswani et al., "Attention is all you need", NeurIPS 2017.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { split } from '../../graph/layout.ts';
import { add, matmul, multiply, reshape, softmax, transpose } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, xavierUniform } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';
import { linearLayer } from './linear.ts';

export interface Attended {
  /** `[…, N, D]` */
  readonly output: Tensor;
  /** `[…, N, M]`: how much each query takes from each key; rows sum to 1. */
  readonly weights: Tensor;
}

export interface AttentionScoreOptions {
  /** Added to the scores, broadcastable to `[…, N, M]`: a large negative number where a query must not look. */
  readonly mask?: Tensor;
  /** Default 1 / √D. */
  readonly scale?: number;
}

/** softmax(q kᵀ / √D + mask) v, for q `[…, N, D]`, k and v `[…, M, D]`. */
export function scaledDotProductAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  { mask, scale = 1 / Math.sqrt(query.shape[query.shape.length - 1]) }: AttentionScoreOptions = {},
): Attended {
  // The query is smaller than the scores: scaling it reads and writes less.
  const scores = matmul(multiply(query, scale), key, { transposeB: true });
  const weights = softmax(mask === undefined ? scores : add(scores, mask), -1);
  return { output: matmul(weights, value), weights };
}

export interface MultiHeadAttentionOptions {
  readonly heads: number;
  /** What keys and values are made from, `[B, M, W]`; default the input itself. */
  readonly context?: Tensor;
  /** Added to the scores, broadcastable to `[B, heads, N, M]`. */
  readonly mask?: Tensor;
  /** Default U(±√(6 / (fan in + fan out))). */
  readonly initialise?: Initialiser;
}

/**
 * Multi-head attention on tokens `[B, N, W]`. Parameters as in ViT's code: `qkv` for self-attention (`q` and `kv` with a
 * context), `proj`.
 */
export function multiHeadAttention(
  scope: Scope,
  name: string,
  x: Tensor,
  options: MultiHeadAttentionOptions,
): Attended {
  const { heads, context, mask, initialise = xavierUniform } = options;
  const [batch, tokens, width] = x.shape;
  if (width % heads !== 0) {
    throw new SondeError('shape/mismatch', `a width of ${width} does not divide into ${heads} heads`, { where: name });
  }
  const linear = { initialise, initialiseBias: constantInitialiser(0) };
  return scope.layer(name, (inner) => {
    /** `parts` tensors `[B, heads, length, W / heads]` out of one product. */
    const project = (layer: string, source: Tensor, parts: number): readonly Tensor[] => {
      const length = source.shape[1];
      const projected = linearLayer(inner, layer, source, { features: parts * width, ...linear });
      const cut = transpose(reshape(projected, [batch, length, parts, heads, width / heads]), [2, 0, 3, 1, 4]);
      const lengths = new Array<number>(parts).fill(1);
      return split(cut, lengths, 0).map((part) => reshape(part, [batch, heads, length, width / heads]));
    };
    const [query, key, value] =
      context === undefined ? project('qkv', x, 3) : [...project('q', x, 1), ...project('kv', context, 2)];
    const { output, weights } = scaledDotProductAttention(query, key, value, mask === undefined ? {} : { mask });
    const joined = reshape(transpose(output, [0, 2, 1, 3]), [batch, tokens, width]);
    return { output: linearLayer(inner, 'proj', joined, { features: width, ...linear }), weights };
  });
}
