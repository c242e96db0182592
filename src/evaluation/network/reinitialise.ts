/**
 * A network of the same form that has learned nothing: what every result stands beside where nobody kept the weights
 * that a model started from.
 * @module
 */
import type { Random } from '../../base/random.ts';
import { inputShape } from '../../data/transform/presentation.ts';
import { readInt } from '../../graph/onnx/attributes.ts';
import { fromOnnx } from '../../graph/onnx/import.ts';
import type { OnnxModel, OnnxNode } from '../../graph/onnx/model.ts';
import { topologicalOrder } from '../../graph/tensor.ts';
import { constantInitialiser, fans, heFanOut, normalInitialiser, uniformInitialiser } from '../../nn/initialisers.ts';
import type { HostArray } from '../../tensor/host-array.ts';
import { storedNormalisation } from './batch-statistics.ts';
import type { NetworkSource } from './learning-network.ts';
import { withWeights } from './learning-network.ts';

type Draw = (value: HostArray, random: Random) => HostArray;

const zero: Draw = ({ shape }, random) => constantInitialiser(0)(shape, random);
const one: Draw = ({ shape }, random) => constantInitialiser(1)(shape, random);

/**
 * The model with every weight drawn anew, each from its own stream: kernels from N(0, 2 / fan out), matrices from
 * U(±1 / √fan in), biases 0, normalisation the identity. What plays no part that is known (a position, a class token) is
 * drawn with the spread that it has, so that its scale says nothing of what was learned.
 */
export function reinitialised(source: NetworkSource, random: Random): OnnxModel {
  const { model, input, presentation, rank } = source;
  const draws = new Map<string, Draw>();
  for (const node of model.graph.nodes) {
    node.inputs.forEach((name, position) => {
      const value = model.graph.initialisers.get(name);
      const draw = value === undefined ? undefined : drawFor(node, position, value.shape.length);
      if (draw !== undefined && !draws.has(name)) draws.set(name, draw);
    });
  }
  const shape = [source.fixedBatch ?? 2, ...inputShape(presentation, rank)];
  const { parameters, outputs } = fromOnnx(model, { shapes: { [input]: shape } });
  const nameOf = new Map([...parameters].map(([name, { tensor }]) => [tensor, name]));
  for (const node of topologicalOrder(Object.values(outputs))) {
    const found = node.outputs.length === 1 ? storedNormalisation(node.outputs[0]) : undefined;
    if (found === undefined) continue;
    const { scale, shift, mean, variance } = found;
    const parts = [
      [scale, one],
      [shift, zero],
      [mean, zero],
      [variance, one],
    ] as const;
    for (const [tensor, draw] of parts) {
      const name = tensor === undefined ? undefined : nameOf.get(tensor);
      if (name !== undefined) draws.set(name, draw);
    }
  }
  const values = new Map<string, HostArray>();
  for (const [name, { value }] of parameters) {
    if (value.dtype === 'float32') values.set(name, (draws.get(name) ?? likeBefore)(value, random.split(name)));
  }
  return withWeights(model, values);
}

function drawFor(node: OnnxNode, position: number, rank: number): Draw | undefined {
  switch (node.operator) {
    case 'Conv':
      return position === 1 ? ({ shape }, random) => heFanOut(shape, random) : zero;
    case 'ConvTranspose':
      return position === 1
        ? ({ shape }, random) => normalInitialiser(Math.sqrt(2 / fans(shape).fanIn))(shape, random)
        : zero;
    case 'Gemm':
      if (position === 2) return zero;
      return matrix(readInt(node, 'transB', 0) === 1);
    case 'MatMul':
      return matrix(false);
    case 'LayerNormalization':
    case 'GroupNormalization':
    case 'InstanceNormalization':
      return position === 1 ? one : zero;
    case 'Add':
      return rank === 1 ? zero : undefined;
    case 'Mul':
      return rank === 1 ? one : undefined;
    default:
      return undefined;
  }
}

/** `[out, in]` where it is multiplied transposed, `[…, in, out]` where it is not. */
function matrix(transposed: boolean): Draw {
  return ({ shape }, random) => {
    const fanIn = transposed ? shape[1] : (shape.at(-2) ?? 1);
    return uniformInitialiser(1 / Math.sqrt(fanIn))(shape, random);
  };
}

/** N(0, mean square of what it was). */
const likeBefore: Draw = (value, random) => {
  const data = value.data as Float32Array;
  const squares = data.reduce((sum, x) => sum + x * x, 0);
  return normalInitialiser(Math.sqrt(squares / Math.max(1, data.length)))(value.shape, random);
};
