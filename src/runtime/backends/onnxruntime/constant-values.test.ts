import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, literal, matmul, multiply, transpose } from '../../../graph/primitives.ts';
import { isPlaceholder, placeholder, topologicalOrder } from '../../../graph/tensor.ts';
import { float32 } from '../../../tensor/host-array.ts';
import { withConstantValues } from './constant-values.ts';

const weight = placeholder('weight', 'float32', [2, 2]);
const constants = new Map([[weight, float32([2, 2], [1, 2, 3, 4])]]);

test('what depends on constants alone is computed once, as it would be later', async () => {
  const x = placeholder('x', 'float32', [2, 2]);
  const doubled = multiply(transpose(weight, [1, 0]), 2);
  const y = add(matmul(x, doubled), add(doubled, literal(float32([2, 2], 1))));
  const found = await withConstantValues({ outputs: [y], constants }, { threads: 1 });
  const computed = topologicalOrder(found.outputs).map(({ outputs: [tensor] }) => tensor);
  const places = computed.filter((tensor) => isPlaceholder(tensor) && tensor !== x);
  assert.deepEqual(places.map((place) => [...found.constants.get(place)!.data]).sort(), [
    [2, 6, 4, 8],
    [3, 7, 5, 9],
  ]);
  assert.deepEqual(
    computed.filter((tensor) => !isPlaceholder(tensor)).map(({ node }) => node.operator.type),
    ['MatMul', 'Add'],
  );
});

test('nothing to compute leaves everything as it is', async () => {
  const x = placeholder('x', 'float32', [2, 2]);
  const given = { outputs: [matmul(x, weight)], constants };
  assert.deepEqual(await withConstantValues(given, { threads: 1 }), given);
});
