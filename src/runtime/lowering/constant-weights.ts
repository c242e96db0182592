/**
 * Weights that never change: what scales or shifts the channels of a convolution's result becomes part of its weights.
 * @module
 */
import { sameShape } from '../../base/shape.ts';
import type { Lowering } from '../../graph/passes/rewrite.ts';
import { add, multiply, reshape } from '../../graph/primitives.ts';
import { constantValue, emit, type Tensor, topologicalOrder } from '../../graph/tensor.ts';

/** Whether a tensor depends on constants and the given placeholders alone. */
export function constancy(known: ReadonlyMap<Tensor, unknown>): (tensor: Tensor) => boolean {
  const memory = new Map<Tensor, boolean>();
  const isConstant = (tensor: Tensor): boolean => {
    let constant = memory.get(tensor);
    if (constant !== undefined) return constant;
    const { inputs } = tensor.node;
    constant = known.has(tensor) || constantValue(tensor) !== undefined;
    constant ||= inputs.length > 0 && inputs.every((input) => input === undefined || isConstant(input));
    memory.set(tensor, constant);
    return constant;
  };
  return isConstant;
}

/** Results of convolutions that only one node reads, of all that the tensors depend on. */
function readOnce(roots: readonly Tensor[]): ReadonlySet<Tensor> {
  const readers = new Map<Tensor, number>(roots.map((root) => [root, 2]));
  for (const { inputs } of topologicalOrder(roots)) {
    for (const input of inputs) if (input !== undefined) readers.set(input, (readers.get(input) ?? 0) + 1);
  }
  return new Set([...readers].flatMap(([tensor, count]) => (count === 1 ? [tensor] : [])));
}

/** Folds products and sums with a constant a channel into the convolution before them. */
export function foldIntoConvolutions(roots: readonly Tensor[], isConstant: (tensor: Tensor) => boolean): Lowering {
  const single = readOnce(roots);
  return (type, inputs, _, [output]) => {
    if ((type !== 'Mul' && type !== 'Add') || inputs.length !== 2) return undefined;
    const position = inputs.findIndex(({ node }) => node.operator.type === 'Conv');
    const original = output.node.inputs[position];
    if (original === undefined || !single.has(original)) return undefined;
    const [convolved, factor] = [inputs[position], inputs[1 - position]];
    const [x, weight, bias] = convolved.node.inputs as readonly Tensor[];
    if (!onePerChannel(factor, convolved) || ![weight, bias ?? weight, factor].every(isConstant)) return undefined;
    const perChannel = reshape(factor, [weight.shape[0]]);
    const parameters =
      type === 'Add'
        ? [weight, bias === undefined ? perChannel : add(bias, perChannel)]
        : [
            multiply(weight, reshape(factor, [-1, ...weight.shape.slice(1).map(() => 1)])),
            ...(bias === undefined ? [] : [multiply(bias, perChannel)]),
          ];
    return [emit('Conv', [x, ...parameters], convolved.node.attributes)];
  };
}

/** Whether the factor has one entry for each channel of x, and its rank fits. */
function onePerChannel({ shape }: Tensor, x: Tensor): boolean {
  const aligned = [...new Array<number>(Math.max(0, x.shape.length - shape.length)).fill(1), ...shape];
  return sameShape(
    aligned,
    x.shape.map((length, axis) => (axis === 1 ? length : 1)),
  );
}
