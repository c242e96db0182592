import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checkAdjoint, checkOperator, forAll, spaced } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import {
  averagePool,
  gradients,
  inScope,
  maxPool,
  multiply,
  type PoolOptions,
  placeholder,
  reduceSum,
} from '../index.ts';

/** The poolings that networks have. */
const cases: Record<string, { x: number[]; options: PoolOptions }> = {
  '2-D, two by two': { x: [2, 3, 6, 4], options: { kernel: 2 } },
  '2-D overlapping': { x: [2, 3, 8, 9], options: { kernel: 3, stride: 2, padding: 1 } },
  '2-D ceil': { x: [1, 2, 8, 7], options: { kernel: 3, stride: 2, ceil: true } },
  '2-D ceil and padding': { x: [1, 2, 7, 6], options: { kernel: 3, stride: 2, padding: 1, ceil: true } },
  '2-D stride 1': { x: [1, 2, 5, 5], options: { kernel: 3, stride: 1, padding: 1 } },
  '2-D remainder': { x: [1, 2, 7, 8], options: { kernel: 2 } },
  '2-D subsampling': { x: [1, 2, 7, 8], options: { kernel: 1, stride: 2 } },
  '2-D dilated': { x: [1, 2, 9, 8], options: { kernel: 3, stride: 2, padding: 1, dilation: 2 } },
  '3-D overlapping': { x: [1, 2, 4, 6, 5], options: { kernel: 3, stride: 2, padding: 1 } },
};
for (const [name, { x, options }] of Object.entries(cases)) {
  test(`maximum pooling, ${name}`, () => checkOperator(([a]) => maxPool(a, options), [x], { draw: spaced() }));
  if (options.dilation !== undefined) continue;
  test(`average pooling, ${name}`, async () => {
    await checkOperator(([a]) => averagePool(a, options), [x]);
    await checkOperator(([a]) => averagePool(a, { ...options, countPadding: false }), [x]);
  });
}

/** Any windows of rank 1 to 3 that fit and whose padding is shorter than the kernel, as every runtime asks. */
const poolings = fc.integer({ min: 1, max: 3 }).chain((rank) => {
  const each = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: rank, maxLength: rank });
  return fc
    .record({
      channels: fc.integer({ min: 1, max: 2 }),
      lengths: each(fc.integer({ min: 1, max: [10, 7, 5][rank - 1] })),
      kernel: each(fc.integer({ min: 1, max: 4 })),
      stride: each(fc.integer({ min: 1, max: 3 })),
      dilation: each(fc.integer({ min: 1, max: 3 })),
      before: each(fc.integer({ min: 0, max: 3 })),
      after: each(fc.integer({ min: 0, max: 3 })),
      ceil: fc.boolean(),
      countPadding: fc.boolean(),
    })
    .filter(({ lengths, kernel, before, after }) =>
      lengths.every((n, i) => before[i] < kernel[i] && after[i] < kernel[i] && n + before[i] + after[i] >= kernel[i]),
    );
});

test('pooling of any geometry: values, gradients, adjoint of the average', () =>
  forAll(
    poolings,
    async ({ channels, lengths, before, after, dilation, ...options }) => {
      const x = [1, channels, ...lengths];
      const geometry = { ...options, padding: [...before, ...after] };
      await checkOperator(([a]) => maxPool(a, geometry), [x], { draw: spaced() });
      const wide = { ...geometry, dilation };
      // A window wider apart than the input is long may see nothing of it.
      const fits = lengths.every(
        (n, i) => n >= dilation[i] && n + before[i] + after[i] > dilation[i] * (geometry.kernel[i] - 1),
      );
      if (fits) await checkOperator(([a]) => maxPool(a, wide), [x], { draw: spaced() });
      await checkOperator(([a]) => averagePool(a, geometry), [x]);
      await checkAdjoint((a) => averagePool(a, geometry), x);
    },
    50,
  ));

test('gradients of gradients of pooling', () => {
  const options = { kernel: 3, stride: 2, padding: 1 };
  return checkOperator(
    ([a]) =>
      [maxPool(a, options), averagePool(a, options)].map(
        (y) => gradients(reduceSum(multiply(y, multiply(y, y))), [a])[0],
      ),
    [[1, 2, 5, 6]],
    { draw: (random) => random.normal() },
  );
});

test('a window that lacks a part of its size is averaged over what it has', async () => {
  const x = placeholder('x', 'float32', [1, 1, 4]);
  const outputs = [true, false].map((countPadding) =>
    averagePool(x, { kernel: 3, stride: 2, padding: 1, ceil: true, countPadding }),
  );
  const values = await evaluate(outputs, new Map([[x, float32([1, 1, 4], [3, 6, 9, 12])]]), processor);
  // Windows [pad 3 6], [6 9 12], [12 pad nothing].
  assert.deepEqual([...(values[0].data as Float32Array)], [3, 9, 6]);
  assert.deepEqual([...(values[1].data as Float32Array)], [4.5, 9, 12]);
});

test('the first of several equal maxima receives the whole gradient', async () => {
  const x = placeholder('x', 'float32', [1, 1, 4, 4]);
  const [dx] = gradients(reduceSum(maxPool(x, { kernel: 2 })), [x]);
  const [value] = await evaluate([dx], new Map([[x, float32([1, 1, 4, 4], 0)]]), processor);
  assert.deepEqual([...(value.data as Float32Array)], [1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0]);
});

test('mistakes are refused where they are made, with the layer and the shapes', () => {
  const x = placeholder('x', 'float32', [2, 3, 4, 4]);
  const at = (build: () => unknown) => () => inScope('block1', build);
  assert.throws(
    at(() => maxPool(x, { kernel: 5 })),
    {
      code: 'shape/mismatch',
      message:
        'MaxPool "block1": a kernel of [5, 5] is larger than its padded input (found inputs [2, 3, 4, 4])\n  hint: use a larger input, a smaller kernel or more padding',
    },
  );
  assert.throws(
    at(() => averagePool(x, { kernel: [2, 2, 2] })),
    {
      message:
        'AveragePool "block1": 2 spatial axes need one kernel length each (found 3: [2, 2, 2]; inputs [2, 3, 4, 4])\n  hint: give one number for all axes, or one for each',
    },
  );
});
