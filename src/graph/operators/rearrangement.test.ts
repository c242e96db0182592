import assert from 'node:assert/strict';
import test from 'node:test';
import { anyShape, checkAdjoint, checkOperator, forAll } from '../../../test/operator-check.ts';
import { processor } from '../../runtime/backends/onnxruntime/backend.ts';
import { evaluate } from '../../runtime/evaluate.ts';
import { float32 } from '../../tensor/host-array.ts';
import { placeholder, type Tensor } from '../index.ts';
import { flatten, split, squeeze, stack, unsqueeze, unstack } from '../layout.ts';
import { constant } from '../tensor.ts';
import { depthToSpace, padBorder, pixelShuffle, spaceToDepth, tile, triangle } from './rearrangement.ts';

const values = async (tensor: Tensor): Promise<number[]> => {
  const [array] = await evaluate([tensor], new Map(), processor);
  return [...(array.data as Float32Array)];
};
const counted = (...shape: number[]) =>
  constant(
    float32(
      shape,
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, k) => k),
    ),
  );

test('parts of an axis; a part that is not used has a gradient of zeros', () =>
  forAll(
    anyShape(1, 4),
    async (shape) => {
      const axis = shape.length - 1;
      const whole = [...shape.slice(0, axis), shape[axis] + 3];
      await checkOperator(([x]) => split(x, [shape[axis], 1, 2], axis), [whole]);
      await checkOperator(([x]) => split(x, [shape[axis], 1, 2], axis)[1], [whole]);
      await checkOperator(([x]) => unstack(x, axis), [whole]);
    },
    4,
  ));

test('stack undoes unstack', async () => {
  for (const axis of [0, 1, -1]) {
    assert.deepEqual(await values(stack(unstack(counted(2, 3, 2), axis), axis)), await values(counted(2, 3, 2)));
  }
});

test('repeats', () =>
  forAll(
    anyShape(1, 4),
    (shape) =>
      checkOperator(
        ([x]) =>
          tile(
            x,
            shape.map((_, k) => (k % 2) + 1),
          ),
        [shape],
      ),
    6,
  ));

test('squeeze, unsqueeze and flatten only change the shape', async () => {
  const x = placeholder('x', 'float32', [2, 1, 3, 1]);
  assert.deepEqual(squeeze(x).shape, [2, 3]);
  assert.deepEqual(squeeze(x, [-1]).shape, [2, 1, 3]);
  assert.deepEqual(unsqueeze(squeeze(x), [0, -1]).shape, [1, 2, 3, 1]);
  assert.deepEqual(flatten(x, 2).shape, [2, 3]);
  assert.throws(() => squeeze(x, [0]), {
    message:
      'axis 0 of [2, 1, 3, 1] is not of length 1\n  hint: only axes of length 1 can be dropped; reshape does the rest',
  });
  await checkAdjoint((t) => flatten(unsqueeze(t, [1]), 2), [2, 3]);
});

test('borders of the nearest entry and of the mirror image', async () => {
  assert.deepEqual(await values(padBorder(counted(4), [2], [3], 'edge')), [0, 0, 0, 1, 2, 3, 3, 3, 3]);
  assert.deepEqual(await values(padBorder(counted(4), [2], [3], 'reflect')), [2, 1, 0, 1, 2, 3, 2, 1, 0]);
  for (const mode of ['edge', 'reflect'] as const) {
    await checkOperator(([x]) => padBorder(x, [0, 0, 1, 2], [0, 0, 2, 1], mode), [[1, 2, 3, 4]]);
    await checkAdjoint((x) => padBorder(x, [1, 0], [0, 2], mode), [2, 3]);
  }
  assert.throws(() => padBorder(counted(2), [2], [0], 'reflect'), { code: 'shape/mismatch' });
});

test('channels to space and back', async () => {
  for (const mode of ['DCR', 'CRD'] as const) {
    await checkOperator(([x]) => depthToSpace(x, 2, mode), [[2, 12, 2, 3]]);
  }
  await checkOperator(([x]) => spaceToDepth(x, 2), [[2, 3, 4, 6]]);
  await checkOperator(([x]) => pixelShuffle(x, 2), [[1, 16, 2, 1, 3]]);
  const x = counted(1, 4, 2, 2);
  assert.deepEqual(await values(pixelShuffle(x, 2)), await values(depthToSpace(x, 2, 'CRD')));
  const line = pixelShuffle(counted(1, 2, 3), 2);
  assert.deepEqual(await values(line), [0, 3, 1, 4, 2, 5]);
});

test('triangles', () =>
  forAll(
    anyShape(2, 4),
    async (shape) => {
      for (const diagonal of [-1, 0, 1]) {
        await checkOperator(([x]) => [triangle(x, 'upper', diagonal), triangle(x, 'lower', diagonal)], [shape]);
      }
    },
    3,
  ));
