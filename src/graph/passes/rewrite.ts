/**
 * Rebuilds a graph bottom-up: composites are lowered, equal nodes are shared, what has no effect is dropped.
 * @module
 */
import '../operators/index.ts';
import { SondeError } from '../../base/errors.ts';
import { type Attributes, emitAll, inScope, isPlaceholder, type Node, type Tensor } from '../tensor.ts';
import { simplify } from './simplify.ts';

/** Replaces a node by other tensors, or leaves it (`undefined`). */
export type Lowering = (
  type: string,
  inputs: readonly Tensor[],
  attributes: Attributes,
  outputs: readonly Tensor[],
) => readonly Tensor[] | undefined;

/**
 * The same tensors out of operators that the target knows.
 *
 * @param lowerings tried in turn on every node; a composite that none takes is expanded by its own definition
 */
export function rewrite(tensors: readonly Tensor[], lowerings: readonly Lowering[] = []): Tensor[] {
  const done = new Map<Tensor, Tensor>();
  const known = new Map<string, readonly Tensor[]>();
  const numbers = new Map<Tensor, number>();
  const numberOf = (tensor: Tensor | undefined): number => {
    if (tensor === undefined) return -1;
    let number = numbers.get(tensor);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(tensor, number);
    }
    return number;
  };

  const shared = (node: Node, inputs: readonly (Tensor | undefined)[]): readonly Tensor[] => {
    if (inputs.length === 0 && node.outputs.some(isPlaceholder)) return node.outputs;
    const key = `${node.operator.type}(${inputs.map(numberOf).join()})${attributeKey(node.attributes)}`;
    const earlier = known.get(key);
    if (earlier !== undefined) return earlier;
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const outputs = same ? node.outputs : inScope(node.scope, () => emitAll(node.operator, inputs, node.attributes));
    known.set(key, outputs);
    return outputs;
  };

  const replace = (node: Node, inputs: readonly Tensor[]): readonly Tensor[] | undefined => {
    const { operator, attributes, outputs } = node;
    for (const lowering of lowerings) {
      const lowered = lowering(operator.type, inputs, attributes, outputs);
      if (lowered !== undefined) return lowered;
    }
    if (operator.domain !== 'sonde' || node.outputs.some(isPlaceholder)) return simplify(node, inputs);
    if (operator.expand === undefined) {
      throw new SondeError('graph/unsupported', `the composite ${operator.type} has no lowering here`);
    }
    return operator.expand(inputs, attributes);
  };

  const visit = (root: Tensor): void => {
    const stack: Tensor[] = [root];
    while (stack.length > 0) {
      const tensor = stack[stack.length - 1];
      if (done.has(tensor)) {
        stack.pop();
        continue;
      }
      const { node } = tensor;
      const missing = node.inputs.filter((input): input is Tensor => input !== undefined && !done.has(input));
      if (missing.length > 0) {
        stack.push(...missing);
        continue;
      }
      stack.pop();
      const inputs = node.inputs.map((input) => (input === undefined ? undefined : done.get(input)!));
      const replacement = inScope(node.scope, () => replace(node, inputs as readonly Tensor[]));
      if (replacement === undefined) {
        const outputs = shared(node, inputs);
        node.outputs.forEach((output, i) => {
          done.set(output, outputs[i]);
          done.set(outputs[i], outputs[i]);
        });
      } else {
        replacement.forEach((result) => {
          visit(result);
        });
        node.outputs.forEach((output, i) => {
          done.set(output, done.get(replacement[i])!);
        });
      }
    }
  };

  tensors.forEach(visit);
  return tensors.map((tensor) => done.get(tensor)!);
}

let identities = 0;
const identityOf = new WeakMap<object, number>();

/** Equal attributes give equal keys; large constants are told apart by identity. */
function attributeKey(attributes: Attributes): string {
  return JSON.stringify(attributes, (_, value) => {
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
    if (!ArrayBuffer.isView(value)) return value;
    const array = value as unknown as ArrayLike<number | bigint>;
    if (array.length <= 64) return Array.from(array, (x) => (Object.is(x, -0) ? '-0' : String(x))).join();
    let identity = identityOf.get(value.buffer);
    if (identity === undefined) identityOf.set(value.buffer, (identity = ++identities));
    return `#${identity}+${value.byteOffset}`;
  });
}
