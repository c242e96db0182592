/**
 * Eight siamese columns, joined late, and the heads of the Rubik's cube tasks.
 * @module
 */
import { oneHot } from '../graph/operators/indexing.ts';
import { add, cast, equal, greater, multiply, reduceMean, reshape, slice } from '../graph/primitives.ts';
import type { Tensor } from '../graph/tensor.ts';
import { linearLayer } from '../nn/layers/linear.ts';
import { binaryCrossEntropy } from '../nn/losses/binary-cross-entropy.ts';
import { accuracyOf, crossEntropy } from '../nn/losses/cross-entropy.ts';
import { classificationTask } from './classification.ts';
import { describeCubes } from './cube-network.ts';
import type { BuildContext, Built, Chance } from './method.ts';
import { orderName, type PermutationSet } from './permutation-set.ts';
import { cubeCount, type RubikOptions } from './rubik-puzzle.ts';

/** One part of the objective: its loss, how many of its questions are answered right. */
interface Part {
  readonly loss: Tensor;
  readonly accuracy: Tensor;
}

/** The weighted sum of the order's, the turns' and the masks' losses; weights of parts that are absent do not count. */
export function buildRubik(
  { options: chosen, prepared, inputs, scope, trunk }: BuildContext<RubikOptions, PermutationSet>,
  weights: { readonly order: number; readonly turns: number; readonly masks?: number },
): Built {
  const { trunkOutput, all } = describeCubes({ scope, trunk }, inputs.cubes, chosen);
  const orders = linearLayer(scope, 'order', all, { features: chosen.permutations });
  const names = prepared.orders.map(orderName);
  const task = classificationTask(trunkOutput, orders, inputs.order, names);
  const parts: Record<string, Tensor> = { order: task.objectives[0].loss };
  const measures: Record<string, Tensor> = { ...task.measures };
  let loss = multiply(parts.order, weights.order);
  const include = (name: string, weight: number, part: Part) => {
    parts[name] = part.loss;
    measures[`${name}Accuracy`] = part.accuracy;
    loss = add(loss, multiply(part.loss, weight));
  };
  if (inputs.turns !== undefined) {
    const kinds = chosen.rotation === 'softmax' ? 3 : 2;
    const logits = linearLayer(scope, 'turns', all, { features: cubeCount * kinds });
    const answers = inputs.turns;
    include('turns', weights.turns, kinds === 3 ? oneOfThree(logits, answers) : twoBits(logits, answers));
  }
  if (inputs.masked !== undefined) {
    const logits = linearLayer(scope, 'masks', all, { features: cubeCount });
    include('masks', weights.masks ?? 0, yesOrNo(logits, inputs.masked));
  }
  return { ...task, objectives: [{ name: 'puzzle', loss, parts }], measures };
}

function oneOfThree(logits: Tensor, turns: Tensor): Part {
  const rows = turns.shape[0] * cubeCount;
  const [each, answers] = [reshape(logits, [rows, 3]), reshape(turns, [rows])];
  return { loss: crossEntropy(each, answers), accuracy: accuracyOf(each, answers) };
}

/**
 * Both bits of every cube, each with its full binary cross-entropy. The formula as printed counts only the bits that are
 * set, so that answering yes to everything loses nothing.
 */
function twoBits(logits: Tensor, turns: Tensor): Part {
  const [batch] = turns.shape;
  const bits = slice(oneHot(turns, 3), 2, 1, 3);
  const { loss, accuracy } = yesOrNo(reshape(logits, [batch, cubeCount, 2]), bits);
  return { loss: multiply(loss, 2), accuracy };
}

function yesOrNo(logits: Tensor, bits: Tensor): Part {
  const said = cast(greater(logits, 0), 'float32');
  const right = cast(equal(said, bits), 'float32');
  return { loss: binaryCrossEntropy(logits, bits), accuracy: reduceMean(right) };
}

/** What a network loses that finds every answer equally likely. */
export function rubikChance(
  { permutations, rotation }: RubikOptions,
  weights: { readonly order: number; readonly turns: number; readonly masks?: number },
): Chance {
  const answerLoss = Math.log(permutations);
  const turns = { binary: 2 * Math.LN2, softmax: Math.log(3), none: 0 }[rotation];
  const loss = weights.order * answerLoss + weights.turns * turns + (weights.masks ?? 0) * Math.LN2;
  return { accuracy: 1 / permutations, loss, answerLoss };
}
