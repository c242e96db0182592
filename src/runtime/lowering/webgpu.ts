/**
 * What ONNX Runtime's WebGPU kernels do not do, or not right.
 * @module
 */
import { sizeOf } from '../../base/shape.ts';
import type { TransposeAttributes } from '../../graph/operators/convolution.ts';
import type { Lowering } from '../../graph/passes/rewrite.ts';
import { concat, pad, scalar, sliceAxes } from '../../graph/primitives.ts';
import { emit, type Tensor } from '../../graph/tensor.ts';
import { interleave } from './interleave.ts';

/**
 * Convolution in two dimensions gave wrong values (1.30, measured on SwiftShader: 6 channels in, 8 out) where the input's
 * channels do not come in fours. Channels of zeros make the fours full.
 */
export const wholeFours: Lowering = (type, [x, weight, ...bias], attributes) => {
  if (type !== 'Conv' || x.shape.length !== 4 || attributes.group !== 1) return undefined;
  const missing = (4 - (x.shape[1] % 4)) % 4;
  if (missing === 0) return undefined;
  const filled = (tensor: Tensor) => pad(tensor, [0, 0, 0, 0], [0, missing, 0, 0]);
  return [emit('Conv', [filled(x), filled(weight), ...bias], attributes)];
};

/** Transposed convolution in three dimensions has no kernel: with zeros between the entries, its stride is one. */
export const stuffedTranspose: Lowering = (type, [x, weight, ...bias], attributes) => {
  if (type !== 'ConvTranspose' || x.shape.length !== 5) return undefined;
  const { strides } = attributes as TransposeAttributes;
  if (strides.every((stride) => stride === 1)) return undefined;
  const nothing = emit('Expand', [scalar(0)], { shape: x.shape });
  const woven = interleave([x, ...new Array<Tensor>(sizeOf(strides) - 1).fill(nothing)], strides);
  const axes = strides.map((_, i) => i + 2);
  const ends = strides.map((stride, i) => (x.shape[i + 2] - 1) * stride + 1);
  const stuffed = sliceAxes(
    woven,
    axes,
    axes.map(() => 0),
    ends,
  );
  return [emit('ConvTranspose', [stuffed, weight, ...bias], { ...attributes, strides: strides.map(() => 1) })];
};

/**
 * Grouped convolution in three dimensions has no kernel, and grouped transposed convolution in two is wrong (1.30) where a
 * group gives fewer channels than it takes: one convolution a group.
 */
export const groupByGroup: Lowering = (type, inputs, attributes) => {
  if (type !== 'Conv' && type !== 'ConvTranspose') return undefined;
  const groups = attributes.group as number;
  const rank = inputs[0].shape.length;
  if (groups === 1 || rank !== (type === 'Conv' ? 5 : 4)) return undefined;
  const parts = Array.from({ length: groups }, (_, group) => {
    // Channels of the input, outputs of the weight and of the bias lie group after group.
    const own = inputs.map((tensor, position) => {
      const axis = position === 0 ? 1 : 0;
      const share = tensor.shape[axis] / groups;
      return sliceAxes(tensor, [axis], [group * share], [(group + 1) * share]);
    });
    return emit(type, own, { ...attributes, group: 1 });
  });
  return [concat(parts, 1)];
};
