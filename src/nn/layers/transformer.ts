/**
 * The transformer block that vision transformers stack: attention and a two-layer perceptron, each behind a layer
 * normalisation and beside a shortcut. Dosovitskiy et al., "An image is worth 16×16 words", ICLR 2021.
 * @module
 */
import { gelu } from '../../graph/operators/activations.ts';
import { add } from '../../graph/primitives.ts';
import type { Tensor } from '../../graph/tensor.ts';
import { constantInitialiser, xavierUniform } from '../initialisers.ts';
import type { Initialiser, Scope } from '../parameters.ts';
import { multiHeadAttention } from './attention.ts';
import { layerNorm } from './layer-norm.ts';
import { linearLayer } from './linear.ts';

export interface TransformerBlockOptions {
  readonly heads: number;
  /** Width of the perceptron's middle as a multiple of the tokens' width, default 4. */
  readonly expansion?: number;
  /** Of the layer normalisations; ViT and MAE use 1e-6, PyTorch 1e-5. Default 1e-6. */
  readonly epsilon?: number;
  readonly mask?: Tensor;
  readonly initialise?: Initialiser;
}

export interface TransformerBlockOutput {
  /** `[B, N, W]` */
  readonly tokens: Tensor;
  /** `[B, heads, N, N]` */
  readonly attention: Tensor;
}

/** x + attention(norm1(x)), then x + mlp(norm2(x)); layers `norm1`, `attn`, `norm2`, `mlp.fc1`, `mlp.fc2`. */
export function transformerBlock(
  scope: Scope,
  name: string,
  x: Tensor,
  options: TransformerBlockOptions,
): TransformerBlockOutput {
  const { heads, expansion = 4, epsilon = 1e-6, mask, initialise = xavierUniform } = options;
  const width = x.shape[2];
  return scope.layer(name, (inner) => {
    const { output, weights } = multiHeadAttention(inner, 'attn', layerNorm(inner, 'norm1', x, { epsilon }), {
      heads,
      initialise,
      ...(mask === undefined ? {} : { mask }),
    });
    const attended = add(x, output);
    const changed = perceptron(inner, 'mlp', layerNorm(inner, 'norm2', attended, { epsilon }), {
      hidden: Math.round(width * expansion),
      initialise,
    });
    return { tokens: add(attended, changed), attention: weights };
  });
}

interface PerceptronOptions {
  readonly hidden: number;
  readonly initialise: Initialiser;
}

function perceptron(scope: Scope, name: string, x: Tensor, { hidden, initialise }: PerceptronOptions): Tensor {
  const linear = { initialise, initialiseBias: constantInitialiser(0) };
  return scope.layer(name, (inner) => {
    const middle = gelu(linearLayer(inner, 'fc1', x, { features: hidden, ...linear }));
    return linearLayer(inner, 'fc2', middle, { features: x.shape[x.shape.length - 1], ...linear });
  });
}
