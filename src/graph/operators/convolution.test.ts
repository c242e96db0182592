import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { checkAdjoint, checkOperator, forAll } from '../../../test/operator-check.ts';
import { float32 } from '../../tensor/host-array.ts';
import { gradients, inScope, multiply, placeholder, reduceSum } from '../index.ts';
import { constant } from '../tensor.ts';
import { type ConvolutionOptions, convolution, convolutionTranspose } from './convolution.ts';

interface Case {
  readonly x: number[];
  readonly w: number[];
  readonly options: ConvolutionOptions;
}

/** The shapes that networks have, among them every way a gradient is lowered. */
const cases: Record<string, Case> = {
  '1-D': { x: [2, 3, 9], w: [4, 3, 3], options: { padding: 1 } },
  '2-D padded': { x: [2, 3, 6, 7], w: [4, 3, 3, 3], options: { padding: 1 } },
  '2-D strided': { x: [2, 4, 9, 8], w: [6, 4, 3, 3], options: { padding: 1, stride: 2 } },
  '2-D stride larger than kernel': { x: [1, 2, 9, 9], w: [3, 2, 1, 1], options: { stride: 2 } },
  '2-D grouped': { x: [2, 8, 5, 5], w: [8, 4, 3, 3], options: { padding: 1, groups: 2 } },
  '2-D depthwise': { x: [2, 4, 5, 5], w: [4, 1, 3, 3], options: { padding: 1, groups: 4 } },
  '2-D dilated': { x: [1, 2, 9, 9], w: [3, 2, 3, 3], options: { padding: 2, dilation: 2 } },
  '2-D asymmetric': { x: [1, 2, 7, 6], w: [3, 2, 3, 2], options: { padding: [0, 1, 1, 2], stride: [1, 2] } },
  '3-D padded': { x: [2, 2, 4, 5, 5], w: [3, 2, 3, 3, 3], options: { padding: 1 } },
  '3-D strided': { x: [1, 2, 5, 6, 7], w: [3, 2, 3, 3, 3], options: { padding: 1, stride: 2 } },
  '3-D stem': { x: [1, 1, 4, 9, 9], w: [2, 1, 3, 7, 7], options: { padding: [1, 3, 3], stride: [1, 2, 2] } },
  '3-D stride larger than kernel': { x: [1, 2, 5, 5, 5], w: [3, 2, 1, 1, 1], options: { stride: 2 } },
  '3-D dilated and strided': {
    x: [1, 2, 6, 6, 6],
    w: [2, 2, 2, 2, 2],
    options: { dilation: 2, stride: 2, padding: 1 },
  },
};
for (const [name, { x, w, options }] of Object.entries(cases)) {
  test(`convolution, ${name}`, () =>
    checkOperator(([a, b, bias]) => convolution(a, b, { ...options, bias }), [x, w, [w[0]]]));
}

/** Any geometry of rank 1 to 3 in which the kernel fits. */
const geometries = fc.integer({ min: 1, max: 3 }).chain((rank) => {
  const each = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: rank, maxLength: rank });
  const longest = [10, 7, 5][rank - 1];
  return fc
    .record({
      batch: fc.integer({ min: 1, max: 2 }),
      groups: fc.integer({ min: 1, max: 3 }),
      channels: fc.integer({ min: 1, max: rank === 3 ? 2 : 4 }),
      outputs: fc.integer({ min: 1, max: rank === 3 ? 2 : 4 }),
      lengths: each(fc.integer({ min: 1, max: longest })),
      kernel: each(fc.integer({ min: 1, max: 3 })),
      stride: each(fc.integer({ min: 1, max: 3 })),
      dilation: each(fc.integer({ min: 1, max: 2 })),
      before: each(fc.integer({ min: 0, max: 3 })),
      after: each(fc.integer({ min: 0, max: 3 })),
      outputPadding: each(fc.integer({ min: 0, max: 1 })),
    })
    .filter(({ lengths, kernel, dilation, before, after }) =>
      lengths.every((n, i) => n + before[i] + after[i] >= dilation[i] * (kernel[i] - 1) + 1),
    );
});

test('convolution of any geometry: values, gradients, adjoint', () =>
  forAll(
    geometries,
    async ({ batch, groups, channels, outputs, lengths, kernel, before, after, stride, dilation }) => {
      const options = { stride, dilation, groups, padding: [...before, ...after] };
      const x = [batch, channels * groups, ...lengths];
      const w = [outputs * groups, channels, ...kernel];
      await checkOperator(([a, b]) => convolution(a, b, options), [x, w]);
      const fixed = constant(float32(w, 0.5));
      await checkAdjoint((a) => convolution(a, fixed, options), x);
    },
    60,
  ));

test('transposed convolution of any geometry: values, gradients, adjoint', () =>
  forAll(
    geometries.filter(({ lengths, kernel, dilation, stride, before, after, outputPadding }) =>
      lengths.every((n, i) => {
        const length = (n - 1) * stride[i] + dilation[i] * (kernel[i] - 1) + 1 - before[i] - after[i];
        return length >= 1 && outputPadding[i] < stride[i];
      }),
    ),
    async ({ batch, groups, channels, outputs, lengths, kernel, before, after, stride, dilation, outputPadding }) => {
      const options = { stride, dilation, groups, padding: [...before, ...after], outputPadding };
      const x = [batch, channels * groups, ...lengths];
      const w = [channels * groups, outputs, ...kernel];
      await checkOperator(
        ([a, b, bias]) => convolutionTranspose(a, b, { ...options, bias }),
        [x, w, [outputs * groups]],
      );
      const fixed = constant(float32(w, 0.5));
      await checkAdjoint((a) => convolutionTranspose(a, fixed, options), x);
    },
    60,
  ));

test('gradients of gradients of a convolution and of its transpose', async () => {
  await checkOperator(
    ([a, b]) => {
      const y = convolution(a, b, { padding: 1, stride: 2 });
      return gradients(reduceSum(multiply(y, multiply(y, y))), [a, b]);
    },
    [
      [1, 2, 5, 5],
      [3, 2, 3, 3],
    ],
  );
  await checkOperator(
    ([a, b]) => {
      const y = convolutionTranspose(a, b, { padding: 1, stride: 2, outputPadding: 1 });
      return gradients(reduceSum(multiply(y, y)), [a, b]);
    },
    [
      [1, 2, 2, 3, 2],
      [2, 2, 3, 3, 3],
    ],
  );
});

test('mistakes are refused where they are made, with the layer and the shapes', () => {
  const tensor = (shape: number[]) => placeholder('t', 'float32', shape);
  const x = tensor([2, 3, 8, 8]);
  const refused: [() => unknown, string][] = [
    [
      () => convolution(x, tensor([4, 2, 3, 3])),
      'Conv "trunk/conv1": weight expects 2 channels, got 3 (found inputs [2, 3, 8, 8], [4, 2, 3, 3])\n  hint: the input is [N, C, …], the weight [O, C / groups, …]',
    ],
    [
      () => convolution(x, tensor([4, 3, 3])),
      'Conv "trunk/conv1": input of rank 4, weight of rank 3 (found inputs [2, 3, 8, 8], [4, 3, 3])\n  hint: both have a batch or output axis, a channel axis and the same spatial axes',
    ],
    [
      () => convolution(x, tensor([4, 1, 3, 3]), { groups: 3 }),
      'Conv "trunk/conv1": 4 output channels do not divide into 3 groups (found inputs [2, 3, 8, 8], [4, 1, 3, 3])\n  hint: choose a number of groups that divides both channel counts',
    ],
    [
      () => convolution(x, tensor([4, 3, 9, 3])),
      'Conv "trunk/conv1": a kernel of [9, 3] is larger than its padded input (found inputs [2, 3, 8, 8], [4, 3, 9, 3])\n  hint: use a larger input, a smaller kernel or more padding',
    ],
    [
      () => convolution(x, tensor([4, 3, 3, 3]), { stride: [1, 2, 2] }),
      'Conv "trunk/conv1": 2 spatial axes need one stride each (found 3: [1, 2, 2]; inputs [2, 3, 8, 8], [4, 3, 3, 3])\n  hint: give one number for all axes, or one for each',
    ],
    [
      () => convolution(x, tensor([4, 3, 3, 3]), { padding: 0.5 }),
      'Conv "trunk/conv1": a padding is a whole number (found [0.5, 0.5, 0.5, 0.5]; inputs [2, 3, 8, 8], [4, 3, 3, 3])\n  hint: give one number for all axes, or one for each',
    ],
    [
      () => convolution(x, tensor([4, 3, 3, 3]), { bias: tensor([3]) }),
      'Conv "trunk/conv1": the bias has one entry an output channel (expected [4], found inputs [2, 3, 8, 8], [4, 3, 3, 3], [3])\n  hint: a bias is a vector, one entry for each of the weight\'s first axis',
    ],
    [
      () => convolutionTranspose(x, tensor([4, 3, 3, 3])),
      'ConvTranspose "trunk/conv1": weight expects 4 channels, got 3 (found inputs [2, 3, 8, 8], [4, 3, 3, 3])\n  hint: the input is [N, C, …], the weight of a transposed convolution [C, O / groups, …]',
    ],
    [
      () => convolutionTranspose(x, tensor([3, 3, 3, 3]), { stride: 2, outputPadding: 2 }),
      'ConvTranspose "trunk/conv1": output padding is shorter than the stride (expected less than [2, 2], found [2, 2]; inputs [2, 3, 8, 8], [3, 3, 3, 3])\n  hint: it only tells apart input lengths that the stride maps to one',
    ],
  ];
  for (const [build, message] of refused) {
    assert.throws(() => inScope('trunk', () => inScope('conv1', build)), { code: 'shape/mismatch', message });
  }
});
