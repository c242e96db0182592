import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../base/random.ts';
import { type DepthAxis, planDepth } from './depth-plan.ts';
import { fastCorrelation, mostPoints } from './toom-cook.ts';

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0);

const close = (found: readonly number[], expected: readonly number[]) => {
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-9, `${found} instead of ${expected}`);
  });
  assert.equal(found.length, expected.length);
};

test('fast correlation is correlation, with outputs + taps − 1 products', () => {
  const random = new Random('toom-cook');
  for (let outputs = 1; outputs <= mostPoints; outputs++) {
    for (let taps = 1; outputs + taps - 1 <= mostPoints; taps++) {
      const { kernel, input, output } = fastCorrelation(outputs, taps);
      const g = Array.from({ length: taps }, () => random.normal());
      const d = Array.from({ length: outputs + taps - 1 }, () => random.normal());
      const products = input.map((row, j) => dot(row, d) * dot(kernel[j], g));
      assert.equal(products.length, outputs + taps - 1);
      assert.ok(output[0].every((value) => value === 1));
      const found = Array.from({ length: outputs }, (_, i) =>
        dot(
          products,
          output.map((row) => row[i]),
        ),
      );
      const expected = found.map((_, i) => dot(g, d.slice(i, i + taps)));
      close(found, expected);
    }
  }
  assert.throws(() => fastCorrelation(mostPoints, 2), RangeError);
});

const axes = fc
  .record({
    length: fc.integer({ min: 1, max: 12 }),
    taps: fc.integer({ min: 1, max: 7 }),
    stride: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 2 }),
    before: fc.integer({ min: 0, max: 4 }),
    after: fc.integer({ min: 0, max: 4 }),
  })
  .map(({ after, ...axis }): DepthAxis => {
    const room = axis.length + axis.before + after - axis.dilation * (axis.taps - 1) - 1;
    return { ...axis, outputs: Math.floor(room / axis.stride) + 1 };
  })
  .filter(({ outputs }) => outputs > 0);

test('every plan computes the convolution along depth, and the bias once', () => {
  fc.assert(
    fc.property(axes, fc.string({ minLength: 1, maxLength: 4 }), (axis, seed) => {
      const random = new Random(seed);
      const x = Array.from({ length: axis.length }, () => random.normal());
      const weight = Array.from({ length: axis.taps }, () => random.normal());
      const bias = random.normal();
      const { tiles, products, parts, input, kernel, output } = planDepth(axis);
      assert.equal(input.length, tiles * products * parts);
      const convolved = Array.from({ length: tiles * products }, (_, i) => {
        let sum = i % products === 0 ? bias : 0;
        for (let part = 0; part < parts; part++) {
          sum += dot(input[i * parts + part], x) * dot(kernel[(i % products) * parts + part], weight);
        }
        return sum;
      });
      const found = output?.map((row) => dot(row, convolved)) ?? convolved;
      const expected = Array.from({ length: axis.outputs }, (_, i) =>
        weight.reduce((sum, w, tap) => sum + w * (x[i * axis.stride - axis.before + tap * axis.dilation] ?? 0), bias),
      );
      close(found, expected);
      assert.ok(tiles * products * parts <= axis.outputs * axis.taps);
    }),
    { numRuns: 300 },
  );
});

test('what the plans of common layers save', () => {
  const slices = (length: number, taps: number, stride = 1) => {
    const before = (taps - 1) / 2;
    const outputs = Math.floor((length + 2 * before - taps) / stride) + 1;
    const { tiles, products, parts } = planDepth({ length, taps, stride, dilation: 1, before, outputs });
    return tiles * products * parts;
  };
  assert.equal(slices(8, 3), 12);
  assert.equal(slices(4, 3), 6);
  assert.equal(slices(2, 3), 3);
  assert.equal(slices(1, 3), 1);
  assert.equal(slices(16, 7), 56);
  assert.equal(slices(2, 3, 2), 2);
});
