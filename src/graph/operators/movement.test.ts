import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { anyShape, checkAdjoint, checkOperator, forAll } from '../../../test/operator-check.ts';
import { sizeOf } from '../../base/shape.ts';
import * as graph from '../index.ts';
import { inScope, placeholder, type Tensor } from '../index.ts';
import { emit } from '../tensor.ts';

/** The value, its gradient and, as the family is linear, the adjoint identity. */
async function checkLinear(build: (x: Tensor) => Tensor, shape: readonly number[]): Promise<void> {
  await checkOperator(([x]) => build(x), [shape]);
  await checkAdjoint(build, shape);
}

test('Reshape, one length left to be found', () =>
  forAll(
    anyShape(0, 4),
    async (shape) => {
      await checkLinear((x) => graph.reshape(x, [...shape].reverse()), shape);
      await checkLinear((x) => graph.reshape(x, [1, -1, 1]), shape);
    },
    5,
  ));

test('Transpose by any permutation', () =>
  forAll(
    anyShape(1, 5, 3).chain((shape) =>
      fc.tuple(
        fc.constant(shape),
        fc.shuffledSubarray(
          shape.map((_, i) => i),
          { minLength: shape.length },
        ),
      ),
    ),
    ([shape, permutation]) => checkLinear((x) => graph.transpose(x, permutation), shape),
  ));

test('Expand along any axes, in front too', () =>
  forAll(
    anyShape(0, 4).chain((full) =>
      fc.tuple(
        fc.constant(full),
        fc.integer({ min: 0, max: full.length }),
        fc.array(fc.boolean(), { minLength: full.length, maxLength: full.length }),
      ),
    ),
    ([full, skip, single]) =>
      checkLinear((x) => graph.expand(x, full), full.map((n, axis) => (single[axis] ? 1 : n)).slice(skip)),
  ));

test('Concat of two, three and one', () =>
  forAll(
    fc.tuple(anyShape(1, 4), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }), fc.nat(3)),
    async ([shape, lengths, where]) => {
      const axis = where % shape.length;
      const shapes = lengths.map((length) => shape.map((n, k) => (k === axis ? length : n)));
      await checkOperator((parts) => graph.concat(parts, axis - (where % 2) * shape.length), shapes);
    },
  ));

const slices = fc
  .array(
    fc.record({
      length: fc.integer({ min: 1, max: 7 }),
      start: fc.integer({ min: -9, max: 9 }),
      end: fc.integer({ min: -9, max: 9 }),
      step: fc.constantFrom(-3, -2, -1, 1, 1, 2, 3),
      cut: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  )
  .filter((axes) =>
    axes.every(({ length, start, end, step, cut }) => !cut || positionsOf(length, start, end, step) > 0),
  );

/** How many positions a slice visits, by Python's `slice.indices`. */
function positionsOf(length: number, start: number, end: number, step: number): number {
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const clip = (i: number) => Math.min(Math.max(i < 0 ? i + length : i, low), high);
  return Math.max(0, Math.ceil((clip(end) - clip(start)) / step));
}

test('Slice with starts, ends and steps of both signs, inside the axis and beyond', () =>
  forAll(
    slices,
    async (axes) => {
      const cut = axes.map((_, axis) => axis).filter((axis) => axes[axis].cut);
      await checkLinear(
        (x) =>
          graph.sliceAxes(
            x,
            cut,
            cut.map((axis) => axes[axis].start),
            cut.map((axis) => axes[axis].end),
            cut.map((axis) => axes[axis].step),
          ),
        axes.map(({ length }) => length),
      );
    },
    40,
  ));

test('a slice of nothing has a gradient of zeros', async () => {
  await checkOperator(([x]) => graph.add(graph.reduceSum(graph.slice(x, 0, 3, 3)), graph.reduceSum(x)), [[4, 2]]);
});

test('flip of any axes', () =>
  forAll(
    anyShape(1, 4).chain((shape) => fc.tuple(fc.constant(shape), fc.subarray(shape.map((_, i) => i)))),
    ([shape, axes]) => checkLinear((x) => graph.flip(x, axes), shape),
  ));

const pads = fc.array(
  fc.record({
    length: fc.integer({ min: 3, max: 5 }),
    before: fc.integer({ min: -1, max: 3 }),
    after: fc.integer({ min: -1, max: 3 }),
  }),
  { minLength: 1, maxLength: 4 },
);

test('Pad with lengths of both signs and any value', () =>
  forAll(pads, async (axes) => {
    const [before, after] = [axes.map((axis) => axis.before), axes.map((axis) => axis.after)];
    const shape = axes.map(({ length }) => length);
    await checkOperator(([x]) => graph.pad(x, before, after, 1.5), [shape]);
    await checkLinear((x) => graph.pad(x, before, after), shape);
  }));

test('pads by different infinities stay apart in one graph', () =>
  checkOperator(
    ([x]) => [
      graph.reduceMax(graph.pad(x, [1], [0], Number.NEGATIVE_INFINITY)),
      graph.reduceMin(graph.pad(x, [1], [0], Number.POSITIVE_INFINITY)),
    ],
    [[5]],
  ));

const gathers = fc.tuple(anyShape(1, 4, 5), fc.nat(3), anyShape(0, 2, 3)).chain(([shape, where, indexShape]) => {
  const length = shape[where % shape.length];
  const index = fc.array(fc.integer({ min: -length, max: length - 1 }), {
    minLength: sizeOf(indexShape),
    maxLength: sizeOf(indexShape),
  });
  return fc.tuple(fc.constant(shape), fc.constant(where % shape.length), fc.constant(indexShape), index);
});

test('Gather with indices of any rank, repeated and counted from behind; its second derivative', () =>
  forAll(
    gathers,
    async ([shape, axis, indexShape, values]) => {
      const index = graph.indices(values, indexShape);
      await checkLinear((x) => graph.gather(x, index, axis), shape);
      const slope = (y: Tensor) => graph.reduceSum(graph.multiply(graph.multiply(y, y), y));
      await checkOperator(([x]) => graph.gradients(slope(graph.gather(x, index, axis)), [x])[0], [shape], {
        runtime: false,
      });
    },
    20,
  ));

test('mistakes are refused where they are made, with the layer and the shapes', () => {
  const x = placeholder('x', 'float32', [2, 6]);
  const y = placeholder('y', 'float32', [3, 5]);
  const at = (build: () => Tensor) => () => inScope('trunk', () => inScope('neck', build));
  const refused: [() => Tensor, string][] = [
    [
      () => graph.reshape(x, [5, -1]),
      'Reshape "trunk/neck": [2, 6] cannot be reshaped to [5, 2.4] (found inputs [2, 6])\n  hint: the number of entries stays the same; one length may be -1',
    ],
    [
      () => graph.transpose(x, [0, 2]),
      'Transpose "trunk/neck": permutation [0, 2] does not fit rank 2 (found inputs [2, 6])\n  hint: name every axis once, from 0',
    ],
    [
      () => graph.expand(x, [2, 7]),
      'Expand "trunk/neck": [2, 6] does not expand to [2, 7] (found inputs [2, 6])\n  hint: only axes of length 1 are repeated; tile repeats others',
    ],
    [
      () => graph.concat([x, y], 0),
      'Concat "trunk/neck": tensors to join differ outside axis 0 (found inputs [2, 6], [3, 5])\n  hint: all other axes have equal lengths; pad or slice what is different',
    ],
    [
      () => graph.pad(x, [0, -3], [0, -4]),
      'Pad "trunk/neck": pads [0, -3, 0, -4] do not fit (found inputs [2, 6])\n  hint: give one length before every axis, then one after; negative ones cut',
    ],
    [
      () => graph.gather(x, y, 1),
      'Gather "trunk/neck": indices are int64, not float32 (found inputs [2, 6], [3, 5])\n  hint: cast them',
    ],
    [
      () => emit('Pad', [x], { pads: [0, 1, 0, 1], value: 0, mode: 'reflect' }),
      'Pad "trunk/neck": padding of mode reflect is not known (found inputs [2, 6])\n  hint: padBorder lengthens by edges, mirror images or the other end',
    ],
  ];
  for (const [build, message] of refused) assert.throws(at(build), { name: 'SondeError', message });
});
