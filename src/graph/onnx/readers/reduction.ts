/**
 * Reductions, softmax and its logarithm.
 * @module
 */
import { normaliseAxis, sizeOf } from '../../../base/shape.ts';
import * as norms from '../../operators/norms.ts';
import * as graph from '../../primitives.ts';
import { emit, type Tensor } from '../../tensor.ts';
import { readInt } from '../attributes.ts';
import { type NodeReader, numbersOf, required } from './reading.ts';

type Reduce = (x: Tensor, options?: { axes?: readonly number[]; keep?: boolean }) => Tensor;

/**
 * Axes are an attribute or an input, by version; none means all, unless the node says that none means none.
 *
 * @param ofNone what the reduction makes of every entry by itself
 */
const reduction =
  (reduce: Reduce, ofNone: (x: Tensor) => Tensor = (x) => x): NodeReader =>
  (reading) => {
    const { node } = reading;
    const x = required(reading, 0);
    const keep = readInt(node, 'keepdims', 1) === 1;
    const axes = numbersOf(reading, 'axes', 1) ?? [];
    if (axes.length > 0) return reduce(x, { keep, axes });
    if (readInt(node, 'noop_with_empty_axes', 0) === 1 || x.shape.length === 0) return ofNone(x);
    return reduce(x, { keep });
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
  (reduce: Reduce): NodeReader =>
  (reading) => {
    const x = required(reading, 0);
    return reduce(x, { keep: true, axes: x.shape.slice(2).map((_, i) => i + 2) });
  };

export const reductionReaders: Readonly<Record<string, NodeReader>> = {
  ReduceSum: reduction(graph.reduceSum),
  ReduceMean: reduction(graph.reduceMean),
  ReduceMax: reduction(graph.reduceMax),
  ReduceMin: reduction(graph.reduceMin),
  ReduceSumSquare: reduction(graph.reduceSumSquare, (x) => graph.multiply(x, x)),
  ReduceProd: reduction(norms.reduceProduct),
  ReduceL1: reduction(norms.reduceL1, graph.abs),
  ReduceL2: reduction(norms.reduceL2, graph.abs),
  ReduceLogSum: reduction(norms.reduceLogSum, graph.log),
  ReduceLogSumExp: reduction(norms.logSumExp),
  GlobalAveragePool: overPositions(graph.reduceMean),
  GlobalMaxPool: overPositions(graph.reduceMax),
  GlobalLpPool: (reading) => emit('GlobalLpPool', [required(reading, 0)], { p: readInt(reading.node, 'p', 2) }),
  Softmax: softmax(graph.softmax),
  LogSoftmax: softmax(graph.logSoftmax),
};
