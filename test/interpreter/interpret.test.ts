import assert from 'node:assert/strict';
import test from 'node:test';
import { add, multiply, placeholder, reduceMean, sqrt } from '../../src/graph/index.ts';
import { operators } from '../../src/graph/operators/index.ts';
import { interpret, kernels } from './interpret.ts';

test('the interpreter knows every operator of the graph, itself or by its expansion', () => {
  const unknown = operators
    .filter(({ type, expand }) => kernels[type] === undefined && expand === undefined)
    .map(({ type }) => type);
  assert.deepEqual(unknown, []);
});

test('it computes in float64', () => {
  const x = placeholder('x', 'float32', [2]);
  const value = { shape: [2], data: Float64Array.of(1e-12, 2) };
  const [y, mean] = interpret([sqrt(add(multiply(x, x), 1)), reduceMean(x)], new Map([[x, value]]));
  assert.deepEqual([...y.data], [1, Math.sqrt(5)]);
  assert.deepEqual([...mean.data], [(1e-12 + 2) / 2]);
  assert.throws(() => interpret([x], new Map()), /no value was given for x/);
});
