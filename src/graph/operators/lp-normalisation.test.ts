import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, checkOperator, forAll } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { gradients, multiply, placeholder, reduceSum, type Tensor } from '../index.ts';
import { emit } from '../tensor.ts';
import { l2Normalise } from './lp-normalisation.ts';

test('vectors of length one, along any axis, and the gradient of their gradient', () =>
  forAll(
    anyShape(1, 4).map((shape) => shape.map((length) => length + 1)),
    async (shape) => {
      await checkOperator(([x]) => l2Normalise(x), [shape], { tolerance: 1e-5 });
      await checkOperator(([x]) => l2Normalise(x, 0), [shape], { tolerance: 1e-5 });
      const slope = ([x]: readonly Tensor[]) => {
        const unit = l2Normalise(x);
        return gradients(reduceSum(multiply(multiply(unit, unit), unit)), [x])[0];
      };
      await checkOperator(slope, [shape], { runtime: false, tolerance: 1e-4 });
    },
    4,
  ));

test('ONNX normalisation by sums and by lengths', async () => {
  for (const p of [1, 2]) {
    await checkOperator(([x]) => emit('LpNormalization', [x], { axis: -1, p }), [[3, 4]], {
      draw: (random) => (random.bernoulli() ? 1 : -1) * random.uniform(0.5, 2),
    });
  }
});

test('a vector of zeros stays one, and its gradient is finite', async () => {
  const x = placeholder('x', 'float32', [1, 3]);
  const y = l2Normalise(x);
  const feeds = new Map([[x, float32([1, 3], 0)]]);
  const [value, dx] = await evaluate([y, gradients(reduceSum(y), [x])[0]], feeds, processor);
  assert.deepEqual([...(value.data as Float32Array)], [0, 0, 0]);
  assert.ok((dx.data as Float32Array).every(Number.isFinite));
});
