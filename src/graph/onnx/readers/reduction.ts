/**
 * Reductions, softmax and its logarithm.
 * @module
 */
import { normaliseAxis, sizeOf } from '../../../base/shape.ts';
import * as graph from '../../primitives.ts';
import type { Tensor } from '../../tensor.ts';
import { readInt } from '../attributes.ts';
import { type NodeReader, numbersOf, required } from './reading.ts';

/** Axes are an attribute or an input, by version; none means all, unless the node says that none means none. */
const reduction =
  (reduce: typeof graph.reduceSum): NodeReader =>
  (reading) => {
    const { node } = reading;
    const keep = readInt(node, 'keepdims', 1) === 1;
    const axes = numbersOf(reading, 'axes', 1) ?? [];
    const all = axes.length === 0 && readInt(node, 'noop_with_empty_axes', 0) === 0;
    return reduce(required(reading, 0), { keep, axes: all ? undefined : axes });
  };

/** Before version 13 everything from the axis on was one long axis, by default from the second. */
const softmax =
  (apply: (x: Tensor, axis: number) => Tensor): NodeReader =>
  (reading) => {
    const x = required(reading, 0);
    const legacy = reading.opset < 13;
    const axis = normaliseAxis(readInt(reading.node, 'axis', legacy ? 1 : -1), x.shape.length);
    if (!legacy || axis === x.shape.length - 1) return apply(x, axis);
    const rows = sizeOf(x.shape.slice(0, axis));
    return graph.reshape(apply(graph.reshape(x, [rows, sizeOf(x.shape) / rows]), 1), x.shape);
  };

/** Mean or maximum over all positions, which stay as axes of length 1. */
const overPositions =
  (reduce: typeof graph.reduceSum): NodeReader =>
  (reading) => {
    const x = required(reading, 0);
    return reduce(x, { keep: true, axes: x.shape.slice(2).map((_, i) => i + 2) });
  };

export const reductionReaders: Readonly<Record<string, NodeReader>> = {
  ReduceSum: reduction(graph.reduceSum),
  ReduceMean: reduction(graph.reduceMean),
  ReduceMax: reduction(graph.reduceMax),
  ReduceMin: reduction(graph.reduceMin),
  ReduceSumSquare: reduction(graph.reduceSumSquare),
  ReduceL1: reduction((x, options) => graph.reduceSum(graph.abs(x), options)),
  ReduceL2: reduction((x, options) => graph.sqrt(graph.reduceSumSquare(x, options))),
  GlobalAveragePool: overPositions(graph.reduceMean),
  GlobalMaxPool: overPositions(graph.reduceMax),
  Softmax: softmax(graph.softmax),
  LogSoftmax: softmax(graph.logSoftmax),
};
