import assert from 'node:assert/strict';
import test from 'node:test';
import { checkAdjoint, checkOperator } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { placeholder } from '../index.ts';
import { constant } from '../tensor.ts';
import { resize, resizeOnnx } from './resize.ts';

const shapes = { '1-D': [2, 3, 5], '2-D': [1, 2, 5, 4], '3-D': [1, 2, 3, 4, 2] };
for (const [name, shape] of Object.entries(shapes)) {
  for (const mode of ['nearest', 'linear', 'cubic'] as const) {
    test(`resampling, ${name}, ${mode}: up, down, by a factor, with corners that stay`, async () => {
      const spatial = shape.slice(2);
      const options = [
        { size: spatial.map((length, i) => length * 2 + i) },
        { size: spatial.map((length) => Math.max(1, length - 2)) },
        { factor: 1.4 },
        { factor: 2 },
        ...(mode === 'nearest' ? [] : [{ size: spatial.map((length) => length + 2), alignCorners: true }]),
      ];
      for (const option of options) {
        await checkOperator(([x]) => resize(x, { mode, ...option }), [shape]);
        await checkAdjoint((x) => resize(x, { mode, ...option }), shape);
      }
    });
  }
}

test('every way ONNX has to find the nearest entry and its coordinates', async () => {
  const base = { scales: [1, 1, 7 / 4, 0.5], sizes: [1, 1, 7, 2], cubicCoeffA: -0.5, excludeOutside: 0 };
  for (const coordinateTransformationMode of ['half_pixel', 'pytorch_half_pixel', 'align_corners', 'asymmetric']) {
    for (const nearestMode of ['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']) {
      const attributes = { ...base, coordinateTransformationMode, nearestMode, mode: 'nearest' as const };
      await checkOperator(([x]) => resizeOnnx(x, attributes), [[1, 1, 4, 4]]);
    }
    const cubic = { mode: 'cubic' as const, nearestMode: 'floor', excludeOutside: 1 };
    const attributes = { ...base, ...cubic, coordinateTransformationMode };
    await checkOperator(([x]) => resizeOnnx(x, attributes), [[1, 1, 4, 4]]);
  }
});

test('an entry repeated is repeated; sizes that are no sizes are refused', async () => {
  const [y] = await evaluate([resize(constant(float32([1, 1, 2], [3, 4])), { factor: 3 })], new Map(), processor);
  assert.deepEqual([...(y.data as Float32Array)], [3, 3, 3, 4, 4, 4]);
  const x = placeholder('x', 'float32', [1, 1, 2]);
  assert.throws(() => resize(x, { size: [0] }), { message: /every axis needs a length of at least 1/ });
  assert.throws(() => resize(x, {}), {
    message: 'give a size or a factor to resize to\n  hint: resize(x, { factor: 2 }) doubles every spatial axis',
  });
});
