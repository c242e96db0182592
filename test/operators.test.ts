// Every operator of the table at random shapes and attributes: values and gradients in float64, lowered, and through the
// runtime; the adjoint identity of those that are linear.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Random } from '../src/base/random.ts';
import { gradients, multiply, placeholder, reduceSum, scaleGradient, stopGradient } from '../src/graph/index.ts';
import { operators } from '../src/graph/operators/index.ts';
import { topologicalOrder } from '../src/graph/tensor.ts';
import { interpret } from './interpreter/interpret.ts';
import { checkAdjoint, checkOperator } from './operator-check.ts';
import { axisProperties } from './operators/axes.ts';
import { entryProperties } from './operators/entries.ts';
import { mapProperties } from './operators/maps.ts';

const properties = { ...entryProperties, ...axisProperties, ...mapProperties };

/** Their gradient is on purpose not the derivative: a test of their own below. */
const purposeful = ['StopGradient', 'ScaleGradient'];

test('every operator of the table has a property, and every property an operator', () => {
  const known = operators.map(({ type }) => type);
  const checked = new Set([...Object.keys(properties), ...purposeful]);
  assert.deepEqual(
    known.filter((type) => !checked.has(type)),
    [],
    'operators without a check',
  );
  assert.deepEqual(
    [...checked].filter((type) => !known.includes(type)),
    [],
    'checks of no operator',
  );
});

const runs = 3;

for (const [type, property] of Object.entries(properties)) {
  test(`${type} at random shapes and attributes`, async () => {
    for (let run = 0; run < runs; run++) {
      const { shapes, build, linear, ...options } = property(new Random(`${type} ${run}`));
      const built = [build(shapes.map((shape, i) => placeholder(`x${i}`, 'float32', shape)))].flat();
      const found = topologicalOrder(built).some(({ operator }) => operator.type === type);
      assert.ok(found, `what is checked holds no ${type}`);
      await checkOperator(build, shapes, { ...options, seed: `${type} ${run}` });
      if (linear && shapes.length === 1) await checkAdjoint((x) => [build([x])].flat()[0], shapes[0]);
    }
  });
}

test('what stops or scales a gradient leaves the value alone', () => {
  const x = placeholder('x', 'float32', [2]);
  const loss = reduceSum(multiply(multiply(x, stopGradient(x)), scaleGradient(x, 3)));
  const fed = new Map([[x, { shape: [2], data: Float64Array.of(2, -1) }]]);
  const [value, slope] = interpret([loss, gradients(loss, [x])[0]], fed);
  // x · x₀ · x: once by the first factor, three times by the last.
  assert.deepEqual([value.data[0], ...slope.data], [7, 16, 4]);
});
