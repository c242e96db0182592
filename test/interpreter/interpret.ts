/**
 * Evaluates graph tensors in float64 with plain loops: slow, exact, and written without a look at the operators' own
 * expansions, so that it can judge them, their lowered forms and the runtime.
 * @module
 */
import assert from 'node:assert/strict';
import { constantValue, isPlaceholder, type Node, type Tensor, topologicalOrder } from '../../src/graph/tensor.ts';
import { activationKernels } from './activations.ts';
import { arithmeticKernels } from './arithmetic.ts';
import { convolutionKernels } from './convolution.ts';
import { elementwiseKernels } from './elementwise.ts';
import { indexingKernels } from './indexing.ts';
import { layerNormalisationKernels } from './layer-normalisation.ts';
import { matmulKernels } from './matmul.ts';
import { movementKernels } from './movement.ts';
import { normalisationKernels } from './normalisation.ts';
import { poolingKernels } from './pooling.ts';
import { poolingVariantKernels } from './pooling-variants.ts';
import { rearrangementKernels } from './rearrangement.ts';
import { recurrentKernels } from './recurrent.ts';
import { reductionKernels } from './reduction.ts';
import { fromHost, type Kernel, type Values } from './values.ts';

/** Every operator the interpreter knows, by type. */
export const kernels: Readonly<Record<string, Kernel>> = {
  ...elementwiseKernels,
  ...reductionKernels,
  ...movementKernels,
  ...matmulKernels,
  ...convolutionKernels,
  ...poolingKernels,
  ...normalisationKernels,
  ...activationKernels,
  ...poolingVariantKernels,
  ...indexingKernels,
  ...arithmeticKernels,
  ...recurrentKernels,
  ...rearrangementKernels,
  ...layerNormalisationKernels,
};

/** Values of the tensors, given those of the placeholders. Also asserts that every inferred shape is the real one. */
export function interpret(tensors: readonly Tensor[], feeds: ReadonlyMap<Tensor, Values>): Values[] {
  const known = new Map<Tensor, Values>(feeds);
  for (const node of topologicalOrder(tensors)) {
    if (node.outputs.every((output) => known.has(output))) continue;
    outputsOf(node, known).forEach((value, i) => {
      assert.deepEqual([...value.shape], [...node.outputs[i].shape], `shape of ${node.operator.type}`);
      known.set(node.outputs[i], value);
    });
  }
  return tensors.map((tensor) => known.get(tensor)!);
}

function outputsOf(node: Node, known: ReadonlyMap<Tensor, Values>): readonly Values[] {
  const [first] = node.outputs;
  assert.ok(!isPlaceholder(first), `no value was given for ${String(node.attributes.name)}`);
  const constant = constantValue(first);
  if (constant !== undefined) return [fromHost(constant)];
  const kernel = kernels[node.operator.type];
  const { operator, attributes } = node;
  if (kernel === undefined && operator.expand !== undefined) {
    // Judged by others: a gradient by the differences of what it is the gradient of, a resampling by the runtime's kernel.
    return interpret(operator.expand(node.inputs as readonly Tensor[], attributes), known);
  }
  assert.ok(kernel !== undefined, `the interpreter does not know ${operator.type}`);
  const inputs = node.inputs.map((input) => (input === undefined ? undefined : known.get(input)!));
  const result = kernel(inputs as readonly Values[], attributes as never);
  return 'data' in result ? [result] : result;
}
