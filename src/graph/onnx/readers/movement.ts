/**
 * Operators that only move values.
 * @module
 */
import { broadcastShapes, normaliseAxis, sizeOf } from '../../../base/shape.ts';
import { padBorder } from '../../operators/rearrangement.ts';
import * as graph from '../../primitives.ts';
import { readAttribute, readInt, readInts } from '../attributes.ts';
import { knownNumbers, type NodeReader, numbersOf, required, unsupported } from './reading.ts';

/** A length of 0 keeps the input's, -1 takes what is left. */
const reshape: NodeReader = (reading) => {
  const x = required(reading, 0);
  const lengths = numbersOf(reading, 'shape', 1)!;
  const literalZero = readInt(reading.node, 'allowzero', 0) === 1;
  return graph.reshape(
    x,
    lengths.map((length, axis) => (length === 0 && !literalZero ? x.shape[axis] : length)),
  );
};

const flatten: NodeReader = (reading) => {
  const x = required(reading, 0);
  const axis = readInt(reading.node, 'axis', 1);
  const rows = sizeOf(x.shape.slice(0, axis));
  return graph.reshape(x, [rows, rows === 0 ? 0 : sizeOf(x.shape) / rows]);
};

const squeeze: NodeReader = (reading) => {
  const x = required(reading, 0);
  const axes = numbersOf(reading, 'axes', 1)?.map((axis) => normaliseAxis(axis, x.shape.length));
  const dropped = (length: number, axis: number) => axes?.includes(axis) ?? length === 1;
  return graph.reshape(
    x,
    x.shape.filter((length, axis) => !dropped(length, axis)),
  );
};

const unsqueeze: NodeReader = (reading) => {
  const x = required(reading, 0);
  const given = numbersOf(reading, 'axes', 1)!;
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => normaliseAxis(axis, rank));
  const rest = [...x.shape];
  return graph.reshape(
    x,
    Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? 1 : rest.shift()!)),
  );
};

const transpose: NodeReader = (reading) => {
  const x = required(reading, 0);
  return graph.transpose(x, readInts(reading.node, 'perm', undefined) ?? x.shape.map((_, axis) => axis).reverse());
};

const expand: NodeReader = (reading) => {
  const x = required(reading, 0);
  return graph.expand(x, broadcastShapes(x.shape, knownNumbers(reading, 1)!));
};

const concat: NodeReader = (reading) =>
  graph.concat(
    reading.inputs.map((_, i) => required(reading, i)),
    readInt(reading.node, 'axis', 1),
  );

/** Attributes before version 10, inputs since. */
const slice: NodeReader = (reading) => {
  const x = required(reading, 0);
  const starts = numbersOf(reading, 'starts', 1)!;
  const ends = numbersOf(reading, 'ends', 2)!;
  const axes = numbersOf(reading, 'axes', 3) ?? starts.map((_, axis) => axis);
  return graph.sliceAxes(x, axes, starts, ends, knownNumbers(reading, 4));
};

/** Lengths are an attribute before version 13, or the number of parts since 18. */
const split: NodeReader = (reading) => {
  const x = required(reading, 0);
  const { node } = reading;
  const axis = normaliseAxis(readInt(node, 'axis', 0), x.shape.length);
  const parts = readInt(node, 'num_outputs', node.outputs.length);
  const longest = Math.ceil(x.shape[axis] / parts);
  const even = Array.from({ length: parts }, (_, i) => Math.min(longest, x.shape[axis] - i * longest));
  let start = 0;
  return (numbersOf(reading, 'split', 1) ?? even).map((length) => {
    start += length;
    return graph.slice(x, axis, start - length, start);
  });
};

const pad: NodeReader = (reading) => {
  const { node, opset } = reading;
  const x = required(reading, 0);
  const mode = readAttribute(node, 'mode', 'string') ?? 'constant';
  const pads = readInts(node, 'paddings', undefined) ?? numbersOf(reading, 'pads', 1)!;
  const value = opset < 11 ? readAttribute(node, 'value', 'float') : knownNumbers(reading, 2)?.[0];
  const rank = x.shape.length;
  const axes = knownNumbers(reading, 3)?.map((axis) => normaliseAxis(axis, rank)) ?? x.shape.map((_, axis) => axis);
  const lengths = (first: number) =>
    x.shape.map((_, axis) => (axes.includes(axis) ? pads[first + axes.indexOf(axis)] : 0));
  const [before, after] = [lengths(0), lengths(axes.length)];
  if (mode === 'constant') return graph.pad(x, before, after, value);
  if (mode === 'edge' || mode === 'reflect' || mode === 'wrap') return padBorder(x, before, after, mode);
  throw unsupported(node, `padding of mode ${mode} is not known`);
};

/** Each axis cut or lengthened with zeros in the middle; an odd entry more or less is behind. */
const centerCropPad: NodeReader = (reading) => {
  const x = required(reading, 0);
  const lengths = knownNumbers(reading, 1)!;
  const axes = readInts(reading.node, 'axes', undefined) ?? x.shape.map((_, axis) => axis);
  return axes.reduce((map, given, i) => {
    const axis = normaliseAxis(given, x.shape.length);
    const missing = lengths[i] - map.shape[axis];
    const before = Math.floor(Math.abs(missing) / 2);
    if (missing < 0) return graph.slice(map, axis, before, before + lengths[i]);
    const at = (length: number) => x.shape.map((_, k) => (k === axis ? length : 0));
    return graph.pad(map, at(before), at(missing - before));
  }, x);
};

export const movementReaders: Readonly<Record<string, NodeReader>> = {
  Reshape: reshape,
  Flatten: flatten,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Split: split,
  Pad: pad,
  CenterCropPad: centerCropPad,
};
