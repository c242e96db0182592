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
import { add, concat, literal, matmul, pad, reshape, scalar, sliceAxes, transpose } from '../../graph/primitives.ts';
import { emit, type Tensor } from '../../graph/tensor.ts';
import { float32 } from '../../tensor/host-array.ts';
import { interleave } from './interleave.ts';

/** Columns beyond this many bytes are made in parts. */
const columnBudgetBytes = 32 * 2 ** 20;

/** Transposed convolution by plain convolutions; `undefined` where the runtime's own kernel is the better choice. */
export function lowerTransposedConvolution(
  x: Tensor,
  weight: Tensor,
  attributes: TransposeAttributes,
): Tensor | undefined {
  const { strides, dilations } = attributes;
  const rank = strides.length;
  if (strides.every((stride) => stride === 1)) {
    return scatteredProduct(x, weight, attributes) ?? flippedConvolution(x, weight, attributes);
  }
  if (dilations.some((dilation) => dilation !== 1)) return undefined;
  return rank === 3 ? residueConvolutions(x, weight, attributes) : undefined;
}

/**
 * One product with the weight as it lies, then every entry of the kernel added where it belongs. For few positions and
 * many weights, where turning the kernel around would cost more than the convolution.
 */
function scatteredProduct(x: Tensor, weight: Tensor, attributes: TransposeAttributes): Tensor | undefined {
  const { pads, dilations, group, outputPadding } = attributes;
  const [inputs, outputs, ...kernel] = weight.shape;
  const [batch, , ...lengths] = x.shape;
  const positions = batch * sizeOf(lengths);
  if (group !== 1 || sizeOf(kernel) === 1 || positions > inputs * 0.75) return undefined;
  const rank = kernel.length;
  const flat = reshape(channelsOutside(x), [inputs, positions]);
  const product = matmul(reshape(weight, [inputs, outputs * sizeOf(kernel)]), flat, { transposeA: true });
  const columns = reshape(product, [outputs, sizeOf(kernel), batch, ...lengths]);
  const full = lengths.map((length, i) => length + dilations[i] * (kernel[i] - 1));
  let sum: Tensor | undefined;
  for (let tap = 0; tap < sizeOf(kernel); tap++) {
    const offsets = kernel.map((length, i) => dilations[i] * (Math.floor(tap / sizeOf(kernel.slice(i + 1))) % length));
    const part = reshape(sliceAxes(columns, [1], [tap], [tap + 1]), [outputs, batch, ...lengths]);
    const behind = full.map((length, i) => length - lengths[i] - offsets[i]);
    const placed = pad(part, [0, 0, ...offsets], [0, 0, ...behind]);
    sum = sum === undefined ? placed : add(sum, placed);
  }
  const wanted = full.map((length, i) => length - pads[i] - pads[i + rank] + outputPadding[i]);
  if (wanted.some((length, i) => pads[i] + length > full[i])) return undefined;
  const axes = kernel.map((_, i) => i + 2);
  const cropped = sliceAxes(
    sum!,
    axes,
    pads.slice(0, rank),
    wanted.map((length, i) => pads[i] + length),
  );
  return channelsOutside(cropped);
}

/** `[C, O/g, k]` to `[O, C/g, k]`, kernel reversed: the weight of the adjoint convolution. */
function adjointWeight(weight: Tensor, group: number): Tensor {
  const [inputs, outputs, ...kernel] = weight.shape;
  const spatial = kernel.map((_, i) => i + 2);
  const reversed = reverseKernel(weight);
  if (group === 1) return transpose(reversed, [1, 0, ...spatial]);
  const grouped = reshape(reversed, [group, inputs / group, outputs, ...kernel]);
  const swapped = transpose(grouped, [0, 2, 1, ...spatial.map((axis) => axis + 1)]);
  return reshape(swapped, [group * outputs, inputs / group, ...kernel]);
}

/** The kernel back to front on all axes, by a product with the exchange matrix: four times as fast as strided copies. */
function reverseKernel(weight: Tensor): Tensor {
  const [outputs, inputs, ...kernel] = weight.shape;
  const taps = sizeOf(kernel);
  if (taps === 1) return weight;
  const exchange = float32([taps, taps], 0);
  for (let i = 0; i < taps; i++) exchange.data[i * taps + taps - 1 - i] = 1;
  return reshape(matmul(reshape(weight, [outputs * inputs, taps]), literal(exchange)), weight.shape);
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

/**
 * `dW[o, c, k] = Σ_{n,p} dY[o, n, p] · X[c, n, p·s + k·d]`: one product over batch and positions together. Columns are laid
 * out channel first, so that the product already has the weight's own order.
 */
function weightGradient(x: Tensor, dy: Tensor, attributes: WeightGradientAttributes): Tensor {
  const { kernelShape } = attributes;
  const [batch, channels] = x.shape;
  const outputs = dy.shape[1];
  const length = batch * sizeOf(dy.shape.slice(2));
  const taps = sizeOf(kernelShape);
  const phases = phasesOf(x, attributes);
  const flatDy = reshape(channelsOutside(dy), [outputs, length]);
  const tapsAtOnce = Math.max(1, Math.floor(columnBudgetBytes / (4 * channels * length)));
  const pieces: Tensor[] = [];
  for (let first = 0; first < taps; first += tapsAtOnce) {
    const count = Math.min(tapsAtOnce, taps - first);
    const columns = Array.from({ length: count }, (_, k) =>
      reshape(tapSlice(phases, dy, first + k, attributes), [channels, 1, length]),
    );
    const matrix = reshape(concat(columns, 1), [channels * count, length]);
    const product = matmul(flatDy, matrix, { transposeB: true });
    pieces.push(reshape(product, [outputs, channels, count]));
  }
  return reshape(concat(pieces, 2), [outputs, channels, ...kernelShape]);
}

/** `[N, C, …]` to `[C, N, …]`. */
function channelsOutside(x: Tensor): Tensor {
  if (x.shape[0] === 1 || x.shape[1] === 1) return reshape(x, [x.shape[1], x.shape[0], ...x.shape.slice(2)]);
  return transpose(x, [1, 0, ...x.shape.slice(2).map((_, i) => i + 2)]);
}

/** The padded input, split by residues of the stride so that every entry of the kernel meets a contiguous block. */
interface Phases {
  /** `[residues, C, N, …]`, lengths divided by the stride. */
  readonly tensor: Tensor;
  readonly strides: readonly number[];
}

function phasesOf(x: Tensor, { pads, strides }: ConvolutionAttributes): Phases {
  const rank = strides.length;
  const before = pads.slice(0, rank);
  // Up to a whole number of strides, so that every residue has the same length.
  const after = strides.map((stride, i) => {
    const padded = x.shape[i + 2] + pads[i] + pads[i + rank];
    return pads[i + rank] + ((stride - (padded % stride)) % stride);
  });
  const padded = [...before, ...after].some((length) => length > 0) ? pad(x, [0, 0, ...before], [0, 0, ...after]) : x;
  const outside = channelsOutside(padded);
  if (strides.every((stride) => stride === 1)) return { tensor: reshape(outside, [1, ...outside.shape]), strides };
  const [channels, batch, ...lengths] = outside.shape;
  const split = reshape(outside, [
    channels,
    batch,
    ...lengths.flatMap((length, i) => [length / strides[i], strides[i]]),
  ]);
  const residues = strides.map((_, i) => 3 + 2 * i);
  const blocks = strides.map((_, i) => 2 + 2 * i);
  const moved = transpose(split, [...residues, 0, 1, ...blocks]);
  const shape = [sizeOf(strides), channels, batch, ...lengths.map((length, i) => length / strides[i])];
  return { tensor: reshape(moved, shape), strides };
}

/** What one entry of the kernel meets at every position of the output, `[1, C, N, …]`. */
function tapSlice({ tensor, strides }: Phases, dy: Tensor, tap: number, attributes: WeightGradientAttributes): Tensor {
  const { kernelShape, dilations } = attributes;
  const offsets = kernelShape.map((length, i) => {
    const index = Math.floor(tap / sizeOf(kernelShape.slice(i + 1))) % length;
    return index * dilations[i];
  });
  const residue = offsets.reduce((code, offset, i) => code * strides[i] + (offset % strides[i]), 0);
  const starts = offsets.map((offset, i) => Math.floor(offset / strides[i]));
  const ends = starts.map((start, i) => start + dy.shape[i + 2]);
  return sliceAxes(tensor, [0, ...kernelShape.map((_, i) => i + 3)], [residue, ...starts], [residue + 1, ...ends]);
}
