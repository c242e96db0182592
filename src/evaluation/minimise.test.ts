import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { minimise, type Objective } from './minimise.ts';

test("Rosenbrock's valley is followed to its end", () => {
  const valley: Objective = ([x, y], gradient) => {
    gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[1] = 200 * (y - x * x);
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
  };
  const { point, converged, iterations } = minimise(valley, Float64Array.of(-1.2, 1), {
    tolerance: 1e-8,
    valueTolerance: 0,
  });
  assert.ok(converged);
  assert.ok(iterations < 60, `${iterations} iterations`);
  assert.ok(Math.abs(point[0] - 1) < 1e-6 && Math.abs(point[1] - 1) < 1e-6);
});

test('quadratics of any scale reach their centre', () => {
  const exponents = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(exponents, (powers) => {
      const scales = powers.map((power) => 10 ** power);
      const bowl: Objective = (point, gradient) => {
        let value = 0;
        scales.forEach((scale, i) => {
          gradient[i] = scale * (point[i] - i);
          value += (scale / 2) * (point[i] - i) ** 2;
        });
        return value;
      };
      const { value, converged } = minimise(bowl, new Float64Array(powers.length).fill(3.5), {
        tolerance: 1e-7,
        valueTolerance: 0,
        maxIterations: 2000,
      });
      assert.ok(converged);
      assert.ok(value < 1e-9, `value ${value}`);
    }),
    { numRuns: 60 },
  );
});

test('a start at the minimum stays; the given start is not changed', () => {
  const start = Float64Array.of(0, 0);
  const result = minimise((point, gradient) => {
    gradient.set(point);
    return (point[0] ** 2 + point[1] ** 2) / 2;
  }, start);
  assert.deepEqual(result, { point: start, value: 0, iterations: 0, evaluations: 1, converged: true });
  const away = Float64Array.of(4, 5);
  minimise((point, gradient) => {
    gradient.set(point);
    return (point[0] ** 2 + point[1] ** 2) / 2;
  }, away);
  assert.deepEqual([...away], [4, 5]);
});

test('regions where the value overflows are backed out of', () => {
  const wall: Objective = ([x], gradient) => {
    gradient[0] = x > 3 ? Number.NaN : Math.exp(x) - 1;
    return x > 3 ? Number.POSITIVE_INFINITY : Math.exp(x) - x;
  };
  const { point } = minimise(wall, Float64Array.of(-30), { tolerance: 1e-9, valueTolerance: 0 });
  assert.ok(Math.abs(point[0]) < 1e-6, `stopped at ${point[0]}`);
});

test('the number of iterations is bounded', () => {
  const slope: Objective = ([x], gradient) => {
    gradient[0] = -1;
    return -x;
  };
  const { iterations, converged } = minimise(slope, Float64Array.of(0), { maxIterations: 5 });
  assert.equal(converged, false);
  assert.ok(iterations <= 5);
});
