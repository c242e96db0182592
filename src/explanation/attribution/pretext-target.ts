/**
 * The number a pretext task gives to be explained: the logit of the right answer, summed over the questions of a sample.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { gatherElements } from '../../graph/operators/indexing.ts';
import { cast, reduceSum, reshape } from '../../graph/primitives.ts';
import type { Backend } from '../../runtime/backends/backend.ts';
import type { PretextNetwork, QuestionBatch } from '../pretext-network.ts';
import { GraphTarget } from './graph-target.ts';
import { layoutOf } from './target.ts';

/** Name of the input that holds the pictures: the largest one of real numbers. */
export function pictureInput({ inputs }: PretextNetwork): string {
  const pictures = Object.entries(inputs).filter(([, { dtype, shape }]) => dtype === 'float32' && shape.length >= 4);
  if (pictures.length === 0) throw new SondeError('graph/unsupported', 'the method feeds no pictures');
  return pictures.reduce((a, b) => (sizeOf(b[1].shape) > sizeOf(a[1].shape) ? b : a))[0];
}

/** Throws `graph/unsupported` where the method does not answer by choosing among classes. */
export function pretextTarget(
  network: PretextNetwork,
  { arrays }: QuestionBatch,
  backend: Backend,
  threads?: number,
): GraphTarget {
  const { logits, classes } = network.outputs;
  const { method, trunk } = network.run.configuration;
  if (logits === undefined || classes === undefined) {
    throw new SondeError('graph/unsupported', `${method.card.title} does not answer by choosing among classes`);
  }
  const name = pictureInput(network);
  const input = network.inputs[name];
  const rows = logits.shape[0];
  const index = reshape(cast(classes, 'int64'), [rows, 1]);
  const right = reshape(gatherElements(logits, index, 1), [network.batchSize, rows / network.batchSize]);
  const others = Object.entries(network.inputs).filter(([other]) => other !== name);
  return new GraphTarget({
    name: 'the logit of the right answer',
    layout: layoutOf(input.shape.slice(1), trunk.rank),
    input,
    numbers: reduceSum(right, { axes: [1] }),
    taps: network.taps,
    weights: network.weights(),
    fed: Object.fromEntries(
      others.map(([other, tensor]) => [other, { tensor, value: network.scheduled[other] ?? arrays[other] }]),
    ),
    backend,
    ...(threads === undefined ? {} : { threads }),
  });
}
