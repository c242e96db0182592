import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Random } from '../base/random.ts';
import { fitLogistic } from './logistic-regression.ts';
import { minimise, minimiseAsync } from './minimise.ts';
import { fitLogisticByRuntime } from './runtime-logistic.ts';

test('the runtime finds the minimum that loops find', async () => {
  const random = new Random('runtime-logistic');
  const [rows, columns, classes] = [300, 40, 3];
  const targets = Array.from({ length: rows }, () => random.integer(classes));
  const data = new Float32Array(rows * columns);
  random.fillNormal(data);
  targets.forEach((target, row) => {
    data[row * columns + target] += 1;
  });
  const features = { rows, columns, data };
  for (const l2 of [1e-2, 1]) {
    const byLoops = fitLogistic(features, targets, classes, { l2 });
    const byRuntime = await fitLogisticByRuntime(features, targets, classes, { l2 });
    assert.ok(byLoops.converged && byRuntime.converged);
    assert.ok(Math.abs(byLoops.value - byRuntime.value) < 1e-6, `${byRuntime.value} instead of ${byLoops.value}`);
    byRuntime.weights.forEach((weight, i) => {
      assert.ok(Math.abs(weight - byLoops.weights[i]) < 2e-3, `${weight} instead of ${byLoops.weights[i]}`);
    });
    const again = await fitLogisticByRuntime(features, targets, classes, { l2, start: byRuntime.weights });
    assert.ok(again.iterations <= 2, `${again.iterations} iterations from the minimum`);
  }
});

test('an objective that is awaited leads to the same point, evaluation by evaluation', async () => {
  const valley = ([x, y]: Float64Array, gradient: Float64Array) => {
    gradient[0] = -400 * x * (y - x * x) - 2 * (1 - x);
    gradient[1] = 200 * (y - x * x);
    return 100 * (y - x * x) ** 2 + (1 - x) ** 2;
  };
  const start = Float64Array.of(-1.2, 1);
  const awaited = await minimiseAsync(async (point) => {
    const gradient = new Float64Array(2);
    return { value: valley(point, gradient), gradient };
  }, start);
  assert.deepEqual(awaited, minimise(valley, start));
  assert.deepEqual([...start], [-1.2, 1]);
});
