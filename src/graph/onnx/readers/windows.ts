/**
 * Convolution, its transpose, and pooling.
 * @module
 */

import { averagePool, maxPool } from '../../operators/pooling.ts';
import { lpPool } from '../../operators/pooling-variants.ts';
import { add, reshape } from '../../primitives.ts';
import { emit, type Tensor } from '../../tensor.ts';
import type { PoolOptions } from '../../windows.ts';
import { readAttribute, readInt, readInts } from '../attributes.ts';
import type { OnnxNode } from '../model.ts';
import { type NodeReader, type Reading, required, unsupported } from './reading.ts';

interface Geometry {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Before each axis, then after each. */
  readonly pads: readonly number[];
}

function readGeometry(node: OnnxNode, x: Tensor, weight?: Tensor): Geometry {
  const lengths = x.shape.slice(2);
  const ones = lengths.map(() => 1);
  const kernel = readInts(node, 'kernel_shape', undefined) ?? weight?.shape.slice(2);
  if (kernel === undefined) throw unsupported(node, 'it does not say how large its kernel is');
  const strides = readInts(node, 'strides', ones);
  const dilations = readInts(node, 'dilations', ones);
  return { kernel, strides, dilations, pads: readPads(node, lengths, { kernel, strides, dilations }) };
}

/** `SAME` makes the output as long as the input over the stride; an odd entry goes behind (`UPPER`) or before. */
function readPads(node: OnnxNode, lengths: readonly number[], geometry: Omit<Geometry, 'pads'>): number[] {
  const none = [...lengths, ...lengths].map(() => 0);
  const rule = readAttribute(node, 'auto_pad', 'string') ?? 'NOTSET';
  if (rule === 'NOTSET' || rule === '') return readInts(node, 'pads', none);
  if (rule === 'VALID') return none;
  const { kernel, strides, dilations } = geometry;
  const totals = lengths.map((length, i) => {
    const reach = (Math.ceil(length / strides[i]) - 1) * strides[i] + dilations[i] * (kernel[i] - 1) + 1;
    return Math.max(0, reach - length);
  });
  return shared(totals, rule === 'SAME_UPPER');
}

/** Half of each length before, half after. */
function shared(totals: readonly number[], longerBehind: boolean): number[] {
  const round = longerBehind ? Math.floor : Math.ceil;
  const before = totals.map((total) => round(total / 2));
  return [...before, ...totals.map((total, i) => total - before[i])];
}

const conv: NodeReader = (reading) => {
  const [x, weight] = [required(reading, 0), required(reading, 1)];
  const { strides, dilations, pads } = readGeometry(reading.node, x, weight);
  const group = readInt(reading.node, 'group', 1);
  const inputs = reading.inputs[2] === undefined ? [x, weight] : [x, weight, reading.inputs[2]];
  return emit('Conv', inputs, { strides, dilations, pads, group });
};

const convTranspose: NodeReader = (reading) => {
  const { node } = reading;
  const [x, weight] = [required(reading, 0), required(reading, 1)];
  const { kernel, strides, dilations, pads: stated } = readGeometry(node, x, weight);
  const outputPadding = readInts(
    node,
    'output_padding',
    kernel.map(() => 0),
  );
  const rule = readAttribute(node, 'auto_pad', 'string') ?? 'NOTSET';
  const same = rule.startsWith('SAME') ? x.shape.slice(2).map((length, i) => length * strides[i]) : undefined;
  const wanted = readInts(node, 'output_shape', undefined)?.slice(-kernel.length) ?? same;
  const totals = wanted?.map((length, i) => {
    const full = (x.shape[i + 2] - 1) * strides[i] + outputPadding[i] + dilations[i] * (kernel[i] - 1) + 1;
    return Math.max(0, full - length);
  });
  const pads = totals === undefined ? stated : shared(totals, rule === 'SAME_UPPER');
  const group = readInt(node, 'group', 1);
  const y = emit('ConvTranspose', [x, weight], { strides, dilations, pads, group, outputPadding });
  const bias = reading.inputs[2];
  return bias === undefined ? y : add(y, reshape(bias, [1, bias.shape[0], ...kernel.map(() => 1)]));
};

function poolOptions({ node }: Reading, x: Tensor): PoolOptions {
  const { kernel, strides, dilations, pads } = readGeometry(node, x);
  return {
    kernel,
    stride: strides,
    padding: pads,
    ceil: readInt(node, 'ceil_mode', 0) === 1,
    ...(dilations.some((dilation) => dilation !== 1) ? { dilation: dilations } : {}),
  };
}

/** Pooling whose windows have no gaps. */
const dense =
  (apply: (x: Tensor, options: PoolOptions) => Tensor): NodeReader =>
  (reading) => {
    const x = required(reading, 0);
    const options = poolOptions(reading, x);
    if (options.dilation !== undefined) throw unsupported(reading.node, 'averages over dilated windows are not known');
    const countPadding = readInt(reading.node, 'count_include_pad', 0) === 1;
    return apply(x, { ...options, countPadding });
  };

export const windowReaders: Readonly<Record<string, NodeReader>> = {
  Conv: conv,
  ConvTranspose: convTranspose,
  MaxPool: (reading) => maxPool(required(reading, 0), poolOptions(reading, required(reading, 0))),
  AveragePool: dense(averagePool),
  LpPool: (reading) =>
    dense((x, { countPadding: _, ...options }) => lpPool(x, { ...options, p: readInt(reading.node, 'p', 2) }))(reading),
};
