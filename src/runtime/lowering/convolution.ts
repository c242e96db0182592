/**
 * How a convolution's gradients become operators that ONNX Runtime's CPU kernels do well.
 *
 * Data gradient: a convolution with the flipped kernel; with a stride, one such convolution for each residue, so that no
 * multiplication by a stuffed zero is done. Weight gradient: the input's shifted slices as columns of one batched
 * matrix product. `bench/RESULTS.md` holds the measurements behind the choices.
 * @module
 */

import { sizeOf } from '../../base/shape.ts';
import type {
  ConvolutionAttributes,
  TransposeAttributes,
  WeightGradientAttributes,
} from '../../graph/operators/convolution.ts';
import { concat, flip, matmul, pad, reduceSum, reshape, scalar, sliceAxes, transpose } from '../../graph/primitives.ts';
import { emit, type Tensor } from '../../graph/tensor.ts';
import { interleave } from './interleave.ts';

/** Columns beyond this many bytes are made in parts. */
const columnBudgetBytes = 192 * 2 ** 20;

/** Transposed convolution by plain convolutions; `undefined` where the runtime's own kernel is the better choice. */
export function lowerTransposedConvolution(
  x: Tensor,
  weight: Tensor,
  attributes: TransposeAttributes,
): Tensor | undefined {
  const { strides, dilations } = attributes;
  const rank = strides.length;
  if (strides.every((stride) => stride === 1)) return flippedConvolution(x, weight, attributes);
  if (dilations.some((dilation) => dilation !== 1)) return undefined;
  return rank === 3 ? residueConvolutions(x, weight, attributes) : undefined;
}

/** `[C, O/g, k]` to `[O, C/g, k]`, kernel reversed: the weight of the adjoint convolution. */
function adjointWeight(weight: Tensor, group: number): Tensor {
  const [inputs, outputs, ...kernel] = weight.shape;
  const spatial = kernel.map((_, i) => i + 2);
  const reversed = kernel.some((n) => n > 1) ? flip(weight, spatial) : weight;
  if (group === 1) return transpose(reversed, [1, 0, ...spatial]);
  const grouped = reshape(reversed, [group, inputs / group, outputs, ...kernel]);
  const swapped = transpose(grouped, [0, 2, 1, ...spatial.map((axis) => axis + 1)]);
  return reshape(swapped, [group * outputs, inputs / group, ...kernel]);
}

function flippedConvolution(x: Tensor, weight: Tensor, attributes: TransposeAttributes): Tensor | undefined {
  const { pads, dilations, group, outputPadding } = attributes;
  const rank = dilations.length;
  const reach = dilations.map((dilation, i) => dilation * (weight.shape[i + 2] - 1));
  const flippedPads = [
    ...reach.map((length, i) => length - pads[i]),
    ...reach.map((length, i) => length - pads[i + rank] + outputPadding[i]),
  ];
  if (flippedPads.some((length) => length < 0)) return undefined;
  return emit('Conv', [x, adjointWeight(weight, group)], {
    strides: dilations.map(() => 1),
    pads: flippedPads,
    dilations,
    group,
  });
}

/** Position p of the result, with `p + pad = q·s + r`, meets only the kernel's entries `r, r + s, …`. */
function residueConvolutions(x: Tensor, weight: Tensor, attributes: TransposeAttributes): Tensor {
  const { strides, pads, group, outputPadding } = attributes;
  const rank = strides.length;
  const kernel = weight.shape.slice(2);
  const lengths = strides.map(
    (stride, i) => (x.shape[i + 2] - 1) * stride - pads[i] - pads[i + rank] + kernel[i] + outputPadding[i],
  );
  const blocks = lengths.map((length, i) => Math.ceil((length + pads[i]) / strides[i]));
  const parts: Tensor[] = [];
  for (let code = 0; code < sizeOf(strides); code++) {
    const residue = strides.map((stride, i) => Math.floor(code / sizeOf(strides.slice(i + 1))) % stride);
    parts.push(residueConvolution(x, weight, group, strides, residue, blocks));
  }
  const woven = interleave(parts, strides);
  const axes = strides.map((_, i) => i + 2);
  return sliceAxes(
    woven,
    axes,
    pads.slice(0, rank),
    lengths.map((length, i) => pads[i] + length),
  );
}

function residueConvolution(
  x: Tensor,
  weight: Tensor,
  group: number,
  strides: readonly number[],
  residue: readonly number[],
  blocks: readonly number[],
): Tensor {
  const kernel = weight.shape.slice(2);
  const axes = strides.map((_, i) => i + 2);
  const taps = residue.map((r, i) => Math.max(0, Math.ceil((kernel[i] - r) / strides[i])));
  if (taps.some((count) => count === 0)) {
    return emit('Expand', [scalar(0)], { shape: [x.shape[0], weight.shape[1] * group, ...blocks] });
  }
  const part = sliceAxes(weight, axes, residue, kernel, strides);
  // Full padding before; behind, whatever makes the length `blocks` (cropping where negative).
  const before = taps.map((count) => count - 1);
  const after = blocks.map((length, i) => length - x.shape[i + 2]);
  const crop = after.some((length) => length < 0);
  const result = emit('Conv', [x, adjointWeight(part, group)], {
    strides: strides.map(() => 1),
    pads: [...before, ...after.map((length) => Math.max(0, length))],
    dilations: strides.map(() => 1),
    group,
  });
  return crop
    ? sliceAxes(
        result,
        axes,
        axes.map(() => 0),
        [...blocks],
      )
    : result;
}

/** The weight gradient as a product of matrices: `dW = Σ_n dY_n · columns(X_n)ᵀ`. */
export function lowerWeightGradient(x: Tensor, dy: Tensor, attributes: WeightGradientAttributes): Tensor | undefined {
  const { group, kernelShape } = attributes;
  if (group === 1) return weightGradient(x, dy, attributes);
  const channels = x.shape[1] / group;
  const outputs = dy.shape[1] / group;
  if (channels < 4 || outputs < 4) return undefined;
  const parts = Array.from({ length: group }, (_, g) =>
    weightGradient(
      sliceAxes(x, [1], [g * channels], [(g + 1) * channels]),
      sliceAxes(dy, [1], [g * outputs], [(g + 1) * outputs]),
      { ...attributes, group: 1, kernelShape },
    ),
  );
  return concat(parts, 0);
}

function weightGradient(x: Tensor, dy: Tensor, attributes: WeightGradientAttributes): Tensor {
  const { kernelShape } = attributes;
  const [batch, channels] = x.shape;
  const outputs = dy.shape[1];
  const positions = sizeOf(dy.shape.slice(2));
  const taps = sizeOf(kernelShape);
  const padded = padSpatial(x, attributes);
  const flatDy = reshape(dy, [batch, outputs, positions]);
  const tapsAtOnce = Math.max(1, Math.floor(columnBudgetBytes / (4 * batch * channels * positions)));
  const pieces: Tensor[] = [];
  for (let first = 0; first < taps; first += tapsAtOnce) {
    const count = Math.min(tapsAtOnce, taps - first);
    const columns = Array.from({ length: count }, (_, k) =>
      reshape(tapSlice(padded, dy, first + k, attributes), [batch, channels, positions]),
    );
    const product = matmul(flatDy, concat(columns, 1), { transposeB: true });
    pieces.push(reshape(reduceSum(product, { axes: [0] }), [outputs, count, channels]));
  }
  return reshape(transpose(concat(pieces, 1), [0, 2, 1]), [outputs, channels, ...kernelShape]);
}

function padSpatial(x: Tensor, { pads }: ConvolutionAttributes): Tensor {
  if (pads.every((length) => length === 0)) return x;
  const rank = pads.length / 2;
  return pad(x, [0, 0, ...pads.slice(0, rank)], [0, 0, ...pads.slice(rank)]);
}

/** What one entry of the kernel meets at every position of the output. */
function tapSlice(padded: Tensor, dy: Tensor, tap: number, attributes: WeightGradientAttributes): Tensor {
  const { kernelShape, strides, dilations } = attributes;
  const axes = kernelShape.map((_, i) => i + 2);
  const starts = kernelShape.map((length, i) => {
    const index = Math.floor(tap / sizeOf(kernelShape.slice(i + 1))) % length;
    return index * dilations[i];
  });
  const ends = starts.map((start, i) => start + (dy.shape[i + 2] - 1) * strides[i] + 1);
  return sliceAxes(padded, axes, starts, ends, strides);
}
