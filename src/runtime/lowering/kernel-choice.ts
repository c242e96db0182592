/**
 * Single operators for which ONNX Runtime has a better kernel than their definition, or their definition is better than
 * its kernel.
 * @module
 */
import type { Lowering } from '../../graph/passes/rewrite.ts';
import { defineOperator, emit, operatorTable } from '../../graph/tensor.ts';

const fused = (type: string, floats: readonly string[] = []) =>
  defineOperator({
    type,
    domain: 'com.microsoft',
    infer: ([x]) => [{ dtype: x.dtype, shape: x.shape }],
    gradient: { none: 'it is a lowered form' },
    onnx: { floats },
  });

const exactGelu = fused('Gelu');
const tanhGelu = fused('FastGelu');
/** x σ(αx) */
const quickGelu = fused('QuickGelu', ['alpha']);

/** Takes the better of kernel and definition where measurements tell them apart. */
export const chooseKernel: Lowering = (type, [x], attributes, [y]) => {
  switch (type) {
    case 'Gelu':
      if (y.node.operator.domain !== 'sonde') return undefined;
      if (attributes.approximate !== 'tanh') return [emit(exactGelu, [x])];
      // The kernel refuses scalars.
      return x.shape.length === 0 ? undefined : [emit(tanhGelu, [x])];
    case 'Silu':
      return [emit(quickGelu, [x], { alpha: 1 })];
    case 'LRN':
      return operatorTable.get('LRN')!.expand!([x], attributes);
    case 'Resize':
      // The kernel interpolates cubically in two dimensions only.
      return attributes.mode === 'cubic' && x.shape.length !== 4
        ? operatorTable.get('Resize')!.expand!([x], attributes)
        : undefined;
    default:
      return undefined;
  }
};
