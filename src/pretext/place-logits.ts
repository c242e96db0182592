/**
 * From the last map of a trunk to a choice at every place of a picture: conv8 of colourisation (a transposed convolution
 * that doubles the side, two convolutions, one number a bin), repeated where a trunk is coarser. Zhang, Isola and Efros,
 * ECCV 2016, released prototxt, version 2.
 * @module
 */
import { convolutionTranspose } from '../graph/operators/convolution.ts';
import { resize } from '../graph/operators/resize.ts';
import { literal, matmul, multiply, relu, reshape, softmax } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { constantInitialiser, heFanOut } from '../nn/initialisers.ts';
import { convolutionLayer, zeroBias } from '../nn/layers/convolution.ts';
import type { Scope } from '../nn/parameters.ts';
import { hostArray } from '../tensor/host-array.ts';
import { binCount, type ValueBins } from './value-bins.ts';

export interface PlaceLogitsOptions {
  readonly classes: number;
  /** Channels of the layers before the last (paper: 256). */
  readonly hidden: number;
  /** Side of the result. */
  readonly size: number;
}

/** `[B, C, h, w]` to `[B, classes, size, size]`; a map that cannot be doubled to the size is interpolated. */
export function placeLogits(scope: Scope, map: Tensor, { classes, hidden, size }: PlaceLogitsOptions): Tensor {
  const convolved = (name: string, x: Tensor, channels: number, kernel: number) =>
    convolutionLayer(scope, name, x, {
      channels,
      kernel,
      padding: (kernel - 1) / 2,
      initialiseBias: zeroBias,
    });
  let x = map;
  let doublings = 0;
  while (2 * x.shape[2] <= size) x = relu(doubled(scope, `conv8_1${'abcdefgh'.charAt(doublings++ - 1)}`, x, hidden));
  if (doublings === 0) x = relu(convolved('conv8_1', x, hidden, 3));
  x = relu(convolved('conv8_2', x, hidden, 3));
  x = relu(convolved('conv8_3', x, hidden, 3));
  const logits = convolved('conv8_bins', x, classes, 1);
  return x.shape[2] === size && x.shape[3] === size ? logits : resize(logits, { size: [size, size], mode: 'linear' });
}

function doubled(scope: Scope, name: string, x: Tensor, channels: number): Tensor {
  return scope.layer(name, (inner) => {
    const weight = inner.parameter('weight', [x.shape[1], channels, 4, 4], heFanOut);
    const bias = inner.parameter('bias', [channels], constantInitialiser(0));
    return convolutionTranspose(x, weight, { bias, stride: 2, padding: 1 });
  });
}

/**
 * The annealed mean: the expected value under softmax(logits / T), between the mean (T = 1, pale) and the likeliest
 * (T → 0, patchy). `[B, Q, h, w]` to `[B, dimensions, h, w]`.
 */
export function annealedMean(logits: Tensor, bins: ValueBins, temperature: number): Tensor {
  const [batch, count, height, width] = logits.shape;
  const { dimensions, centres } = bins;
  const rows = new Float32Array(centres.length);
  centres.forEach((value, i) => {
    rows[(i % dimensions) * count + Math.floor(i / dimensions)] = value;
  });
  const shares = reshape(softmax(multiply(logits, 1 / temperature), 1), [batch, binCount(bins), height * width]);
  const mean = matmul(literal(hostArray('float32', [dimensions, count], rows)), shares);
  return reshape(mean, [batch, dimensions, height, width]);
}
