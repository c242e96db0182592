/**
 * Networks of volumes with weights that never change: convolutions in three dimensions by convolutions of slices, for
 * which ONNX Runtime has its best kernels (blocks of channels, weights packed once), and fewer of them (`depth-plan.ts`).
 * Slices lie depth before channels, `[N, D, C, H, W]`; the change of order moves outwards until two of them meet.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import type { ConvolutionAttributes } from '../../graph/operators/convolution.ts';
import type { PoolAttributes } from '../../graph/operators/pooling.ts';
import type { Lowering } from '../../graph/passes/rewrite.ts';
import { concat, fill, literal, matmul, reshape, transpose } from '../../graph/primitives.ts';
import { defineOperator, emit, type Tensor } from '../../graph/tensor.ts';
import { windowCounts } from '../../graph/windows.ts';
import { float32 } from '../../tensor/host-array.ts';
import { type DepthPlan, planDepth } from './depth-plan.ts';
import type { Matrix } from './toom-cook.ts';

/** `[N, C, D, H, W]` to `[N, D, C, H, W]`, and back. */
const exchange = [0, 2, 1, 3, 4] as const;

/** The change back to channels before depth, told apart from the other, which has the same permutation. */
const channelsFirst = defineOperator<{ perm: readonly number[]; channelsFirst: true }>({
  type: 'Transpose',
  domain: '',
  infer: ([x], { perm }) => [{ dtype: x.dtype, shape: perm.map((axis) => x.shape[axis]) }],
  gradient: { none: 'it is a lowered form' },
  onnx: { omit: ['channelsFirst'] },
});
const byChannel = (slices: Tensor): Tensor => emit(channelsFirst, [slices], { perm: exchange, channelsFirst: true });

/** Fewer products for each entry of a slice than this, and combining slices costs more than it saves. */
const leastWork = 48;

/** @param isConstant whether a tensor is known before the first run */
export const depthFirst =
  (isConstant: (tensor: Tensor) => boolean): Lowering =>
  (type, inputs, attributes) => {
    const [x, second] = inputs;
    if (x?.shape.length !== 5) return undefined;
    switch (type) {
      case 'Conv':
        return inputs.slice(1).every(isConstant)
          ? wrap(convolve(inputs, attributes as ConvolutionAttributes))
          : undefined;
      case 'MaxPool':
        return wrap(pool(x, attributes as PoolAttributes));
      case 'Relu': {
        const inner = exchanged(x);
        return inner && [byChannel(emit('Relu', [inner]))];
      }
      case 'Add': {
        if (second.shape.length !== 5 || sizeOf(second.shape) !== sizeOf(x.shape)) return undefined;
        if (exchanged(x) === undefined && exchanged(second) === undefined) return undefined;
        return [byChannel(emit('Add', [byDepth(x), byDepth(second)]))];
      }
      default:
        return undefined;
    }
  };

const wrap = (tensor: Tensor | undefined) => tensor && [tensor];

/** What the tensor is the exchanged form of. */
function exchanged({ node }: Tensor): Tensor | undefined {
  return node.operator === channelsFirst ? node.inputs[0] : undefined;
}

const byDepth = (x: Tensor): Tensor => exchanged(x) ?? transpose(x, exchange);

function convolve([x, weight, bias]: readonly Tensor[], attributes: ConvolutionAttributes): Tensor | undefined {
  const { strides, pads, dilations, group } = attributes;
  const [batch, channels, length, ...plane] = x.shape;
  const [outputs, , taps, ...kernel] = weight.shape;
  if (group !== 1 || channels * sizeOf(kernel) < leastWork) return undefined;
  const [depth, ...lengths] = windowCounts(x.shape.slice(2), weight.shape.slice(2), { strides, pads, dilations });
  const plan = planDepth({
    length,
    taps,
    outputs: depth,
    stride: strides[0],
    dilation: dilations[0],
    before: pads[0],
  });
  const { tiles, products, parts } = plan;
  const slices = combined(plan.input, reshape(byDepth(x), [batch, length, channels * sizeOf(plane)]));
  const y = emit(
    'Conv',
    [
      reshape(slices, [batch * tiles, products * parts * channels, ...plane]),
      combinedKernels(weight, plan),
      ...(bias === undefined ? [] : [ofFirstProduct(bias, plan)]),
    ],
    {
      strides: strides.slice(1),
      pads: [...pads.slice(1, 3), ...pads.slice(4)],
      dilations: dilations.slice(1),
      group: products,
    },
  );
  const flat = reshape(y, [batch, tiles * products, outputs * sizeOf(lengths)]);
  const whole = plan.output === undefined ? flat : combined(plan.output, flat);
  return byChannel(reshape(whole, [batch, depth, outputs, ...lengths]));
}

/** Sums of slices: `[N, D, …]` to `[N, rows, …]`. */
function combined(rows: Matrix, slices: Tensor): Tensor {
  const identity =
    rows.length === rows[0].length && rows.every((row, i) => row.every((value, j) => value === +(i === j)));
  return identity ? slices : matmul(literal(arrayOf(rows)), slices);
}

/** `[O, C, taps, …]` to `[products · O, parts · C, …]`. */
function combinedKernels(weight: Tensor, { products, parts, kernel }: DepthPlan): Tensor {
  const [outputs, channels, taps, ...plane] = weight.shape;
  const tapsFirst = reshape(transpose(weight, [2, 0, 1, 3, 4]), [taps, outputs * channels * sizeOf(plane)]);
  const rows = reshape(matmul(literal(arrayOf(kernel)), tapsFirst), [products, parts, outputs, channels, ...plane]);
  const shape = [products * outputs, parts * channels, ...plane];
  return reshape(transpose(rows, [0, 2, 1, 3, 4, 5]), shape);
}

/** Every output counts the first product once. */
function ofFirstProduct(bias: Tensor, { products }: DepthPlan): Tensor {
  return products === 1 ? bias : concat([bias, fill([(products - 1) * bias.shape[0]], 0)], 0);
}

/** The maximum of a slice, then along depth. */
function pool(x: Tensor, { kernelShape, strides, pads, ...rest }: PoolAttributes & { dilations?: readonly number[] }) {
  const inner = exchanged(x);
  const { dilations = [1, 1, 1] } = rest;
  const inPlane = kernelShape.slice(1).some((length) => length > 1) || strides.slice(1).some((stride) => stride > 1);
  if (inner === undefined || !inPlane) return undefined;
  const [batch, depth, channels, ...plane] = inner.shape;
  const slices = emit('MaxPool', [reshape(inner, [batch * depth, channels, ...plane])], {
    kernelShape: kernelShape.slice(1),
    strides: strides.slice(1),
    pads: [...pads.slice(1, 3), ...pads.slice(4)],
    dilations: dilations.slice(1),
  });
  const pooled = byChannel(reshape(slices, [batch, depth, channels, ...slices.shape.slice(2)]));
  const along = emit('MaxPool', [pooled], {
    kernelShape: [kernelShape[0], 1, 1],
    strides: [strides[0], 1, 1],
    pads: [pads[0], 0, 0, pads[3], 0, 0],
    dilations: [dilations[0], 1, 1],
  });
  return along;
}

function arrayOf(rows: Matrix) {
  const array = float32([rows.length, rows[0].length], 0);
  rows.forEach((row, i) => {
    array.data.set(row, i * row.length);
  });
  return array;
}
