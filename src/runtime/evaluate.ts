/**
 * Computes tensors once: for tests, notebooks and small questions. Training and extraction compile programs instead.
 * @module
 */
import { placeholderName } from '../graph/onnx/export.ts';
import type { Tensor } from '../graph/tensor.ts';
import { type HostArray, zeros } from '../tensor/host-array.ts';
import type { Backend } from './backends/backend.ts';
import type { CompileOptions } from './program.ts';

/** Values of the tensors, given values of the placeholders they depend on. */
export async function evaluate(
  tensors: readonly Tensor[],
  feeds: ReadonlyMap<Tensor, HostArray>,
  backend: Backend,
  options: CompileOptions = {},
): Promise<HostArray[]> {
  const inputs = Object.fromEntries([...feeds.keys()].map((tensor) => [placeholderName(tensor), tensor]));
  const outputs = Object.fromEntries(tensors.map((tensor, i) => [`output${i}`, tensor]));
  const executable = await backend.compile('evaluate', inputs, outputs, options);
  const results = tensors.map(({ dtype, shape }) => zeros(dtype, shape));
  const fed = Object.fromEntries([...feeds].map(([tensor, value]) => [placeholderName(tensor), value]));
  const binding = executable.bind(fed, Object.fromEntries(results.map((array, i) => [`output${i}`, array])));
  try {
    await executable.run(binding);
  } finally {
    binding.release();
    await executable.release();
  }
  return results;
}
