/**
 * Normalisation with stored statistics turned back into normalisation with the statistics of the batch, so that a network
 * which was exported to be used can go on learning: from a network whose stored statistics are those of other pictures,
 * or of no pictures at all, fine-tuning does not recover.
 * @module
 */

import { sizeOf } from '../../base/shape.ts';
import { batchNormalisation } from '../../graph/operators/normalisation.ts';
import { fill } from '../../graph/primitives.ts';
import { constantValue, emitAll, inScope, isPlaceholder, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import { followed, usualMomentum } from '../../nn/layers/running-statistics.ts';

/** A normalisation `x · gain + offset` a channel, with gain = scale / √(variance + ε) and offset = shift − mean · gain. */
export interface StoredNormalisation {
  readonly x: Tensor;
  /** Absent where the normalisation has none. */
  readonly scale: Tensor | undefined;
  readonly shift: Tensor | undefined;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly epsilon: number;
}

/** Reads the parts of a normalisation off the sum that it ends in; `undefined` where it is another sum. */
export function storedNormalisation(sum: Tensor): StoredNormalisation | undefined {
  for (const [product, offset] of bothWays(sum, 'Add')) {
    for (const [x, perChannel] of bothWays(product, 'Mul')) {
      const gain = beneathReshape(perChannel);
      const scaled = gain === undefined ? undefined : readGain(gain);
      if (gain === undefined || scaled === undefined) continue;
      const shifted = readOffset(beneathReshape(offset), gain);
      if (shifted !== undefined) return { x, ...scaled, ...shifted };
    }
  }
  return undefined;
}

function readGain(gain: Tensor): Pick<StoredNormalisation, 'scale' | 'variance' | 'epsilon'> | undefined {
  const candidates: (readonly [Tensor | undefined, Tensor])[] = [[undefined, gain], ...bothWays(gain, 'Mul')];
  for (const [scale, inverse] of candidates) {
    const root = operandOf(inverse, 'Reciprocal');
    const total = root === undefined ? undefined : operandOf(root, 'Sqrt');
    if (total === undefined) continue;
    for (const [variance, constant] of bothWays(total, 'Add')) {
      const epsilon = constantValue(constant);
      if (isPlaceholder(variance) && epsilon !== undefined && epsilon.data.length === 1) {
        return { scale, variance, epsilon: Number(epsilon.data[0]) };
      }
    }
  }
  return undefined;
}

function readOffset(offset: Tensor | undefined, gain: Tensor): Pick<StoredNormalisation, 'shift' | 'mean'> | undefined {
  if (offset === undefined) return undefined;
  const negated = operandOf(offset, 'Neg');
  const subtraction = offset.node.operator.type === 'Sub' ? offset.node.inputs : undefined;
  const product = negated ?? subtraction?.[1];
  if (product === undefined) return undefined;
  const pair = bothWays(product, 'Mul').find(([mean, other]) => other === gain && isPlaceholder(mean));
  return pair === undefined ? undefined : { shift: subtraction?.[0], mean: pair[0] };
}

function bothWays(tensor: Tensor, type: string): readonly (readonly [Tensor, Tensor])[] {
  const { operator, inputs } = tensor.node;
  const [a, b] = inputs;
  return operator.type !== type || a === undefined || b === undefined
    ? []
    : [
        [a, b],
        [b, a],
      ];
}

function operandOf(tensor: Tensor, type: string): Tensor | undefined {
  return tensor.node.operator.type === type ? tensor.node.inputs[0] : undefined;
}

function beneathReshape(tensor: Tensor): Tensor | undefined {
  return operandOf(tensor, 'Reshape');
}

export interface LearningNormalisation {
  readonly tensors: readonly Tensor[];
  /** Next values of stored statistics, by the placeholder that holds them. */
  readonly updates: ReadonlyMap<Tensor, Tensor>;
}

/**
 * The same tensors with the chosen normalisations by the statistics of the batch, and what becomes of their running ones.
 * Everything else is the same computation.
 *
 * @param replaced what stands in for placeholders, where another does
 * @param momentum share of the batch in the running statistics
 */
export function withBatchStatistics(
  tensors: readonly Tensor[],
  replaced: ReadonlyMap<Tensor, Tensor>,
  chosen: (normalisation: StoredNormalisation) => boolean,
  momentum: number | Tensor = usualMomentum,
): LearningNormalisation {
  const done = new Map(replaced);
  const updates = new Map<Tensor, Tensor>();
  const learning = (found: StoredNormalisation): Tensor => {
    const x = done.get(found.x)!;
    const channels = found.mean.shape;
    const scale = found.scale === undefined ? fill(channels, 1) : done.get(found.scale)!;
    const shift = found.shift === undefined ? fill(channels, 0) : done.get(found.shift)!;
    const { y, mean, variance } = batchNormalisation(x, scale, shift, found.epsilon);
    const count = sizeOf(x.shape) / x.shape[1];
    const follow = (stored: Tensor, value: Tensor, factor: number) =>
      updates.set(stored, followed(updates.get(stored) ?? done.get(stored)!, value, momentum, factor));
    follow(found.mean, mean, 1);
    follow(found.variance, variance, count / Math.max(1, count - 1));
    return y;
  };
  for (const node of topologicalOrder(tensors)) {
    if (done.has(node.outputs[0])) continue;
    const found = node.outputs.length === 1 ? storedNormalisation(node.outputs[0]) : undefined;
    if (found !== undefined && chosen(found)) {
      done.set(
        node.outputs[0],
        inScope(node.scope, () => learning(found)),
      );
      continue;
    }
    const inputs = node.inputs.map((input) => input && done.get(input)!);
    const same = inputs.every((input, i) => input === node.inputs[i]);
    const outputs = same ? node.outputs : inScope(node.scope, () => emitAll(node.operator, inputs, node.attributes));
    node.outputs.forEach((output, i) => {
      done.set(output, outputs[i]);
    });
  }
  return { tensors: tensors.map((tensor) => done.get(tensor)!), updates };
}
