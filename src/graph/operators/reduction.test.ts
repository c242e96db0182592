import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anyShape, checkAdjoint, checkOperator, type Draw, forAll, spaced } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import * as graph from '../index.ts';
import { gradients, placeholder, reduceSum } from '../index.ts';

/** A shape, some of its axes (none and negative ones among them), and whether they are kept. */
const reductions = anyShape(0, 4).chain((shape) =>
  fc.record({
    shape: fc.constant(shape),
    axes: fc.option(
      fc
        .subarray(shape.map((_, axis) => axis))
        .chain((axes) => fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }).map((back) => wrap(axes, back, shape))),
      { nil: undefined },
    ),
    keep: fc.boolean(),
  }),
);

const wrap = (axes: number[], back: boolean[], shape: number[]): number[] =>
  axes.map((axis, i) => (back[i] ? axis - shape.length : axis));

const families: Record<string, { reduce: typeof reduceSum; draw?: () => Draw }> = {
  ReduceSum: { reduce: graph.reduceSum },
  ReduceMean: { reduce: graph.reduceMean },
  ReduceMax: { reduce: graph.reduceMax, draw: spaced },
  ReduceMin: { reduce: graph.reduceMin, draw: spaced },
  ReduceSumSquare: { reduce: graph.reduceSumSquare },
};
for (const [name, { reduce, draw }] of Object.entries(families)) {
  test(`${name} over any axes, kept or dropped`, () =>
    forAll(reductions, ({ shape, axes, keep }) =>
      checkOperator(([x]) => reduce(x, { axes, keep }), [shape], { draw: draw?.() }),
    ));
}

for (const [name, softmax] of Object.entries({ Softmax: graph.softmax, LogSoftmax: graph.logSoftmax })) {
  test(`${name} along any axis, and its second derivative`, () =>
    forAll(
      anyShape(1, 4, 5).chain((shape) => fc.tuple(fc.constant(shape), fc.integer({ min: -1, max: shape.length - 1 }))),
      async ([shape, axis]) => {
        await checkOperator(([x]) => softmax(x, axis), [shape]);
        const slope = (y: graph.Tensor) => reduceSum(graph.multiply(y, y));
        await checkOperator(([x]) => gradients(slope(softmax(x, axis)), [x])[0], [shape], { runtime: false });
      },
      6,
    ));
}

test('softmax of large numbers neither overflows nor loses its gradient', async () => {
  const x = placeholder('x', 'float32', [1, 3]);
  const y = graph.logSoftmax(x);
  const [value, dx] = await evaluate(
    [y, gradients(reduceSum(graph.slice(y, 1, 0, 1)), [x])[0]],
    new Map([[x, float32([1, 3], [1000, 1001, -1000])]]),
    processor,
  );
  const [first, second] = value.data as Float32Array;
  assert.ok(Math.abs(first + 1.3132617) < 1e-5 && Math.abs(second + 0.3132617) < 1e-5);
  const expected = [1 - 0.26894142, -0.73105858, 0];
  expected.forEach((wanted, i) => {
    assert.ok(Math.abs((dx.data as Float32Array)[i] - wanted) < 1e-5);
  });
});

test('equal maxima share the gradient', async () => {
  const x = placeholder('x', 'float32', [2, 3]);
  const feeds = new Map([[x, float32([2, 3], [1, 5, 5, 2, 2, 2])]]);
  const [dx] = await evaluate(gradients(reduceSum(graph.reduceMax(x, { axes: [1] })), [x]), feeds, processor);
  const expected = [0, 1 / 2, 1 / 2, 1 / 3, 1 / 3, 1 / 3].map(Math.fround);
  assert.deepEqual([...(dx.data as Float32Array)], expected);
});

test('adjoints of sum and mean', () =>
  forAll(
    reductions,
    async ({ shape, axes, keep }) => {
      await checkAdjoint((x) => graph.reduceSum(x, { axes, keep }), shape);
      await checkAdjoint((x) => graph.reduceMean(x, { axes, keep }), shape);
    },
    6,
  ));

test('an axis that does not exist is refused', () => {
  const x = placeholder('x', 'float32', [2, 3]);
  assert.throws(() => graph.reduceSum(x, { axes: [2] }), {
    code: 'shape/mismatch',
    message:
      'axis 2 does not exist in a tensor of rank 2\n  hint: axes are numbered from 0; negative ones count from behind',
  });
  assert.throws(() => graph.softmax(x, -3), {
    message:
      'axis -3 does not exist in a tensor of rank 2\n  hint: axes are numbered from 0; negative ones count from behind',
  });
});
