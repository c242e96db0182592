/**
 * Lowerings for ONNX Runtime's providers and for plain ONNX files.
 * @module
 */
import { broadcastShapes } from '../../base/shape.ts';
import type { TransposeAttributes, WeightGradientAttributes } from '../../graph/operators/convolution.ts';
import { type Lowering, rewrite } from '../../graph/passes/rewrite.ts';
import { transpose } from '../../graph/primitives.ts';
import { defineOperator, emit, type Tensor } from '../../graph/tensor.ts';
import { constancy, foldIntoConvolutions } from './constant-weights.ts';
import { lowerTransposedConvolution, lowerWeightGradient } from './convolution.ts';
import { depthFirst } from './depth-first.ts';
import { chooseKernel } from './kernel-choice.ts';
import { lowerBatchNormGradient, lowerBatchNormTraining, lowerReluGradient } from './normalisation.ts';
import { groupByGroup, stuffedTranspose, wholeFours } from './webgpu.ts';

const fusedMatMul = defineOperator<{ transA: number; transB: number }>({
  type: 'FusedMatMul',
  domain: 'com.microsoft',
  infer: ([a, b], { transA, transB }) => {
    const rows = a.shape[a.shape.length - (transA ? 1 : 2)];
    const columns = b.shape[b.shape.length - (transB ? 2 : 1)];
    const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
    return [{ dtype: a.dtype, shape: [...batch, rows, columns] }];
  },
  gradient: { none: 'it is a lowered form' },
});

/** Products with transposed operands: Gemm for matrices. */
const matrixProduct =
  (batched: (a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean) => Tensor): Lowering =>
  (type, [a, b], attributes) => {
    if (type !== 'MatMul') return undefined;
    const { transposeA, transposeB } = attributes as { transposeA: boolean; transposeB: boolean };
    if (!transposeA && !transposeB) return undefined;
    if (a.shape.length === 2 && b.shape.length === 2) {
      return [emit('Gemm', [a, b], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0, alpha: 1, beta: 1 })];
    }
    return [batched(a, b, transposeA, transposeB)];
  };

const swapLast = (x: Tensor): Tensor => {
  const rank = x.shape.length;
  return transpose(
    x,
    x.shape.map((_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i)),
  );
};

/** Operators that every reader of ONNX knows. */
export const standardLowerings: readonly Lowering[] = [
  matrixProduct((a, b, transposeA, transposeB) =>
    emit('MatMul', [transposeA ? swapLast(a) : a, transposeB ? swapLast(b) : b], {
      transposeA: false,
      transposeB: false,
    }),
  ),
  (type, [x, weight], attributes) =>
    type === 'ConvTranspose' && (attributes as TransposeAttributes).strides.length === 3
      ? wrap(lowerTransposedConvolution(x, weight, attributes as TransposeAttributes))
      : undefined,
];

const weightGradientByProduct: Lowering = (type, [x, dy], attributes) =>
  type === 'ConvWeightGradient' ? wrap(lowerWeightGradient(x, dy, attributes as WeightGradientAttributes)) : undefined;

/**
 * What ONNX Runtime's kernels for graphics processors know: operators of the standard only, normalisation in training
 * mode by its definition (WebGPU has no such kernel). What a provider lacks all the same runs on the processor.
 */
export const acceleratorLowerings: readonly Lowering[] = [...standardLowerings, weightGradientByProduct];

export const webgpuLowerings: readonly Lowering[] = [
  ...acceleratorLowerings,
  wholeFours,
  stuffedTranspose,
  groupByGroup,
];

/** What ONNX Runtime's CPU kernels do best. */
export const processorLowerings: readonly Lowering[] = [
  matrixProduct((a, b, transposeA, transposeB) =>
    emit(fusedMatMul, [a, b], { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 }),
  ),
  (type, [x, weight], attributes) =>
    type === 'ConvTranspose'
      ? wrap(lowerTransposedConvolution(x, weight, attributes as TransposeAttributes))
      : undefined,
  weightGradientByProduct,
  (type, inputs, attributes) => {
    if (type === 'BatchNormTraining') return lowerBatchNormTraining(inputs, attributes.epsilon as number);
    if (type === 'BatchNormGradient') return lowerBatchNormGradient(inputs, attributes.epsilon as number);
    return type === 'ReluGradient' ? lowerReluGradient(inputs) : undefined;
  },
  chooseKernel,
];

/**
 * Outputs lowered for the processor; with constants, weights that never change are made ready for its best kernels.
 *
 * @param constants values of placeholders that are part of the model
 */
export function lowerForProcessor(outputs: readonly Tensor[], constants?: ReadonlyMap<Tensor, unknown>): Tensor[] {
  const lowered = rewrite(outputs, processorLowerings);
  if (constants === undefined || constants.size === 0) return lowered;
  const isConstant = constancy(constants);
  const folded = rewrite(lowered, [foldIntoConvolutions(lowered, isConstant)]);
  return rewrite(folded, [depthFirst(isConstant)]);
}

function wrap(tensor: Tensor | undefined): readonly Tensor[] | undefined {
  return tensor === undefined ? undefined : [tensor];
}
