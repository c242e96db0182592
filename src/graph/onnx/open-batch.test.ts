import assert from 'node:assert/strict';
import test from 'node:test';
import { createSession } from '../../runtime/backends/onnxruntime/session.ts';
import { float32, type HostArray } from '../../tensor/host-array.ts';
import { add, expand, literal, multiply, placeholder, reduceSum, reshape, resize, type Tensor } from '../index.ts';
import { encodeModel } from './encode.ts';
import { toOnnx } from './export.ts';
import { withOpenBatch } from './open-batch.ts';

function opened(network: (x: Tensor) => Tensor) {
  const sized = (batch: number) => {
    const x = placeholder('x', 'float32', [batch, 2, 3]);
    return { batch, model: toOnnx([x], { y: network(x) }) };
  };
  return withOpenBatch(sized(101), sized(103));
}

async function run(model: NonNullable<ReturnType<typeof opened>>, count: number): Promise<HostArray> {
  const session = await createSession(encodeModel(model), { threads: 1 });
  const x = float32(
    [count, 2, 3],
    Array.from({ length: 6 * count }, (_, i) => i),
  );
  const { y } = await session.fetch({ x }, ['y']);
  await session.release();
  return y;
}

test('shapes of Reshape are left to the runtime, multiples of the batch too', async () => {
  const model = opened((x) => reshape(reduceSum(reshape(x, [2 * x.shape[0], 3]), { axes: [1] }), [x.shape[0], 2]));
  assert.ok(model !== undefined);
  assert.deepEqual(model.graph.inputs[0].shape, ['batch', 2, 3]);
  for (const count of [1, 4]) {
    const y = await run(model, count);
    assert.deepEqual([...y.shape], [count, 2]);
    assert.deepEqual(
      [...y.data],
      Array.from({ length: 2 * count }, (_, i) => 9 * i + 3),
    );
  }
});

test('shapes of Expand ask the input', async () => {
  const row = literal(float32([1, 1, 3], [10, 20, 30]));
  const model = opened((x) => add(x, expand(row, [x.shape[0], 2, 3])));
  assert.ok(model !== undefined);
  const y = await run(model, 5);
  assert.deepEqual([...y.data].slice(24), [34, 45, 56, 37, 48, 59]);
});

test('lengths that Resize makes ask the input, where a Reshape has the same shape too', async () => {
  const model = opened((x) => {
    const [batch] = x.shape;
    const squares = resize(reshape(x, [batch, 1, 2, 3]), { size: [4, 6] });
    return reshape(squares, [batch, 24]);
  });
  assert.ok(model !== undefined);
  const y = await run(model, 2);
  assert.deepEqual([...y.data].slice(24, 30), [6, 6, 7, 7, 8, 8]);
});

test('values that depend on the batch keep it fixed', () => {
  assert.equal(
    opened((x) => multiply(x, x.shape[0])),
    undefined,
  );
  assert.equal(
    opened((x) => add(x, literal(float32([x.shape[0], 1, 1], 1)))),
    undefined,
  );
});
