/**
 * Local response normalisation across channels, and its gradient.
 *
 * Sums over neighbouring channels are average poolings of the picture seen as `[N, 1, C, positions]`, which the CPU does
 * at memory speed; powers in quarters are roots of roots. ONNX Runtime's own kernel takes six times as long.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import { add, divide, multiply, power, reshape, sqrt, subtract } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';

type ResponseAttributes = { size: number; alpha: number; beta: number; bias: number };

export interface ResponseNormalisationOptions {
  /** How many channels are summed. */
  readonly size: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly bias?: number;
}

/**
 * y = x / (bias + alpha / size · Σ x²)^beta, the sum over `size` channels around each (Krizhevsky, Sutskever and Hinton,
 * 2012; division of alpha by the size as in Caffe, PyTorch and ONNX). `x` is `[N, C, …]`.
 */
export function localResponseNormalisation(
  x: Tensor,
  { size, alpha = 1e-4, beta = 0.75, bias = 1 }: ResponseNormalisationOptions,
): Tensor {
  return emit('LRN', [x], { size, alpha, beta, bias });
}

/** Mean over `size` channels around each, zeros beyond the first and the last; `adjoint` turns the window round. */
function channelMeans(x: Tensor, size: number, adjoint: boolean): Tensor {
  const [batch, channels, ...spatial] = x.shape;
  const [short, long] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const [before, after] = adjoint ? [long, short] : [short, long];
  const pooled = emit('AveragePool', [reshape(x, [batch, 1, channels, sizeOf(spatial)])], {
    kernelShape: [size, 1],
    strides: [1, 1],
    pads: [before, 0, after, 0],
    countIncludePad: 1,
  });
  return reshape(pooled, x.shape);
}

function scaleOf(x: Tensor, { size, alpha, bias }: ResponseAttributes): Tensor {
  return add(multiply(channelMeans(multiply(x, x), size, false), alpha), bias);
}

function raise(scale: Tensor, beta: number): Tensor {
  if (beta === 1) return scale;
  if (beta === 0.5) return sqrt(scale);
  if (beta !== 0.75) return power(scale, beta);
  const root = sqrt(scale);
  return multiply(root, sqrt(root));
}

export const responseNormalisationOperators: readonly Operator[] = [
  defineOperator<ResponseAttributes>({
    type: 'LRN',
    domain: '',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: ({ inputs: [x], attributes, gradients: [dy] }) => [emit('LRNGradient', [x, dy], attributes)],
    expand: ([x], attributes) => [divide(x, raise(scaleOf(x, attributes), attributes.beta))],
    onnx: { floats: ['alpha', 'beta', 'bias'] },
  }),
  defineOperator<ResponseAttributes>({
    type: 'LRNGradient',
    domain: 'sonde',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: 'expand',
    // With s the scale: dx = dy / s^β − 2αβ x · means(dy x / s^(β+1)), the window turned round. What the forward pass
    // computed of s is found again when equal nodes are shared.
    expand: ([x, dy], attributes) => {
      const { size, alpha, beta } = attributes;
      const scale = scaleOf(x, attributes);
      const direct = divide(dy, raise(scale, beta));
      const spread = channelMeans(divide(multiply(direct, x), scale), size, true);
      return [subtract(direct, multiply(multiply(spread, x), 2 * alpha * beta))];
    },
  }),
];
