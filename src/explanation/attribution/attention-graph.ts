/**
 * Attention found in a graph, whoever wrote it: a softmax over products of queries and keys whose rows then weigh values.
 * @module
 */
import { type Node, type Tensor, topologicalOrder } from '../../graph/tensor.ts';

/** How the tokens that attend to one another lie in the input. */
export interface TokenLayout {
  /** All tokens, those of no place (class, distillation) among them. */
  readonly tokens: number;
  /** Tokens of no place; they come first. */
  readonly placeless: number;
  /** Places along frames, rows and columns, or rows and columns. */
  readonly grid: readonly number[];
}

export interface AttentionInGraph {
  readonly layout: TokenLayout;
  /** First layer to last, `[…, tokens, tokens]`: how much each query takes from each key. */
  readonly layers: readonly Tensor[];
}

/** Operators that change neither what is attended to nor its order. */
const passing = new Set(['Add', 'Sub', 'Mul', 'Div', 'Where', 'Reshape', 'Cast', 'Identity', 'Dropout', 'Clip']);
/** Nodes between a product and its softmax, or a softmax and the product, that are looked through. */
const reach = 6;

/**
 * The attention that outputs rest on, and where its tokens lie in `planes` inputs of `[C, …spatial]`; otherwise why none can
 * be shown, as the end of a sentence. `maps` are values beside the way to the outputs that may show the grid.
 */
export function attentionIn(
  outputs: readonly Tensor[],
  planes: number,
  spatial: readonly number[],
  maps: readonly Tensor[] = [],
): AttentionInGraph | string {
  const order = topologicalOrder(outputs);
  const readers = new Map<Tensor, Node[]>();
  for (const node of order) {
    for (const input of node.inputs) {
      if (input !== undefined) readers.set(input, [...(readers.get(input) ?? []), node]);
    }
  }
  const found = order.flatMap(({ operator, outputs: [weights], inputs: [scores] }) => {
    if (operator.type !== 'Softmax' || scores === undefined || weights.shape.length < 3) return [];
    const [queries, keys] = weights.shape.slice(-2);
    return queries === keys && queries > 1 && comesFromProduct(scores, reach) && weighsValues(weights, readers, reach)
      ? [weights]
      : [];
  });
  if (found.length === 0) return 'it has no layer in which places attend to one another';
  const tokens = found[0].shape.at(-1)!;
  if (found.some(({ shape }) => shape.at(-1) !== tokens)) return 'its layers attend among different numbers of tokens';
  // `[planes, heads, …]` or `[planes · heads, …]`: with parts of pictures in front, places attend within parts only.
  if (
    found.some(({ shape }) => shape.length > 4 || (shape.length === 4 ? shape[0] !== planes : shape[0] % planes > 0))
  ) {
    return 'its places attend to those of their own window only';
  }
  const layout = placesOf(tokens, spatial, [...maps, ...order.flatMap((node) => node.outputs)]);
  return layout === undefined
    ? `its ${tokens} tokens are not the places of a grid of the input, one each`
    : { layout, layers: found };
}

function comesFromProduct(tensor: Tensor, depth: number): boolean {
  const { operator, inputs } = tensor.node;
  if (operator.type === 'MatMul' || operator.type === 'Einsum') return true;
  if (depth === 0 || !passing.has(operator.type)) return false;
  return inputs.some((input) => input !== undefined && comesFromProduct(input, depth - 1));
}

function weighsValues(tensor: Tensor, readers: ReadonlyMap<Tensor, readonly Node[]>, depth: number): boolean {
  return (readers.get(tensor) ?? []).some(({ operator, inputs, outputs }) => {
    if (operator.type === 'MatMul' || operator.type === 'Einsum') return inputs[0] === tensor;
    return depth > 0 && passing.has(operator.type) && weighsValues(outputs[0], readers, depth - 1);
  });
}

/**
 * The grid on which tokens lie: one that the graph itself has as a map, else the only one whose cells have the input's
 * proportions. Up to two tokens are of no place.
 */
function placesOf(tokens: number, spatial: readonly number[], values: readonly Tensor[]): TokenLayout | undefined {
  const grids = values.flatMap(({ shape }) => (shape.length === spatial.length + 2 ? [shape.slice(2)] : []));
  for (const placeless of [0, 1, 2]) {
    const places = tokens - placeless;
    const grid = grids.find(
      (lengths) => product(lengths) === places && lengths.every((length, axis) => spatial[axis] % length === 0),
    );
    if (grid !== undefined) return { tokens, placeless, grid };
  }
  if (spatial.length !== 2) return undefined;
  for (const placeless of [0, 1, 2]) {
    const rows = Math.sqrt(((tokens - placeless) * spatial[0]) / spatial[1]);
    const columns = (rows * spatial[1]) / spatial[0];
    if (rows >= 1 && Number.isInteger(rows) && Number.isInteger(columns) && spatial[0] % rows === 0) {
      return { tokens, placeless, grid: [rows, columns] };
    }
  }
  return undefined;
}

const product = (lengths: readonly number[]) => lengths.reduce((whole, length) => whole * length, 1);
