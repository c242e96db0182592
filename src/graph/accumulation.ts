/**
 * Sums of gradient contributions. Where a weight is used many times (every step of a recurrent network, every tower of a
 * siamese one) each use contributes a small product; joined along the axis they sum over, they are one large product,
 * which a processor does many times faster and without a sum over as many copies of the weight.
 * @module
 */
import { add, concat } from './primitives.ts';
import { emit, type Tensor } from './tensor.ts';

/** Products longer than this along the summed axis gain nothing from being joined. */
const longest = 1024;

/** The sum of tensors of one shape, at least one of them. */
export function sumOf(contributions: readonly Tensor[]): Tensor {
  const groups = new Map<string, Tensor[]>();
  contributions.forEach((tensor, i) => {
    const key = productKind(tensor) ?? `alone ${i}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [tensor]);
    else group.push(tensor);
  });
  return [...groups.values()]
    .map((group) => (group.length === 1 ? group[0] : joined(group)))
    .reduce((a, b) => add(a, b));
}

/** Equal for contributions that can be joined; `undefined` for one that stands alone. */
function productKind({ node, shape }: Tensor): string | undefined {
  const { operator, attributes, inputs } = node;
  const [a, b] = inputs as readonly Tensor[];
  if (operator.type === 'MatMul') {
    const { transposeA, transposeB } = attributes;
    if (!transposeA || transposeB || a.shape.length !== 2 || b.shape.length !== 2) return undefined;
    return a.shape[0] <= longest ? `product ${shape}` : undefined;
  }
  if (operator.type === 'ConvWeightGradient') {
    const summed = b.shape.reduce((product, length, axis) => (axis === 1 ? product : product * length), 1);
    return summed <= longest ? `${a.shape} ${b.shape} ${JSON.stringify(attributes)}` : undefined;
  }
  return undefined;
}

/** Both kinds sum over the first axis of both operands. */
function joined(products: readonly Tensor[]): Tensor {
  const [{ node }] = products;
  const operands = [0, 1].map((i) =>
    concat(
      products.map((product) => product.node.inputs[i]!),
      0,
    ),
  );
  return emit(node.operator, operands, node.attributes);
}
