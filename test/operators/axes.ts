/**
 * Operators along axes: reductions, normalisation of rows, products of matrices, and everything that moves values.
 * @module
 */
import type { Random } from '../../src/base/random.ts';
import * as graph from '../../src/graph/index.ts';
import { emit, type Tensor } from '../../src/graph/tensor.ts';
import { type Draw, spaced } from '../operator-check.ts';
import { anyShape, between, type Drawn, type Property, positions, someAxes } from './property.ts';

const positive: Draw = (random) => random.uniform(0.3, 2);

const reduction =
  (type: string, draw?: () => Draw, linear = false): Property =>
  (random) => {
    const shape = anyShape(random, 1, 4);
    const attributes = { axes: someAxes(random, shape.length), keepdims: random.integer(2) };
    return {
      shapes: [shape],
      build: ([x]) => emit(type, [x], attributes),
      ...(draw === undefined ? {} : { draw: draw() }),
      linear,
    };
  };

/** An operator of one input with attributes drawn for its shape. */
const of =
  (
    shapeOf: (random: Random) => number[],
    apply: (x: Tensor, random: Random) => Tensor | readonly Tensor[],
    more: Partial<Drawn> = { linear: true },
  ): Property =>
  (random) => {
    const shape = shapeOf(random);
    const seed = random.integer(2 ** 30);
    // Every building of one case draws the same attributes.
    return { shapes: [shape], build: ([x]) => apply(x, random.split('attributes', seed)), ...more };
  };

const any = (random: Random) => anyShape(random, 1, 4);
const axisOf = (x: Tensor, random: Random) => random.integer(x.shape.length);

function product(random: Random): Drawn {
  const batch = anyShape(random, 0, 2, 3);
  const [rows, inner, columns] = anyShape(random, 3, 3);
  const [transposeA, transposeB] = [random.bernoulli(), random.bernoulli()];
  const oneBatch = batch.map((n) => (random.bernoulli(0.3) ? 1 : n));
  return {
    shapes: [
      [...batch, ...(transposeA ? [inner, rows] : [rows, inner])],
      [...oneBatch, ...(transposeB ? [columns, inner] : [inner, columns])],
    ],
    build: ([a, b]) => graph.matmul(a, b, { transposeA, transposeB }),
  };
}

export const axisProperties: Readonly<Record<string, Property>> = {
  ReduceSum: reduction('ReduceSum', undefined, true),
  ReduceMean: reduction('ReduceMean', undefined, true),
  ReduceMax: reduction('ReduceMax', spaced),
  ReduceMin: reduction('ReduceMin', spaced),
  ReduceSumSquare: reduction('ReduceSumSquare'),
  ReduceProd: reduction('ReduceProd'),
  ReduceLogSumExp: reduction('ReduceLogSumExp'),
  ReduceLogSum: reduction('ReduceLogSum', () => positive),
  ReduceL1: reduction('ReduceL1', () => (random) => random.normal() + 4 * (random.integer(2) * 2 - 1)),
  ReduceL2: reduction('ReduceL2'),
  Softmax: of(any, (x, random) => graph.softmax(x, axisOf(x, random)), {}),
  LogSoftmax: of(any, (x, random) => graph.logSoftmax(x, axisOf(x, random)), {}),
  CumSum: of(any, (x, random) =>
    graph.cumulativeSum(x, axisOf(x, random), { exclusive: random.bernoulli(), reverse: random.bernoulli() }),
  ),
  L2Normalization: of(any, (x, random) => graph.l2Normalise(x, axisOf(x, random)), {}),
  LpNormalization: of(any, (x, random) => emit('LpNormalization', [x], { axis: axisOf(x, random), p: 2 }), {}),
  ArgMax: of(any, (x, random) => graph.cast(graph.argMax(x, axisOf(x, random), random.bernoulli()), 'float32'), {
    draw: spaced(),
  }),
  ArgMin: of(any, (x, random) => graph.cast(graph.argMin(x, axisOf(x, random), random.bernoulli()), 'float32'), {
    draw: spaced(),
  }),
  TopK: (random) => {
    const shape = anyShape(random, 1, 3, 6);
    const axis = random.integer(shape.length);
    const options = { axis, largest: random.bernoulli() };
    const k = between(random, 1, shape[axis]);
    return { shapes: [shape], build: ([x]) => graph.topK(x, k, options).values, draw: spaced() };
  },
  MatMul: product,
  Gemm: (random) => {
    const [rows, inner, columns] = anyShape(random, 3, 3);
    const attributes = { transA: random.integer(2), transB: random.integer(2), alpha: 1.5, beta: 0.5 };
    const { transA, transB } = attributes;
    return {
      shapes: [transA ? [inner, rows] : [rows, inner], transB ? [columns, inner] : [inner, columns], [columns]],
      build: (inputs) => emit('Gemm', inputs, attributes),
    };
  },
  Einsum: (random) => {
    const lengths = Object.fromEntries(['b', 'i', 'j', 'k'].map((letter) => [letter, between(random, 1, 4)]));
    const equation = random.choice(['bij,bjk->bik', 'ij,kj->', 'bi,bj->ijb', 'ijk,kb->ji', '...ij,jk->...ik']);
    const operands = equation.split('->')[0].split(',');
    const shapes = operands.map((term) => [...term.replace('...', 'b')].map((letter) => lengths[letter]));
    return { shapes, build: (inputs) => graph.einsum(equation, inputs) };
  },
  InverseSquareRoot: (random) => {
    const n = between(random, 1, 3);
    const root = [...anyShape(random, 0, 1), n, n + 2];
    // Of a product with itself and a ridge, so that it is positive definite.
    const ridge = graph.literal({
      dtype: 'float32',
      shape: [n, n],
      data: Float32Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0)),
    });
    return {
      shapes: [root],
      build: ([x]) => graph.inverseSquareRoot(graph.add(graph.matmul(x, x, { transposeB: true }), ridge)),
    };
  },
  Reshape: of(any, (x) => graph.reshape(x, [...x.shape].reverse())),
  Transpose: of(any, (x, random) => graph.transpose(x, [...random.permutation(x.shape.length)])),
  Expand: of(
    (random) => anyShape(random, 0, 3),
    (x, random) =>
      graph.expand(x, [between(random, 1, 3), ...x.shape.map((n) => (n === 1 ? between(random, 1, 4) : n))]),
  ),
  Concat: (random) => {
    const shape = anyShape(random, 1, 4);
    const axis = random.integer(shape.length);
    const shapes = [1, 2, 3].map((length) => shape.map((n, k) => (k === axis ? length : n)));
    return { shapes, build: (parts) => graph.concat(parts, axis) };
  },
  Split: (random) => {
    const shape = anyShape(random, 1, 4);
    const axis = random.integer(shape.length);
    const lengths = anyShape(random, 2, 3);
    const whole = shape.map((n, k) => (k === axis ? lengths.reduce((a, b) => a + b) : n));
    return { shapes: [whole], build: ([x]) => graph.split(x, lengths, axis) };
  },
  Slice: of(
    (random) => anyShape(random, 1, 3, 6),
    (x, random) => {
      const axis = axisOf(x, random);
      const first = random.integer(x.shape[axis]);
      if (random.bernoulli()) return graph.slice(x, axis, first, x.shape[axis], between(random, 1, 3));
      return graph.slice(x, axis, first, Number.MIN_SAFE_INTEGER, -between(random, 1, 3));
    },
  ),
  Pad: of(any, (x, random) => {
    const lengths = () => x.shape.map(() => random.integer(3));
    return graph.pad(x, lengths(), lengths());
  }),
  Tile: of(any, (x, random) =>
    graph.tile(
      x,
      x.shape.map(() => between(random, 1, 3)),
    ),
  ),
  Trilu: of(
    (random) => anyShape(random, 2, 4),
    (x, random) => graph.triangle(x, random.choice(['upper', 'lower']), between(random, -2, 2)),
  ),
  Gather: of(any, (x, random) => {
    const axis = axisOf(x, random);
    return graph.gather(x, graph.indices(positions(random, 6, x.shape[axis]), [2, 3]), axis);
  }),
  GatherGradient: (random) => {
    const shape = anyShape(random, 1, 3);
    const axis = random.integer(shape.length);
    const index = graph.indices(positions(random, 3, shape[axis]));
    const dy = shape.map((n, k) => (k === axis ? 3 : n));
    return { shapes: [dy], build: ([g]) => emit('GatherGradient', [g, index], { axis, shape }), linear: true };
  },
  GatherElements: of(any, (x, random) => {
    const axis = axisOf(x, random);
    const shape = x.shape.map((n, k) => (k === axis ? between(random, 1, 4) : n));
    const count = shape.reduce((a, b) => a * b);
    return graph.gatherElements(x, graph.indices(positions(random, count, x.shape[axis]), shape), axis);
  }),
  GatherND: of(
    (random) => [2, ...anyShape(random, 2, 3)],
    (x, random) => {
      const pairs = Array.from({ length: 2 * 3 }, () => x.shape.slice(1, 3).map((n) => random.integer(n))).flat();
      return graph.gatherND(x, graph.indices(pairs, [2, 3, 2]), 1);
    },
  ),
  GatherNDGradient: (random) => {
    const shape = anyShape(random, 2, 3);
    const pairs = Array.from({ length: 3 }, () => shape.slice(0, 2).map((n) => random.integer(n))).flat();
    const index = graph.indices(pairs, [3, 2]);
    const build = ([g]: readonly Tensor[]) => emit('GatherNDGradient', [index, g], { batchDims: 0, shape });
    return { shapes: [[3, ...shape.slice(2)]], build, linear: true };
  },
  ScatterElements: (random) => {
    const shape = anyShape(random, 1, 3);
    const axis = random.integer(shape.length);
    const updates = shape.map((n, k) => (k === axis ? 1 : n));
    const count = updates.reduce((a, b) => a * b);
    const index = graph.indices(positions(random, count, shape[axis]), updates);
    const reduction = random.choice(['none', 'add'] as const);
    return { shapes: [shape, updates], build: ([x, u]) => graph.scatterElements(x, index, u, { axis, reduction }) };
  },
  ScatterND: (random) => {
    const shape = anyShape(random, 1, 3);
    const rows = graph.indices(
      [...random.permutation(shape[0])].slice(0, 2).map((n) => n),
      [Math.min(2, shape[0]), 1],
    );
    const reduction = random.choice(['none', 'add'] as const);
    return {
      shapes: [shape, [Math.min(2, shape[0]), ...shape.slice(1)]],
      build: ([x, u]) => graph.scatterND(x, rows, u, reduction),
    };
  },
  TakeTokens: of(
    (random) => anyShape(random, 3, 3),
    (x, random) => graph.takeTokens(x, graph.indices(positions(random, 2 * x.shape[0], x.shape[1]), [x.shape[0], 2])),
  ),
  TakeTokensGradient: (random) => {
    const [batch, count, width] = anyShape(random, 3, 3);
    const index = graph.indices(positions(random, 2 * batch, count), [batch, 2]);
    return {
      shapes: [[batch, 2, width]],
      build: ([g]) => emit('TakeTokensGradient', [index, g], { count }),
      linear: true,
    };
  },
};
