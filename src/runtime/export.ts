/**
 * Tensors as a model that every reader of ONNX knows.
 * @module
 */
import { type ExportOptions, toOnnx } from '../graph/onnx/export.ts';
import type { OnnxModel } from '../graph/onnx/model.ts';
import { rewrite } from '../graph/passes/rewrite.ts';
import type { Tensor } from '../graph/tensor.ts';
import { standardLowerings } from './lowering/index.ts';

/** Composites are written out in operators of the standard; see `toOnnx` for the rest. */
export function exportModel(
  inputs: readonly Tensor[],
  outputs: Readonly<Record<string, Tensor>>,
  options: ExportOptions = {},
): OnnxModel {
  const names = Object.keys(outputs);
  const lowered = rewrite(Object.values(outputs), standardLowerings);
  return toOnnx(inputs, Object.fromEntries(names.map((name, i) => [name, lowered[i]])), options);
}
