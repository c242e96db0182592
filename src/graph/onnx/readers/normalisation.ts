/**
 * Normalisation by stored statistics, by those of the batch, and within a sample.
 * @module
 */
import { normaliseAxis } from '../../../base/shape.ts';
import { groupNormalisation, instanceNormalisation } from '../../operators/group-normalisation.ts';
import { batchNormalisation } from '../../operators/normalisation.ts';
import { localResponseNormalisation } from '../../operators/response-normalisation.ts';
import {
  add,
  divide,
  expand,
  multiply,
  reciprocal,
  reduceMean,
  reduceSumSquare,
  reshape,
  sqrt,
  subtract,
} from '../../primitives.ts';
import { emit, emitAll, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt, readInts } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';
import { type NodeReader, type Reading, required, unsupported } from './reading.ts';

const epsilonOf = (node: OnnxNode): number => readAttribute(node, 'epsilon', 'float') ?? 1e-5;

/** With stored statistics: one multiplication and one addition a channel. */
const batchNormalization: NodeReader = (reading) => {
  const { node } = reading;
  if (readInt(node, 'spatial', 1) === 0) {
    throw unsupported(node, 'batch normalisation of every position by itself is not read');
  }
  if (reading.training || readInt(node, 'training_mode', 0) === 1) return byTheBatch(reading);
  const [x, scale, shift, mean, variance] = [0, 1, 2, 3, 4].map((position) => required(reading, position));
  const perChannel = (value: Tensor) => reshape(value, [1, value.shape[0], ...x.shape.slice(2).map(() => 1)]);
  const gain = multiply(scale, reciprocal(sqrt(add(variance, epsilonOf(node)))));
  return add(multiply(x, perChannel(gain)), perChannel(subtract(shift, multiply(mean, gain))));
};

/** With those of the batch; the running ones, further outputs, go the way of the stored ones by 1 − momentum. */
function byTheBatch(reading: Reading): readonly Tensor[] {
  const { node } = reading;
  const [x, scale, shift, ...stored] = [0, 1, 2, 3, 4].map((position) => required(reading, position));
  const { y, mean, variance } = batchNormalisation(x, scale, shift, epsilonOf(node));
  const momentum = readAttribute(node, 'momentum', 'float') ?? 0.9;
  const running = [mean, variance].map((batch, i) => add(multiply(stored[i], momentum), multiply(batch, 1 - momentum)));
  running.forEach((next, i) => {
    reading.update(i + 3, next);
  });
  return [y, ...running];
}

const layerNormalization: NodeReader = (reading) => {
  const x = required(reading, 0);
  const axis = normaliseAxis(readInt(reading.node, 'axis', -1), x.shape.length);
  const [scale, shift] = [required(reading, 1), reading.inputs[2]];
  return emitAll('LayerNormalization', shift === undefined ? [x, scale] : [x, scale, shift], {
    axis,
    epsilon: epsilonOf(reading.node),
    stashType: 1,
  });
};

/** Division by the root of the mean square over an axis and all after it (Zhang and Sennrich, 2019). */
const rmsNormalization: NodeReader = (reading) => {
  const [x, scale] = [required(reading, 0), required(reading, 1)];
  const first = normaliseAxis(readInt(reading.node, 'axis', -1), x.shape.length);
  const axes = x.shape.map((_, axis) => axis).slice(first);
  const square = reduceMean(multiply(x, x), { axes, keep: true });
  return multiply(multiply(x, reciprocal(sqrt(add(square, epsilonOf(reading.node))))), scale);
};

/** Scale and shift are one a group before version 21, one a channel since. */
const groupNormalization: NodeReader = (reading) => {
  const { node, opset } = reading;
  const [x, scale, shift] = [0, 1, 2].map((position) => required(reading, position));
  const groups = readInt(node, 'num_groups', undefined);
  if (groups === undefined) throw unsupported(node, 'it does not say how many groups there are');
  const channels = x.shape[1];
  const spread = (value: Tensor) =>
    opset >= 21 ? value : reshape(expand(reshape(value, [groups, 1]), [groups, channels / groups]), [channels]);
  return groupNormalisation(x, spread(scale), spread(shift), groups, epsilonOf(node));
};

const instanceNormalization: NodeReader = (reading) => {
  const [x, scale, shift] = [0, 1, 2].map((position) => required(reading, position));
  return instanceNormalisation(x, scale, shift, epsilonOf(reading.node));
};

const lrn: NodeReader = (reading) => {
  const { node } = reading;
  const number = (name: string, fallback: number) => readAttribute(node, name, 'float') ?? fallback;
  return localResponseNormalisation(required(reading, 0), {
    size: readInt(node, 'size', 1),
    alpha: number('alpha', 1e-4),
    beta: number('beta', 0.75),
    bias: number('bias', 1),
  });
};

const lpNormalization: NodeReader = (reading) => {
  const x = required(reading, 0);
  const p = readInt(reading.node, 'p', 2);
  return emit('LpNormalization', [x], { axis: normaliseAxis(readInt(reading.node, 'axis', -1), x.shape.length), p });
};

/** (x − mean) / (deviation + 1e-9) over the axes, by default all but the channels. */
const meanVarianceNormalization: NodeReader = (reading) => {
  const x = required(reading, 0);
  const axes = readInts(reading.node, 'axes', [0, 2, 3]);
  const centred = subtract(x, reduceMean(x, { axes, keep: true }));
  const count = axes.reduce((product, axis) => product * x.shape[normaliseAxis(axis, x.shape.length)], 1);
  const deviation = sqrt(divide(reduceSumSquare(centred, { axes, keep: true }), count));
  return divide(centred, add(deviation, 1e-9));
};

export const normalisationReaders: Readonly<Record<string, NodeReader>> = {
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  GroupNormalization: groupNormalization,
  InstanceNormalization: instanceNormalization,
  LRN: lrn,
  LpNormalization: lpNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
};
