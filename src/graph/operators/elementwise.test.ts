import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import {
  anyShape,
  broadcastable,
  checkAdjoint,
  checkOperator,
  type Draw,
  forAll,
  spaced,
} from '../../../test/operator-check.ts';
import { Random } from '../../base/random.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, hostArray, int64 } from '../../tensor/host-array.ts';
import * as graph from '../index.ts';
import { gradients, inScope, placeholder, reduceSum, type Tensor } from '../index.ts';
import { constant } from '../tensor.ts';

const positive: Draw = (random) => random.uniform(0.3, 2);
/** Away from zero, either sign. */
const nonzero: Draw = (random) => (random.bernoulli() ? 1 : -1) * random.uniform(0.3, 2);
const normal: Draw = (random) => random.normal();

const binary: Record<string, { apply: (a: Tensor, b: Tensor) => Tensor; draw?: Draw | Draw[] }> = {
  Add: { apply: graph.add },
  Sub: { apply: graph.subtract },
  Mul: { apply: graph.multiply },
  Div: { apply: graph.divide, draw: [normal, nonzero] },
  Pow: { apply: graph.power, draw: [positive, normal] },
  Max: { apply: graph.maximum, draw: spaced() },
  Min: { apply: graph.minimum, draw: spaced() },
};
for (const [name, { apply, draw }] of Object.entries(binary)) {
  test(`${name} of operands that broadcast`, () =>
    forAll(broadcastable(2), (shapes) => checkOperator(([a, b]) => apply(a, b), shapes, { draw }), 8));
}

const unary: Record<string, { apply: (x: Tensor) => Tensor; draw?: Draw }> = {
  Neg: { apply: graph.negate },
  Exp: { apply: graph.exp },
  Log: { apply: graph.log, draw: positive },
  Sqrt: { apply: graph.sqrt, draw: positive },
  Abs: { apply: graph.abs, draw: nonzero },
  Sign: { apply: graph.sign, draw: nonzero },
  Reciprocal: { apply: graph.reciprocal, draw: nonzero },
  Identity: { apply: graph.identity },
  Relu: { apply: graph.relu, draw: nonzero },
  Sigmoid: { apply: graph.sigmoid },
  Tanh: { apply: graph.tanh },
  Softplus: { apply: graph.softplus },
};
for (const [name, { apply, draw }] of Object.entries(unary)) {
  test(`${name} at any shape, and its second derivative`, () =>
    forAll(
      anyShape(0, 4),
      async (shape) => {
        await checkOperator(([x]) => apply(x), [shape], { draw });
        // A straight line has no second derivative to speak of: what it multiplies keeps it one.
        const slope = ([x]: readonly Tensor[]) => gradients(reduceSum(graph.multiply(apply(x), apply(x))), [x])[0];
        await checkOperator(slope, [shape], { draw, runtime: false });
      },
      4,
    ));
}

test('a number takes the place of either operand', () =>
  checkOperator(
    ([x]) => [graph.subtract(1, x), graph.divide(x, 4), graph.power(x, 3), graph.maximum(0.5, x)],
    [[3, 5]],
  ));

const comparisons = {
  Equal: [graph.equal, (a: number, b: number) => a === b],
  Greater: [graph.greater, (a: number, b: number) => a > b],
  Less: [graph.less, (a: number, b: number) => a < b],
  GreaterOrEqual: [graph.greaterOrEqual, (a: number, b: number) => a >= b],
  LessOrEqual: [graph.lessOrEqual, (a: number, b: number) => a <= b],
} as const;
for (const [name, [apply, holds]] of Object.entries(comparisons)) {
  test(`${name} of floats and of whole numbers`, async () => {
    const [left, right] = [
      [-1, 0, 2, 3],
      [-1, 1, 2, -3],
    ];
    const expected = left.map((a, i) => (holds(a, right[i]) ? 1 : 0));
    const floats = apply(constant(float32([4], left)), constant(float32([4], right)));
    const integers = apply(constant(int64([4], left)), constant(int64([4], right)));
    for (const result of await evaluate([floats, integers], new Map(), processor)) {
      assert.equal(result.dtype, 'bool');
      assert.deepEqual([...(result.data as Uint8Array)], expected);
    }
  });
}

test('And, Or and Not of truth values', async () => {
  const a = constant(hostArray('bool', [4], Uint8Array.of(0, 0, 1, 1)));
  const b = constant(hostArray('bool', [4], Uint8Array.of(0, 1, 0, 1)));
  const results = await evaluate([graph.and(a, b), graph.or(a, b), graph.not(a)], new Map(), processor);
  assert.deepEqual(
    results.map(({ data }) => [...(data as Uint8Array)]),
    [
      [0, 0, 0, 1],
      [0, 1, 1, 1],
      [1, 1, 0, 0],
    ],
  );
});

test('Where chooses, and each branch receives what was chosen of it', () =>
  forAll(broadcastable(3, 3), async ([condition, ...shapes]) => {
    const random = new Random('condition');
    const chosen = Uint8Array.from({ length: condition.reduce((a, b) => a * b, 1) }, () => random.integer(2));
    const mask = constant(hostArray('bool', condition, chosen));
    await checkOperator(([a, b]) => graph.where(mask, a, b), shapes);
  }));

test('a gradient passes a cast between kinds of float and ends at one to whole numbers', async () => {
  const x = placeholder('x', 'float32', [3]);
  const through = graph.cast(graph.cast(x, 'float64'), 'float32');
  const cut = graph.cast(graph.cast(x, 'int64'), 'float32');
  const [dThrough] = gradients(reduceSum(graph.multiply(through, 2)), [x]);
  const [dCut] = gradients(reduceSum(graph.multiply(cut, 2)), [x]);
  const feeds = new Map([[x, float32([3], [1.5, -2.5, 3])]]);
  const [y, z, a, b] = await evaluate([through, cut, dThrough, dCut], feeds, processor);
  assert.deepEqual([...(y.data as Float32Array)], [1.5, -2.5, 3]);
  assert.deepEqual([...(z.data as Float32Array)], [1, -2, 3]);
  assert.deepEqual([...(a.data as Float32Array)], [2, 2, 2]);
  assert.deepEqual([...(b.data as Float32Array)], [0, 0, 0]);
});

test('stopGradient gives the value and stops the gradient, also in front of what has none', async () => {
  const x = placeholder('x', 'float32', [2]);
  const stopped = graph.stopGradient(x);
  const above = graph.cast(graph.greater(stopped, 1), 'float32');
  const y = graph.add(graph.multiply(x, stopped), above);
  const feeds = new Map([[x, float32([2], [3, -4])]]);
  const [value, dx] = await evaluate([y, ...gradients(reduceSum(y), [x])], feeds, processor);
  assert.deepEqual([...(value.data as Float32Array)], [10, 16]);
  assert.deepEqual([...(dx.data as Float32Array)], [3, -4]);
});

test('what the loss does not depend on has a gradient of zeros, of its own type', async () => {
  const x = placeholder('x', 'float32', [2]);
  const unused = placeholder('unused', 'float32', [2, 3]);
  const double = placeholder('double', 'float64', [2]);
  const found = gradients(reduceSum(x), [unused, double]);
  assert.deepEqual(
    found.map(({ dtype }) => dtype),
    ['float32', 'float64'],
  );
  const [zero] = await evaluate(found, new Map(), processor);
  assert.deepEqual([...(zero.data as Float32Array)], [0, 0, 0, 0, 0, 0]);
});

test('of two equal operands each receives half of the gradient of their maximum', async () => {
  const a = placeholder('a', 'float32', [2]);
  const b = placeholder('b', 'float32', [2]);
  const feeds = new Map([
    [a, float32([2], [1, 5])],
    [b, float32([2], [1, 2])],
  ]);
  const [da, db] = await evaluate(gradients(reduceSum(graph.maximum(a, b)), [a, b]), feeds, processor);
  assert.deepEqual([...(da.data as Float32Array)], [0.5, 1]);
  assert.deepEqual([...(db.data as Float32Array)], [0.5, 0]);
});

test('derivatives at the edge of float32: softplus far below zero, a power of zero', async () => {
  const x = placeholder('x', 'float32', [2]);
  const feeds = new Map([[x, float32([2], [-30, 0])]]);
  const [dSoftplus] = await evaluate(gradients(reduceSum(graph.softplus(x)), [x]), feeds, processor);
  assert.ok(Math.abs((dSoftplus.data as Float32Array)[0] / Math.exp(-30) - 1) < 1e-3);
  const exponent = placeholder('exponent', 'float32', [2]);
  const zero = graph.fill([2], 0);
  const [dExponent] = await evaluate(
    gradients(reduceSum(graph.power(zero, exponent)), [exponent]),
    new Map([[exponent, float32([2], [2, 3])]]),
    processor,
  );
  assert.deepEqual([...(dExponent.data as Float32Array)], [0, 0]);
});

test('adjoints of the linear ones', () =>
  forAll(
    broadcastable(2),
    async ([a, b]) => {
      await checkAdjoint((x) => graph.add(x, constant(float32(b, 0))), a);
      await checkAdjoint((x) => graph.multiply(x, constant(float32(b, 1.7))), a);
      await checkAdjoint((x) => graph.negate(x), a);
    },
    4,
  ));

test('mistakes are refused where they are made', () => {
  const x = placeholder('x', 'float32', [2, 3]);
  const y = placeholder('y', 'float32', [2, 4]);
  const whole = placeholder('whole', 'int64', [2, 3]);
  assert.throws(() => inScope('head', () => inScope('mix', () => graph.add(x, y))), {
    code: 'shape/mismatch',
    message:
      'Add "head/mix": shapes [2, 3] and [2, 4] do not broadcast (found inputs [2, 3], [2, 4])\n  hint: lengths are compared from the last axis on: each pair is equal, or one of it is 1',
  });
  assert.throws(() => graph.multiply(x, whole), {
    message:
      'Mul: operands are of different types: float32, int64 (found inputs [2, 3], [2, 3])\n  hint: cast one to the type of the other',
  });
  assert.throws(() => gradients(x, [x]), {
    code: 'graph/no-gradient',
    message:
      'the loss must be a scalar, it has shape [2, 3]\n  hint: reduce it with reduceMean or reduceSum, or pass the seed of the gradient',
  });
  assert.throws(() => gradients(x, [x], y), {
    message: 'the seed of a gradient has the shape of what is differentiated (expected [2, 3], found [2, 4])',
  });
});

test('shapes of every rank broadcast as NumPy broadcasts them', () => {
  fc.assert(
    fc.property(broadcastable(3), ([a, b, c]) => {
      const sum = graph.add(graph.add(constant(float32(a, 0)), constant(float32(b, 0))), constant(float32(c, 0)));
      const rank = Math.max(a.length, b.length, c.length);
      assert.equal(sum.shape.length, rank);
      sum.shape.forEach((length, axis) => {
        const own = [a, b, c].map((shape) => shape[shape.length - rank + axis] ?? 1);
        assert.equal(length, Math.max(...own));
      });
    }),
  );
});
