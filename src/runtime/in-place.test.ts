import assert from 'node:assert/strict';
import test from 'node:test';
import { add, matmul, multiply, placeholder, subtract, type Tensor } from '../graph/index.ts';
import { float32 } from '../tensor/host-array.ts';
import { processor } from './backends/onnxruntime/backend.ts';
import { compile } from './compile.ts';
import { overwritable } from './in-place.ts';
import type { Program } from './program.ts';
import { State } from './state.ts';

const P = (name: string, shape: readonly number[] = [4]): Tensor => placeholder(name, 'float32', shape);
const program = (
  state: Program['state'],
  inputs: Program['inputs'] = {},
  outputs: Program['outputs'] = {},
): Program => ({
  name: 'test',
  inputs,
  state,
  outputs,
});

test('a moment read once on the way to its next value may be overwritten, what others read may not', () => {
  const [w, v, g] = [P('w'), P('v'), P('g')];
  const velocity = add(multiply(v, 0.9), g);
  const weight = subtract(w, multiply(velocity, 0.1));
  const uses = [
    { name: 'w', tensor: w, next: weight },
    { name: 'v', tensor: v, next: velocity },
  ];
  assert.deepEqual([...overwritable(program(uses, { g }))].sort(), ['v', 'w']);
  const alsoRead = program(uses, { g }, { product: multiply(w, w) });
  assert.deepEqual([...overwritable(alsoRead)], ['v'], 'another node reads the weight');
  assert.deepEqual([...overwritable(program(uses, { g }, { old: v }))], ['w'], 'the old velocity is an output');
});

test('a product of matrices reads all entries and is never overwritten', () => {
  const m = P('m', [3, 3]);
  assert.equal(overwritable(program([{ name: 'm', tensor: m, next: add(matmul(m, m), 1) }])).size, 0);
  const once = P('once', [3, 3]);
  const other = P('other', [3, 3]);
  assert.equal(overwritable(program([{ name: 'once', tensor: once, next: matmul(once, other) }], { other })).size, 0);
});

test('overwritten and exchanged state give the same numbers', async () => {
  const [w, v, g] = [P('w'), P('v'), P('g')];
  const velocity = add(multiply(v, 0.9), g);
  const weight = subtract(w, multiply(velocity, 0.1));
  const uses = [
    { name: 'w', tensor: w, next: weight },
    { name: 'v', tensor: v, next: velocity },
  ];
  const values = () =>
    new State([
      ['w', float32([4], [1, 2, 3, 4])],
      ['v', float32([4], 0)],
    ]);
  const run = async (outputs: Program['outputs']) => {
    const state = values();
    const compiled = await compile(program(uses, { g }, outputs), state, processor, { threads: 1 });
    for (let step = 1; step <= 5; step++) await compiled.run({ g: float32([4], [step, -step, 0.5, 1]) });
    await compiled.dispose();
    return ['w', 'v'].map((name) => [...(state.get(name).data as Float32Array)]);
  };
  assert.deepEqual(await run({}), await run({ read: multiply(w, v) }));
});
