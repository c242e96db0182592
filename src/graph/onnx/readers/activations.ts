/**
 * Functions that networks put between layers.
 * @module
 */
import * as activations from '../../operators/activations.ts';
import { add, multiply, reshape, sigmoid, subtract } from '../../primitives.ts';
import { emit, type Tensor } from '../../tensor.ts';
import { readAttribute } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';
import { type NodeReader, required } from './reading.ts';

const plain =
  (apply: (x: Tensor) => Tensor): NodeReader =>
  (reading) =>
    apply(required(reading, 0));

const withAlpha =
  (apply: (x: Tensor, alpha: number) => Tensor, fallback: number): NodeReader =>
  (reading) =>
    apply(required(reading, 0), numberOf(reading.node, 'alpha', fallback));

const numberOf = (node: OnnxNode, name: string, fallback: number): number =>
  readAttribute(node, name, 'float') ?? fallback;

/** Before version 7 slopes were one a channel, whatever axes followed. */
const prelu: NodeReader = (reading) => {
  const [x, slope] = [required(reading, 0), required(reading, 1)];
  const legacy = reading.opset < 7 && slope.shape.length === 1;
  const following = new Array<number>(Math.max(0, x.shape.length - 2)).fill(1);
  return activations.prelu(x, legacy ? reshape(slope, [...slope.shape, ...following]) : slope);
};

/** x + bias below −lambd, x − bias above lambd, 0 between. */
const shrink: NodeReader = (reading) => {
  const x = required(reading, 0);
  const lambda = numberOf(reading.node, 'lambd', 0.5);
  const bias = numberOf(reading.node, 'bias', 0);
  const outside = (far: Tensor, shifted: Tensor) => multiply(activations.step(far), shifted);
  return add(outside(subtract(x, lambda), subtract(x, bias)), outside(subtract(-lambda, x), add(x, bias)));
};

export const activationReaders: Readonly<Record<string, NodeReader>> = {
  PRelu: prelu,
  LeakyRelu: withAlpha(activations.leakyRelu, 0.01),
  Elu: withAlpha(activations.elu, 1),
  Celu: withAlpha(activations.celu, 1),
  ThresholdedRelu: withAlpha(activations.thresholdedRelu, 1),
  HardSigmoid: (reading) =>
    activations.hardSigmoid(
      required(reading, 0),
      numberOf(reading.node, 'alpha', 0.2),
      numberOf(reading.node, 'beta', 0.5),
    ),
  Gelu: (reading) => {
    const form = readAttribute(reading.node, 'approximate', 'string') ?? 'none';
    return activations.gelu(required(reading, 0), form === 'tanh' ? 'tanh' : 'none');
  },
  Selu: (reading) =>
    emit('Selu', [required(reading, 0)], {
      alpha: numberOf(reading.node, 'alpha', 1.6732632423543772),
      gamma: numberOf(reading.node, 'gamma', 1.0507009873554805),
    }),
  Shrink: shrink,
  Swish: (reading) => {
    const x = required(reading, 0);
    const alpha = numberOf(reading.node, 'alpha', 1);
    return alpha === 1 ? activations.silu(x) : multiply(x, sigmoid(multiply(x, alpha)));
  },
  HardSwish: plain(activations.hardSwish),
  Mish: plain(activations.mish),
  Softsign: plain(activations.softsign),
  Erf: plain(activations.erf),
};
