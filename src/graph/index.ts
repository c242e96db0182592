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
export {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atanh,
  ceil,
  clip,
  cos,
  cosh,
  floor,
  isInfinite,
  isNotANumber,
  meanOfTensors,
  remainder,
  round,
  sin,
  sinh,
  sumOfTensors,
  tan,
  xor,
} from './operators/arithmetic.ts';
export { type ConvolutionOptions, convolution, convolutionTranspose } from './operators/convolution.ts';
export { einsum } from './operators/einsum.ts';
export { scaleGradient } from './operators/gradient-flow.ts';
export { type GridSampleOptions, gridSample } from './operators/grid-sample.ts';
export { groupNormalisation, instanceNormalisation } from './operators/group-normalisation.ts';
export {
  gatherElements,
  gatherND,
  oneHot,
  scatterElements,
  scatterND,
  takeTokens,
} from './operators/indexing.ts';
export { inverseSquareRoot } from './operators/inverse-square-root.ts';
export { layerNormalisation } from './operators/layer-normalisation.ts';
export { l2Normalise } from './operators/lp-normalisation.ts';
export { batchNormalisation } from './operators/normalisation.ts';
export { logSumExp, reduceL1, reduceL2, reduceLogSum, reduceProduct } from './operators/norms.ts';
export { averagePool, maxPool } from './operators/pooling.ts';
export { adaptiveAveragePool, adaptiveMaxPool, lpPool } from './operators/pooling-variants.ts';
export {
  depthToSpace,
  padBorder,
  pixelShuffle,
  pixelUnshuffle,
  spaceToDepth,
  tile,
  triangle,
} from './operators/rearrangement.ts';
export { type ResizeOptions, resize } from './operators/resize.ts';
export { localResponseNormalisation, type ResponseNormalisationOptions } from './operators/response-normalisation.ts';
export { type RoiAlignOptions, roiAlign } from './operators/roi-align.ts';
export { argMax, argMin, cumulativeSum, type Top, topK } from './operators/selection.ts';
export { sigmoidCrossEntropy } from './operators/sigmoid-cross-entropy.ts';
export * from './primitives.ts';
export { constant, constantValue, emit, inScope, isPlaceholder, placeholder, type Tensor } from './tensor.ts';
export type { PoolOptions } from './windows.ts';
