/**
 * What a program computes of constants alone is computed once, before it is compiled. ONNX Runtime would do the same while
 * it compiles, but holds every intermediate value beside the weights.
 * @module
 */
import { encodeModel } from '../../../graph/onnx/encode.ts';
import { placeholderName, toOnnx } from '../../../graph/onnx/export.ts';
import { rewrite } from '../../../graph/passes/rewrite.ts';
import { isPlaceholder, placeholder, type Tensor, topologicalOrder } from '../../../graph/tensor.ts';
import { type HostArray, zeros } from '../../../tensor/host-array.ts';
import { constancy } from '../../lowering/constant-weights.ts';
import { createSession, type SessionOptions } from './session.ts';

export interface WithConstants {
  readonly outputs: readonly Tensor[];
  readonly constants: ReadonlyMap<Tensor, HostArray>;
}

/** The same outputs, with a placeholder of known value in the place of everything that depends on constants alone. */
export async function withConstantValues(
  { outputs, constants }: WithConstants,
  options: SessionOptions,
): Promise<WithConstants> {
  const computed = computedConstants({ outputs, constants });
  if (computed.length === 0) return { outputs, constants };
  return inPlaceOf(computed, await valuesOf(computed, constants, options), { outputs, constants });
}

/** The same outputs, with placeholders of known value in the place of `computed`. */
export function inPlaceOf(
  computed: readonly Tensor[],
  values: readonly HostArray[],
  { outputs, constants }: WithConstants,
): WithConstants {
  const known = new Map<Tensor, HostArray>();
  const places = new Map<Tensor, Tensor>();
  computed.forEach((tensor, i) => {
    const place = placeholder(`constant/${i}`, tensor.dtype, tensor.shape);
    places.set(tensor, place);
    known.set(place, values[i]);
  });
  const replaced = rewrite(outputs, [
    (_type, _inputs, _attributes, [first]) => {
      const place = places.get(first);
      return place && [place];
    },
  ]);
  return { outputs: replaced, constants: new Map([...constants, ...known]) };
}

/** Where constants meet what is not constant, of nodes that compute one tensor. */
export function computedConstants({ outputs, constants }: WithConstants): Tensor[] {
  const isConstant = constancy(constants);
  const found = new Set<Tensor>();
  for (const node of topologicalOrder(outputs)) {
    if (node.outputs.some(isConstant)) continue;
    for (const input of node.inputs) {
      if (input === undefined || !isConstant(input) || isPlaceholder(input)) continue;
      if (input.node.inputs.length > 0 && input.node.outputs.length === 1) found.add(input);
    }
  }
  return [...found];
}

/** What tensors of constants alone are, computed once. */
export async function valuesOf(
  tensors: readonly Tensor[],
  constants: ReadonlyMap<Tensor, HostArray>,
  options: SessionOptions,
): Promise<HostArray[]> {
  // A session of nothing is refused.
  if (tensors.length === 0) return [];
  const inputs = topologicalOrder(tensors).flatMap(({ outputs: [first] }) => (isPlaceholder(first) ? [first] : []));
  const model = toOnnx(inputs, Object.fromEntries(tensors.map((tensor, i) => [`constant/${i}`, tensor])));
  // Without the arena, and node after node, every value is given back as soon as it has been used.
  const session = await createSession(encodeModel(model), { ...options, arena: false });
  const values = tensors.map(({ dtype, shape }) => zeros(dtype, shape));
  const fed = Object.fromEntries(inputs.map((tensor) => [placeholderName(tensor), constants.get(tensor)!]));
  const binding = session.bind(fed, Object.fromEntries(values.map((value, i) => [`constant/${i}`, value])));
  try {
    await session.run(binding);
  } finally {
    binding.release();
    await session.release();
  }
  return values;
}
