/**
 * Batch normalisation with stored statistics.
 * @module
 */
import { add, multiply, reciprocal, reshape, sqrt, subtract } from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { type NodeReader, required, unsupported } from './reading.ts';

/** As one multiplication and one addition a channel. */
const batchNormalization: NodeReader = (reading) => {
  const { node } = reading;
  if (readInt(node, 'training_mode', 0) === 1 || readInt(node, 'spatial', 1) === 0) {
    throw unsupported(
      node,
      'batch normalisation with the statistics of the batch is not read',
      'export the model in evaluation mode',
    );
  }
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((position) => required(reading, position));
  const perChannel = (value: Tensor) => reshape(value, [1, value.shape[0], ...x.shape.slice(2).map(() => 1)]);
  const epsilon = readAttribute(node, 'epsilon', 'float') ?? 1e-5;
  const gain = multiply(scale, reciprocal(sqrt(add(variance, epsilon))));
  return add(multiply(x, perChannel(gain)), perChannel(subtract(shift, multiply(mean, gain))));
};

export const normalisationReaders: Readonly<Record<string, NodeReader>> = { BatchNormalization: batchNormalization };
