/**
 * Symbolic tensors, operators and gradients.
 * @module
 */
import './operators/index.ts';

export { gradients } from './gradient.ts';
export { type ConvolutionOptions, convolution, convolutionTranspose } from './operators/convolution.ts';
export { batchNormalisation } from './operators/normalisation.ts';
export { averagePool, maxPool, type PoolOptions } from './operators/pooling.ts';
export * from './primitives.ts';
export { constant, constantValue, emit, inScope, isPlaceholder, placeholder, type Tensor } from './tensor.ts';
