/**
 * Symbolic tensors, operators and gradients.
 * @module
 */
import './operators/index.ts';

export { gradients } from './gradient.ts';
export { flatten, split, squeeze, stack, unsqueeze, unstack } from './layout.ts';
export {
  celu,
  elu,
  erf,
  gelu,
  hardSigmoid,
  hardSwish,
  leakyRelu,
  mish,
  prelu,
  selu,
  silu,
  softsign,
  step,
  thresholdedRelu,
} from './operators/activations.ts';
export { type ConvolutionOptions, convolution, convolutionTranspose } from './operators/convolution.ts';
export { layerNormalisation } from './operators/layer-normalisation.ts';
export { batchNormalisation } from './operators/normalisation.ts';
export { averagePool, maxPool, type PoolOptions } from './operators/pooling.ts';
export { depthToSpace, padBorder, pixelShuffle, spaceToDepth, tile, triangle } from './operators/rearrangement.ts';
export { localResponseNormalisation, type ResponseNormalisationOptions } from './operators/response-normalisation.ts';
export * from './primitives.ts';
export { constant, constantValue, emit, inScope, isPlaceholder, placeholder, type Tensor } from './tensor.ts';
