/**
 * Convolution in 1, 2 and 3 dimensions, its transpose, and its weight gradient: a family closed under differentiation,
 * so gradients of gradients exist. Layouts: x `[N, C, …]`, weight `[O, C/groups, k…]`, y `[N, O, …]`.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape, sameShape } from '../../base/shape.ts';
import { add, concat, reduceSum, reshape, slice, sliceAxes, transpose } from '../primitives.ts';
import { defineOperator, emit, type Operator, type Tensor } from '../tensor.ts';
import { checkGeometry, windowCounts } from '../windows.ts';

export type ConvolutionAttributes = {
  strides: readonly number[];
  /** Before each spatial axis, then after each. */
  pads: readonly number[];
  dilations: readonly number[];
  group: number;
};
export type TransposeAttributes = ConvolutionAttributes & {
  /** Lengths added behind each spatial axis, to tell apart inputs that a stride maps to one length. */
  outputPadding: readonly number[];
};
export type WeightGradientAttributes = ConvolutionAttributes & { kernelShape: readonly number[] };

export interface ConvolutionOptions {
  bias?: Tensor;
  /** One number for all spatial axes, or one each. */
  stride?: number | readonly number[];
  /** One number for all spatial axes, one each, or those before every axis followed by those after. */
  padding?: number | readonly number[];
  dilation?: number | readonly number[];
  groups?: number;
}

const perAxis = (value: number | readonly number[], rank: number): readonly number[] =>
  typeof value === 'number' ? new Array<number>(rank).fill(value) : value;

/**
 * Convolution (cross-correlation, as every deep-learning library defines it).
 *
 * @param x `[N, C, …spatial]`
 * @param weight `[O, C/groups, …kernel]`
 * @returns `[N, O, …]` with length `⌊(n + pads − dilation (k − 1) − 1) / stride⌋ + 1` on each axis
 */
export function convolution(x: Tensor, weight: Tensor, options: ConvolutionOptions = {}): Tensor {
  const { bias, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const rank = weight.shape.length - 2;
  const pads = perAxis(padding, rank);
  return emit('Conv', bias === undefined ? [x, weight] : [x, weight, bias], {
    strides: perAxis(stride, rank),
    pads: pads.length === rank ? [...pads, ...pads] : pads,
    dilations: perAxis(dilation, rank),
    group: groups,
  });
}

/** Transposed convolution (the adjoint of `convolution` in x); weight `[C, O/groups, …kernel]`. */
export function convolutionTranspose(
  x: Tensor,
  weight: Tensor,
  { outputPadding = 0, ...options }: ConvolutionOptions & { outputPadding?: number | readonly number[] } = {},
): Tensor {
  const { bias, stride = 1, padding = 0, dilation = 1, groups = 1 } = options;
  const rank = weight.shape.length - 2;
  const pads = perAxis(padding, rank);
  const y = emit('ConvTranspose', [x, weight], {
    strides: perAxis(stride, rank),
    pads: pads.length === rank ? [...pads, ...pads] : pads,
    dilations: perAxis(dilation, rank),
    group: groups,
    outputPadding: perAxis(outputPadding, rank),
  });
  return bias === undefined ? y : add(y, reshape(bias, [1, bias.shape[0], ...new Array<number>(rank).fill(1)]));
}

function transposeOf(dy: Tensor, weight: Tensor, x: Tensor, attributes: ConvolutionAttributes): Tensor {
  const { strides, pads, dilations, group } = attributes;
  const rank = strides.length;
  const outputPadding = strides.map((stride, i) => {
    const reached =
      (dy.shape[i + 2] - 1) * stride - pads[i] - pads[i + rank] + dilations[i] * (weight.shape[i + 2] - 1) + 1;
    return x.shape[i + 2] - reached;
  });
  return emit('ConvTranspose', [dy, weight], { strides, pads, dilations, group, outputPadding });
}

function weightGradientOf(x: Tensor, dy: Tensor, weight: Tensor, attributes: ConvolutionAttributes): Tensor {
  const { strides, pads, dilations, group } = attributes;
  return emit('ConvWeightGradient', [x, dy], { strides, pads, dilations, group, kernelShape: weight.shape.slice(2) });
}

const sumOverPositions = (dy: Tensor): Tensor =>
  reduceSum(dy, { axes: dy.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis])) });

const plain = ({ strides, pads, dilations, group }: ConvolutionAttributes): ConvolutionAttributes => ({
  strides,
  pads,
  dilations,
  group,
});

/** Convolves x with dY as the kernel, batch and channels swapped, stride and dilation swapped; one group at a time. */
function weightGradientByConvolution(x: Tensor, dy: Tensor, attributes: WeightGradientAttributes): Tensor {
  const { strides, pads, dilations, group, kernelShape } = attributes;
  const swap = [1, 0, ...kernelShape.map((_, i) => i + 2)];
  const axes = kernelShape.map((_, i) => i + 2);
  const channels = x.shape[1] / group;
  const outputs = dy.shape[1] / group;
  const parts = Array.from({ length: group }, (_, g) => {
    const source = group === 1 ? x : slice(x, 1, g * channels, (g + 1) * channels);
    const kernel = group === 1 ? dy : slice(dy, 1, g * outputs, (g + 1) * outputs);
    const full = emit('Conv', [transpose(source, swap), transpose(kernel, swap)], {
      strides: dilations,
      dilations: strides,
      pads,
      group: 1,
    });
    const starts = axes.map(() => 0);
    return transpose(sliceAxes(full, axes, starts, kernelShape), swap);
  });
  return concat(parts, 0);
}

export const convolutionOperators: readonly Operator[] = [
  defineOperator<ConvolutionAttributes>({
    type: 'Conv',
    domain: '',
    infer: ([x, weight, bias], attributes) => {
      const { group } = attributes;
      if (x.shape.length !== weight.shape.length) {
        throw new SondeError(
          'shape/mismatch',
          `input of rank ${x.shape.length}, weight of rank ${weight.shape.length}`,
          { hint: 'both have a batch or output axis, a channel axis and the same spatial axes' },
        );
      }
      if (x.shape[1] !== weight.shape[1] * group) {
        throw new SondeError(
          'shape/mismatch',
          `weight expects ${weight.shape[1] * group} channels, got ${x.shape[1]}`,
          { hint: 'the input is [N, C, …], the weight [O, C / groups, …]' },
        );
      }
      if (weight.shape[0] % group !== 0) {
        throw new SondeError(
          'shape/mismatch',
          `${weight.shape[0]} output channels do not divide into ${group} groups`,
          { hint: 'choose a number of groups that divides both channel counts' },
        );
      }
      if (bias !== undefined && !sameShape(bias.shape, [weight.shape[0]])) {
        throw new SondeError('shape/mismatch', 'the bias has one entry an output channel', {
          expected: formatShape([weight.shape[0]]),
          hint: "a bias is a vector, one entry for each of the weight's first axis",
        });
      }
      const spatial = windowCounts(x.shape.slice(2), weight.shape.slice(2), attributes);
      return [{ dtype: x.dtype, shape: [x.shape[0], weight.shape[0], ...spatial] }];
    },
    // dX = convT(dY, W); dW[o,c,k] = Σ_{n,p} dY[n,o,p] X[n,c,p·s + k·d − pad]; db = Σ dY
    gradient: ({ inputs: [x, weight, bias], attributes, gradients: [dy], wanted }) => [
      wanted[0] ? transposeOf(dy!, weight, x, attributes) : undefined,
      wanted[1] ? weightGradientOf(x, dy!, weight, attributes) : undefined,
      bias !== undefined && wanted[2] ? sumOverPositions(dy!) : undefined,
    ],
  }),
  defineOperator<TransposeAttributes>({
    type: 'ConvTranspose',
    domain: '',
    infer: ([x, weight], { strides, pads, dilations, group, outputPadding }) => {
      checkGeometry(x.shape.length - 2, weight.shape.slice(2), { strides, pads, dilations });
      if (x.shape[1] % group !== 0) {
        throw new SondeError('shape/mismatch', `${x.shape[1]} channels do not divide into ${group} groups`, {
          hint: 'choose a number of groups that divides both channel counts',
        });
      }
      if (x.shape[1] !== weight.shape[0]) {
        throw new SondeError('shape/mismatch', `weight expects ${weight.shape[0]} channels, got ${x.shape[1]}`, {
          hint: 'the input is [N, C, …], the weight of a transposed convolution [C, O / groups, …]',
        });
      }
      if (!strides.every((stride, i) => outputPadding[i] >= 0 && outputPadding[i] < stride)) {
        throw new SondeError('shape/mismatch', 'output padding is shorter than the stride', {
          expected: `less than ${formatShape(strides)}`,
          found: formatShape(outputPadding),
          hint: 'it only tells apart input lengths that the stride maps to one',
        });
      }
      const rank = strides.length;
      const spatial = strides.map(
        (stride, i) =>
          (x.shape[i + 2] - 1) * stride -
          pads[i] -
          pads[i + rank] +
          dilations[i] * (weight.shape[i + 2] - 1) +
          1 +
          outputPadding[i],
      );
      return [{ dtype: x.dtype, shape: [x.shape[0], weight.shape[1] * group, ...spatial] }];
    },
    // The adjoint of a linear map in each operand: dX = conv(dY, W), dW = weight gradient with the operands' roles swapped.
    gradient: ({ inputs: [x, weight], attributes, gradients: [dy], wanted }) => [
      wanted[0] ? emit('Conv', [dy, weight], plain(attributes)) : undefined,
      wanted[1] ? weightGradientOf(dy!, x, weight, attributes) : undefined,
    ],
  }),
  defineOperator<WeightGradientAttributes>({
    type: 'ConvWeightGradient',
    domain: 'sonde',
    infer: ([x, dy], { group, kernelShape }) => [
      { dtype: x.dtype, shape: [dy.shape[1], x.shape[1] / group, ...kernelShape] },
    ],
    expand: ([x, dy], attributes) => [weightGradientByConvolution(x, dy, attributes)],
    // Linear in both operands: ⟨conv(X, G), dY⟩ = ⟨G, dW⟩.
    gradient: ({ inputs: [x, dy], attributes, gradients: [g], wanted }) => [
      wanted[0] ? transposeOf(dy, g!, x, attributes) : undefined,
      wanted[1] ? emit('Conv', [x, g], plain(attributes)) : undefined,
    ],
  }),
];
