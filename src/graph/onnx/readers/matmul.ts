/**
 * Matrix products.
 * @module
 */
import { einsum } from '../../operators/einsum.ts';
import * as graph from '../../primitives.ts';
import { emit } from '../../tensor.ts';
import { readAttribute, readInt } from '../attributes.ts';
import { type NodeReader, required, unsupported } from './reading.ts';

/** A vector on the left is a row, one on the right a column; the axis they gain is dropped again. */
const matmul: NodeReader = (reading) => {
  const [a, b] = [required(reading, 0), required(reading, 1)];
  const row = a.shape.length === 1;
  const column = b.shape.length === 1;
  const left = row ? graph.reshape(a, [1, ...a.shape]) : a;
  const right = column ? graph.reshape(b, [...b.shape, 1]) : b;
  const y = graph.matmul(left, right);
  if (!row && !column) return y;
  const batch = y.shape.slice(0, -2);
  return graph.reshape(y, [...batch, ...(row ? [] : [y.shape[batch.length]]), ...(column ? [] : y.shape.slice(-1))]);
};

const gemm: NodeReader = (reading) => {
  const { node, inputs } = reading;
  const factors = [required(reading, 0), required(reading, 1)];
  return emit('Gemm', inputs[2] === undefined ? factors : [...factors, inputs[2]], {
    transA: readInt(node, 'transA', 0),
    transB: readInt(node, 'transB', 0),
    alpha: readAttribute(node, 'alpha', 'float') ?? 1,
    beta: readAttribute(node, 'beta', 'float') ?? 1,
  });
};

const einsumReader: NodeReader = (reading) => {
  const equation = readAttribute(reading.node, 'equation', 'string');
  if (equation === undefined) throw unsupported(reading.node, 'it has no equation');
  return einsum(
    equation,
    reading.inputs.map((_, i) => required(reading, i)),
  );
};

export const matmulReaders: Readonly<Record<string, NodeReader>> = {
  MatMul: matmul,
  Gemm: gemm,
  Einsum: einsumReader,
};
