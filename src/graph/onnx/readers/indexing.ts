/**
 * Reading and writing at positions, choosing the largest, running sums.
 * @module
 */
import { normaliseAxis } from '../../../base/shape.ts';
import { float32, int64 } from '../../../tensor/host-array.ts';
import { gatherElements, gatherND, scatterElements, scatterND } from '../../operators/indexing.ts';
import { tile, triangle } from '../../operators/rearrangement.ts';
import { argMax, cumulativeSum, topK } from '../../operators/selection.ts';
import * as graph from '../../primitives.ts';
import { constant, emit, type Tensor } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { dtypeFromNumber } from '../data-types.ts';
import { knownNumbers, type NodeReader, nameOf, type Reading, required, unsupported } from './reading.ts';

const positions = (reading: Reading, input: number): Tensor => graph.cast(required(reading, input), 'int64');

const argument =
  (type: string): NodeReader =>
  (reading) => {
    const { node } = reading;
    const x = required(reading, 0);
    return emit(type, [x], {
      axis: normaliseAxis(readInt(node, 'axis', 0), x.shape.length),
      keepdims: readInt(node, 'keepdims', 1),
      selectLastIndex: readInt(node, 'select_last_index', 0),
    });
  };

/** How many is an attribute before version 10. */
const top: NodeReader = (reading) => {
  const { node } = reading;
  const k = readInt(node, 'k', undefined) ?? knownNumbers(reading, 1)![0];
  const { values, indices } = topK(required(reading, 0), k, {
    axis: readInt(node, 'axis', -1),
    largest: readInt(node, 'largest', 1) === 1,
  });
  return [values, indices];
};

const cumSum: NodeReader = (reading) =>
  cumulativeSum(required(reading, 0), knownNumbers(reading, 1)![0], {
    exclusive: readInt(reading.node, 'exclusive', 0) === 1,
    reverse: readInt(reading.node, 'reverse', 0) === 1,
  });

function reductionOf({ node }: Reading): 'none' | 'add' {
  const reduction = readAttribute(node, 'reduction', 'string') ?? 'none';
  if (reduction === 'none' || reduction === 'add') return reduction;
  throw unsupported(node, `writing by ${reduction} is not known`);
}

const scatter: NodeReader = (reading) =>
  scatterElements(required(reading, 0), positions(reading, 1), required(reading, 2), {
    axis: readInt(reading.node, 'axis', 0),
    reduction: reductionOf(reading),
  });

/** The value for off and the one for on are inputs; classes below 0 count from behind. */
const oneHot: NodeReader = (reading) => {
  const classes = positions(reading, 0);
  const [depth] = knownNumbers(reading, 1)!;
  const values = required(reading, 2);
  const axis = normaliseAxis(readInt(reading.node, 'axis', -1), classes.shape.length + 1);
  const shape = [...classes.shape.slice(0, axis), 1, ...classes.shape.slice(axis)];
  const along = shape.map((_, k) => (k === axis ? depth : 1));
  const range = Array.from({ length: depth }, (_, k) => k);
  const at = graph.reshape(classes, shape);
  const chosen = graph.or(
    graph.equal(at, graph.indices(range, along)),
    graph.equal(
      at,
      graph.indices(
        range.map((k) => k - depth),
        along,
      ),
    ),
  );
  const value = (which: number) => graph.reshape(graph.slice(values, 0, which, which + 1), []);
  return graph.where(chosen, value(1), value(0));
};

const hardmax: NodeReader = (reading) => {
  const x = required(reading, 0);
  const axis = normaliseAxis(readInt(reading.node, 'axis', reading.opset < 13 ? 1 : -1), x.shape.length);
  if (reading.opset < 13 && axis !== x.shape.length - 1) {
    throw unsupported(reading.node, 'the maximum over several axes as one is not known');
  }
  const along = x.shape.map((_, k) => (k === axis ? x.shape[axis] : 1));
  const range = graph.indices(
    Array.from({ length: x.shape[axis] }, (_, k) => k),
    along,
  );
  return graph.cast(graph.equal(argMax(x, axis, true), range), x.dtype);
};

const trilu: NodeReader = (reading) =>
  triangle(
    required(reading, 0),
    readInt(reading.node, 'upper', 1) === 1 ? 'upper' : 'lower',
    knownNumbers(reading, 1)?.[0] ?? 0,
  );

const eyeLike: NodeReader = (reading) => {
  const x = required(reading, 0);
  const [rows, columns] = x.shape;
  const k = readInt(reading.node, 'k', 0);
  const dtype = readInt(reading.node, 'dtype', undefined);
  const array = float32([rows, columns], 0);
  for (let row = 0; row < rows; row++) if (row + k >= 0 && row + k < columns) array.data[row * columns + row + k] = 1;
  return graph.cast(constant(array), dtype === undefined ? x.dtype : dtypeFromNumber(dtype, nameOf(reading.node)));
};

/** Positions of what is not zero, of values that the file settles: `[rank, count]`. */
const nonZero: NodeReader = (reading) => {
  const { shape } = required(reading, 0);
  const found = knownNumbers(reading, 0)!.flatMap((value, flat) => (value === 0 ? [] : [flat]));
  let stride = 1;
  const rows = shape.toReversed().map((length) => {
    const row = found.map((flat) => Math.floor(flat / stride) % length);
    stride *= length;
    return row;
  });
  return constant(int64([shape.length, found.length], rows.toReversed().flat()));
};

const compress: NodeReader = (reading) => {
  const x = required(reading, 0);
  const chosen = knownNumbers(reading, 1)!.flatMap((value, i) => (value === 0 ? [] : [i]));
  const axis = readInt(reading.node, 'axis', undefined);
  return graph.gather(axis === undefined ? graph.reshape(x, [-1]) : x, graph.indices(chosen), axis ?? 0);
};

/** The first entries of every sequence of a batch turned round. */
const reverseSequence: NodeReader = (reading) => {
  const x = required(reading, 0);
  const lengths = knownNumbers(reading, 1)!;
  const batch = readInt(reading.node, 'batch_axis', 1);
  const time = readInt(reading.node, 'time_axis', 0);
  const parts = lengths.map((length, b) => {
    const one = graph.slice(x, batch, b, b + 1);
    const turned = graph.flip(graph.slice(one, time, 0, length), [time]);
    return length === x.shape[time]
      ? turned
      : graph.concat([turned, graph.slice(one, time, length, x.shape[time])], time);
  });
  return graph.concat(parts, batch);
};

export const indexingReaders: Readonly<Record<string, NodeReader>> = {
  Gather: (reading) => graph.gather(required(reading, 0), positions(reading, 1), readInt(reading.node, 'axis', 0)),
  GatherElements: (reading) =>
    gatherElements(required(reading, 0), positions(reading, 1), readInt(reading.node, 'axis', 0)),
  GatherND: (reading) => gatherND(required(reading, 0), positions(reading, 1), readInt(reading.node, 'batch_dims', 0)),
  ScatterElements: scatter,
  // Up to version 10.
  Scatter: scatter,
  ScatterND: (reading) =>
    scatterND(required(reading, 0), positions(reading, 1), required(reading, 2), reductionOf(reading)),
  ArgMax: argument('ArgMax'),
  ArgMin: argument('ArgMin'),
  TopK: top,
  CumSum: cumSum,
  OneHot: oneHot,
  Hardmax: hardmax,
  Trilu: trilu,
  EyeLike: eyeLike,
  NonZero: nonZero,
  Compress: compress,
  ReverseSequence: reverseSequence,
  Tile: (reading) => tile(required(reading, 0), knownNumbers(reading, 1)!),
};
