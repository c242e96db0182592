/**
 * What ONNX Runtime's WebGPU kernels do not do right.
 * @module
 */
import type { Lowering } from '../../graph/passes/rewrite.ts';
import { pad } from '../../graph/primitives.ts';
import { emit, type Tensor } from '../../graph/tensor.ts';

/**
 * Convolution in two dimensions is wrong (1.30) where the output's channels come in fours and the input's do not: by
 * reading four channels at a time it takes the next pixel's for its own. Channels of zeros make the fours full.
 */
export const wholeFours: Lowering = (type, [x, weight, ...bias], attributes) => {
  if (type !== 'Conv' || x.shape.length !== 4 || attributes.group !== 1) return undefined;
  const missing = (4 - (x.shape[1] % 4)) % 4;
  if (missing === 0) return undefined;
  const filled = (tensor: Tensor) => pad(tensor, [0, 0, 0, 0], [0, missing, 0, 0]);
  return [emit('Conv', [filled(x), filled(weight), ...bias], attributes)];
};
