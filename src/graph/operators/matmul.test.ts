import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { broadcastable, checkAdjoint, checkOperator, forAll } from '../../../test/operator-check.ts';
import { float32 } from '../../tensor/host-array.ts';
import * as graph from '../index.ts';
import { inScope, placeholder } from '../index.ts';
import { constant, emit } from '../tensor.ts';

const length = fc.integer({ min: 1, max: 4 });
const products = fc.record({
  batches: broadcastable(2, 2),
  rows: length,
  inner: length,
  columns: length,
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

test('MatMul of matrices and batches that broadcast, either operand transposed', () =>
  forAll(
    products,
    async ({ batches, rows, inner, columns, transposeA, transposeB }) => {
      const a = [...batches[0], ...(transposeA ? [inner, rows] : [rows, inner])];
      const b = [...batches[1], ...(transposeB ? [columns, inner] : [inner, columns])];
      await checkOperator(([x, y]) => graph.matmul(x, y, { transposeA, transposeB }), [a, b]);
      const factor = constant(float32(b, 0.5));
      await checkAdjoint((x) => graph.matmul(x, factor, { transposeA, transposeB }), a);
    },
    40,
  ));

test('the second derivative of a product', () =>
  checkOperator(
    ([a, b]) => {
      const y = graph.matmul(a, b, { transposeB: true });
      return graph.gradients(graph.reduceSum(graph.multiply(y, graph.multiply(y, y))), [a, b]);
    },
    [
      [2, 3, 4],
      [5, 4],
    ],
  ));

const gemms = fc.record({
  rows: length,
  inner: length,
  columns: length,
  transA: fc.constantFrom(0, 1),
  transB: fc.constantFrom(0, 1),
  alpha: fc.constantFrom(1, 0.5, -2),
  beta: fc.constantFrom(1, 0.25, 0),
  bias: fc.constantFrom('none', 'scalar', 'row', 'column', 'full'),
});

test('Gemm with every flag, scale and form of bias', () =>
  forAll(
    gemms,
    async ({ rows, inner, columns, bias, ...attributes }) => {
      const a = attributes.transA ? [inner, rows] : [rows, inner];
      const b = attributes.transB ? [columns, inner] : [inner, columns];
      const c = { none: undefined, scalar: [], row: [columns], column: [rows, 1], full: [rows, columns] }[bias];
      await checkOperator((inputs) => emit('Gemm', inputs, attributes), c === undefined ? [a, b] : [a, b, c]);
    },
    30,
  ));

test('linear is x wᵀ + b', () =>
  checkOperator(([x, w, b]) => [graph.linear(x, w, b), graph.linear(x, w)], [[3, 4], [2, 4], [2]]));

test('mistakes are refused where they are made, with the layer and the shapes', () => {
  const tensor = (name: string, shape: number[]) => placeholder(name, 'float32', shape);
  const x = tensor('x', [8, 512]);
  assert.throws(() => inScope('head', () => inScope('fc', () => graph.linear(x, tensor('w', [10, 256])))), {
    code: 'shape/mismatch',
    message:
      'Gemm "head/fc": weight expects 256 features, got 512 (found inputs [8, 512], [10, 256])\n  hint: the input is [N, I], the weight [O, I]; flatten a map before a linear layer',
  });
  assert.throws(() => graph.linear(x, tensor('w', [10, 512]), tensor('b', [512])), {
    message:
      'Gemm: shapes [512] and [8, 10] do not broadcast (found inputs [8, 512], [10, 512], [512])\n  hint: lengths are compared from the last axis on: each pair is equal, or one of it is 1',
  });
  assert.throws(() => graph.linear(tensor('map', [8, 512, 7, 7]), tensor('w', [10, 512])), {
    message:
      'Gemm: both factors must be matrices (found inputs [8, 512, 7, 7], [10, 512])\n  hint: flatten what follows the batch axis, or use matmul',
  });
  assert.throws(() => graph.matmul(x, x), {
    message:
      'MatMul: inner lengths 512 and 8 of the product differ (found inputs [8, 512], [8, 512])\n  hint: operands are [8, 512] and [8, 512]; transpose one',
  });
  assert.throws(() => graph.matmul(x, tensor('v', [512])), {
    message:
      'MatMul: a matrix product needs operands of rank 2 or more (found inputs [8, 512], [512])\n  hint: reshape a vector to a row or a column',
  });
});
