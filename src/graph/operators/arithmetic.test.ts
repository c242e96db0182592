import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, broadcastable, checkOperator, type Draw, forAll } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32, hostArray } from '../../tensor/host-array.ts';
import { gradients, placeholder, reduceSum, type Tensor } from '../index.ts';
import { constant } from '../tensor.ts';
import * as arithmetic from './arithmetic.ts';

const within: Draw = (random) => random.uniform(-0.9, 0.9);
const aboveOne: Draw = (random) => random.uniform(1.1, 3);
/** Never near a whole number. */
const between: Draw = (random) => random.integer(9) - 4 + random.uniform(0.1, 0.4);

const functions: Record<string, { apply: (x: Tensor) => Tensor; draw?: Draw }> = {
  sin: { apply: arithmetic.sin },
  cos: { apply: arithmetic.cos },
  tan: { apply: arithmetic.tan, draw: within },
  asin: { apply: arithmetic.asin, draw: within },
  acos: { apply: arithmetic.acos, draw: within },
  atan: { apply: arithmetic.atan },
  sinh: { apply: arithmetic.sinh },
  cosh: { apply: arithmetic.cosh },
  asinh: { apply: arithmetic.asinh },
  acosh: { apply: arithmetic.acosh, draw: aboveOne },
  atanh: { apply: arithmetic.atanh, draw: within },
  floor: { apply: arithmetic.floor, draw: between },
  ceil: { apply: arithmetic.ceil, draw: between },
  round: { apply: arithmetic.round, draw: between },
  'clip on both sides': { apply: (x) => arithmetic.clip(x, { min: -1.5, max: 0.5 }), draw: between },
  'clip below': { apply: (x) => arithmetic.clip(x, { min: 0 }), draw: between },
};
for (const [name, { apply, draw }] of Object.entries(functions)) {
  test(name, () => forAll(anyShape(0, 4), (shape) => checkOperator(([x]) => apply(x), [shape], { draw }), 3));
}

test('sum, mean and remainder of operands that broadcast', () =>
  forAll(
    broadcastable(3),
    async (shapes) => {
      await checkOperator((inputs) => [arithmetic.sumOfTensors(inputs), arithmetic.meanOfTensors(inputs)], shapes);
      await checkOperator(([a, b]) => arithmetic.remainder(a, b), shapes.slice(0, 2), {
        draw: [(random) => random.integer(5) - 2 + random.uniform(0.3, 0.4), (random) => random.uniform(0.9, 1.1)],
      });
    },
    5,
  ));

test('a limit reached exactly lets the gradient pass', async () => {
  const x = placeholder('x', 'float32', [4]);
  const [dx] = gradients(reduceSum(arithmetic.clip(x, { min: 0, max: 1 })), [x]);
  const [value] = await evaluate([dx], new Map([[x, float32([4], [-1, 0, 1, 2])]]), processor);
  assert.deepEqual([...(value.data as Float32Array)], [0, 1, 1, 0]);
  assert.throws(() => arithmetic.clip(x, { min: 2, max: 1 }), {
    message: /the lower limit 2 is above the upper limit 1/,
  });
});

test('tests of values and exclusive or', async () => {
  const x = constant(float32([4], [1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]));
  const a = constant(hostArray('bool', [4], Uint8Array.of(0, 0, 1, 1)));
  const b = constant(hostArray('bool', [4], Uint8Array.of(0, 1, 0, 1)));
  const all = [arithmetic.isNotANumber(x), arithmetic.isInfinite(x), arithmetic.xor(a, b)];
  const found = await evaluate(all, new Map(), processor);
  assert.deepEqual(
    found.map(({ data }) => [...(data as Uint8Array)]),
    [
      [0, 1, 0, 0],
      [0, 0, 1, 1],
      [0, 1, 1, 0],
    ],
  );
});

test('halves are rounded to the even number', async () => {
  const x = constant(float32([4], [0.5, 1.5, -0.5, 2.5]));
  const [y] = await evaluate([arithmetic.round(x)], new Map(), processor);
  assert.deepEqual(
    Array.from(y.data as Float32Array, (value) => value + 0),
    [0, 2, 0, 2],
  );
});
