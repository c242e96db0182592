import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { operatorChain } from '../../../../test/operator-chain.ts';
import { SondeError } from '../../../base/errors.ts';
import { Random } from '../../../base/random.ts';
import { int, ints } from '../../../graph/onnx/attributes.ts';
import { float32, type HostArray, hostArray, int64, zeros } from '../../../tensor/host-array.ts';
import { createBindingSession } from './binding-session.ts';
import { createNativeSession } from './native-session.ts';
import { createSession, resolveOptions, type SessionOptions } from './session.ts';

const makers = {
  native: (model: Uint8Array, options: SessionOptions = {}) => createNativeSession(model, resolveOptions(options)),
  binding: (model: Uint8Array, options: SessionOptions = {}) => createBindingSession(model, resolveOptions(options)),
};

const add = operatorChain({ operator: 'Add', inputs: { a: ['n', 2], b: ['n', 2] }, outputs: { sum: ['n', 2] } });

test('the C interface is what a session uses here', async () => {
  const session = await createSession(add);
  assert.equal(session.kind, 'native');
  await session.release();
});

for (const [kind, make] of Object.entries(makers)) {
  test(`${kind}: a model tells its inputs and outputs`, async () => {
    const session = await make(add);
    const value = (name: string) => ({ name, dtype: 'float32', shape: ['n', 2] });
    assert.deepEqual(session.inputs, [value('a'), value('b')]);
    assert.deepEqual(session.outputs, [value('sum')]);
    await session.release();
  });

  test(`${kind}: outputs appear in the given arrays, again at every run`, async () => {
    const session = await make(add);
    const [a, b, sum] = [float32([2, 2], [1, 2, 3, 4]), float32([2, 2], 10), zeros('float32', [2, 2])];
    const binding = session.bind({ a, b }, { sum });
    await session.run(binding);
    assert.deepEqual([...sum.data], [11, 12, 13, 14]);
    a.data[0] = -10;
    await session.run(binding);
    assert.deepEqual([...sum.data], [0, 12, 13, 14]);
    binding.release();
    await session.release();
  });

  test(`${kind}: arrays may lie in shared memory, at an offset`, async () => {
    const session = await make(add);
    const memory = new Float32Array(new SharedArrayBuffer(4 * 14)).fill(-1);
    const part = (from: number) => hostArray('float32', [2, 2], memory.subarray(from, from + 4));
    const [a, b, sum] = [part(1), part(5), part(9)];
    a.data.set([1, 2, 3, 4]);
    b.data.set([5, 6, 7, 8]);
    await session.run(session.bind({ a, b }, { sum }));
    assert.deepEqual([...memory], [-1, 1, 2, 3, 4, 5, 6, 7, 8, 6, 8, 10, 12, -1]);
    await session.release();
  });

  test(`${kind}: outputs of unknown shape are fetched, also without elements`, async () => {
    const session = await make(add);
    for (const rows of [3, 1, 0]) {
      const a = float32([rows, 2], 2);
      const { sum } = await session.fetch({ a, b: a });
      assert.deepEqual(sum, float32([rows, 2], 4));
    }
    assert.deepEqual(await session.fetch({ a: float32([1, 2], 1), b: float32([1, 2], 1) }, []), {});
    await session.release();
  });

  test(`${kind}: every dtype goes in and out unchanged`, async () => {
    const arrays: HostArray[] = [
      hostArray('float64', [3], Float64Array.of(1.5, -0, Number.NaN)),
      hostArray('int8', [3], Int8Array.of(-128, 0, 127)),
      hostArray('uint8', [3], Uint8Array.of(0, 1, 255)),
      hostArray('int16', [3], Int16Array.of(-32768, 0, 32767)),
      hostArray('uint16', [3], Uint16Array.of(0, 1, 65535)),
      hostArray('int32', [3], Int32Array.of(-(2 ** 31), 0, 2 ** 31 - 1)),
      hostArray('uint32', [3], Uint32Array.of(0, 1, 2 ** 32 - 1)),
      int64([3], [-(2 ** 53), 0, 2 ** 53]),
      hostArray('uint64', [3], BigUint64Array.of(0n, 1n, 2n ** 64n - 1n)),
      hostArray('bool', [3], Uint8Array.of(0, 1, 1)),
      hostArray('float16', [3], Uint16Array.of(0x3c00, 0x8000, 0x7bff)),
    ];
    for (const x of arrays) {
      const shapes = { inputs: { x: [3] }, outputs: { y: [3] } };
      const session = await make(operatorChain({ operator: 'Identity', ...shapes, dtype: x.dtype }));
      const y = zeros(x.dtype, [3]);
      await session.run(session.bind({ x }, { y }));
      assert.deepEqual(y, x);
      assert.deepEqual((await session.fetch({ x })).y, x);
      await session.release();
    }
  });

  test(`${kind}: what does not fit is refused by name`, async () => {
    const session = await make(add);
    const good = float32([2, 2], 1);
    const bind = (inputs: Record<string, HostArray>, outputs = {}) =>
      assert.throws.bind(null, () => session.bind(inputs, outputs));
    bind({ a: good })({ code: 'runtime/session', message: 'no array was given for b' });
    bind({ a: good, b: good, c: good })({ message: 'the model has no input c (expected a, b)' });
    bind({ a: good, b: float32([2, 3], 1) })({ message: /input b.*expected float32 \[n, 2\], found float32 \[2, 3\]/ });
    bind({ a: good, b: int64([2, 2], [1, 2, 3, 4]) })({ message: /found int64 \[2, 2\]/ });
    bind({ a: good, b: good }, { total: good })({ message: 'the model has no output total (expected sum)' });
    bind({ a: good, b: good })({ message: 'a run needs at least one output' });
    const wrongRows = session.bind({ a: good, b: good }, { sum: zeros('float32', [3, 2]) });
    await assert.rejects(session.run(wrongRows), { code: 'runtime/session' });
    const wrongSum = session.bind({ a: good, b: float32([3, 2], 1) }, { sum: zeros('float32', [3, 2]) });
    await assert.rejects(session.run(wrongSum), { code: 'runtime/session' });
    await assert.rejects(session.fetch({ a: good, b: good }, ['total']), { message: 'the model has no output total' });
    await session.release();
  });

  test(`${kind}: what ONNX Runtime refuses becomes an error with its message`, async () => {
    const shapes = { inputs: { x: [1] }, outputs: { y: [1] } };
    await assert.rejects(make(operatorChain({ operator: 'Nonsense', ...shapes })), {
      code: 'runtime/session',
      message: /Nonsense/,
    });
    await assert.rejects(make(new Uint8Array([1, 2, 3])), { code: 'runtime/session' });
    await assert.rejects(make(new Uint8Array()), { code: 'runtime/session' });
  });

  test(`${kind}: a released session and a released binding say so`, async () => {
    const session = await make(add);
    const a = float32([2, 2], 1);
    const binding = session.bind({ a, b: a }, { sum: zeros('float32', [2, 2]) });
    const released = session.bind({ a, b: a }, { sum: zeros('float32', [2, 2]) });
    released.release();
    released.release();
    await assert.rejects(session.run(released), { message: 'the binding is released' });
    const [first, second] = [session.run(binding), session.run(binding)];
    await assert.rejects(second, { message: 'the binding is running' });
    binding.release();
    await first;
    await assert.rejects(session.run(binding), { message: 'the binding is released' });
    await session.release();
    await session.release();
    assert.throws(() => session.bind({ a, b: a }, {}), { message: 'the session has been released' });
  });

  test(`${kind}: a trace of the kernels is written`, async () => {
    const profilePrefix = join(tmpdir(), `sonde-trace-${process.pid}-${kind}`);
    const session = await make(add, { profilePrefix });
    await session.fetch({ a: float32([1, 2], 1), b: float32([1, 2], 1) });
    const path = session.endProfiling();
    await session.release();
    if (path === undefined) return assert.equal(kind, 'binding');
    assert.ok(path.startsWith(profilePrefix));
    assert.match(await readFile(path, 'utf8'), /"Add"|step 0/);
    await rm(path);
    assert.equal((await make(add)).endProfiling(), undefined);
  });
}

test('both ways to run give the same bytes, with every optimisation', async () => {
  const random = new Random('session');
  const normal = (shape: number[]) => {
    const array = zeros('float32', shape);
    return hostArray(
      'float32',
      shape,
      array.data.map(() => random.normal()),
    );
  };
  const model = operatorChain({
    operator: 'Conv',
    inputs: { x: [2, 8, 15, 17], w: [8, 8, 3, 3], b: [8] },
    outputs: { y: [2, 8, 15, 17] },
    attributes: { pads: ints([1, 1, 1, 1]), group: int(1) },
    times: 3,
  });
  const feeds = { x: normal([2, 8, 15, 17]), w: normal([8, 8, 3, 3]), b: normal([8]) };
  for (const optimisation of ['none', 'basic', 'extended', 'all'] as const) {
    const results: HostArray[] = [];
    for (const make of Object.values(makers)) {
      const session = await make(model, { optimisation, threads: 2 });
      const y = zeros('float32', [2, 8, 15, 17]);
      await session.run(session.bind(feeds, { y }));
      results.push(y);
      await session.release();
    }
    assert.deepEqual(results[0], results[1]);
    assert.ok(results[0].data.some((value) => Number(value) > 1));
  }
});

test('a run on this thread, outputs left out, options of every kind', async () => {
  const options = { threads: 1, arena: false, spinning: false, denormalsAsZero: true, optimisation: 'basic' } as const;
  const session = await createSession(add, options);
  const a = float32([2, 2], 1);
  const sum = zeros('float32', [2, 2]);
  session.runSync(session.bind({ a, b: a }, { sum }));
  assert.deepEqual([...sum.data], [2, 2, 2, 2]);
  await session.release();
  await assert.rejects(createSession(add, { threads: 0 }), { code: 'usage' });
});

const slow = operatorChain({
  operator: 'MatMul',
  inputs: { x: [700, 700], w: [700, 700] },
  outputs: { y: [700, 700] },
  times: 60,
});
const square = () => zeros('float32', [700, 700]);

test('the event loop is free during a run', async () => {
  const session = await createSession(slow);
  const binding = session.bind({ x: square(), w: square() }, { y: square() });
  let turns = 0;
  let done = false;
  const running = session.run(binding).then(() => (done = true));
  while (!done) {
    await sleep(1);
    turns++;
  }
  await running;
  assert.ok(turns > 5, `the loop turned ${turns} times during the run`);
  await session.release();
});

test('a run can be ended early, and the binding runs again', async () => {
  const session = await createSession(slow);
  const y = square();
  const binding = session.bind({ x: square(), w: square() }, { y });
  const ending = new AbortController();
  const running = session.run(binding, { signal: ending.signal });
  ending.abort(new Error('enough'));
  await assert.rejects(running, { message: 'enough' });
  await assert.rejects(session.run(binding, { signal: ending.signal }), { message: 'enough' });
  y.data.fill(1);
  await session.run(binding);
  assert.equal(y.data[0], 0);
  await session.release();
});

test('a session released during a run waits for it', async () => {
  const session = await createSession(slow);
  const y = square();
  y.data.fill(1);
  const running = session.run(session.bind({ x: square(), w: square() }, { y }));
  await session.release();
  assert.equal(y.data.at(-1), 0);
  await running;
});

test('two sets of state change places over a thousand runs without growing memory', async () => {
  const shape = [256, 1024];
  const session = await createSession(
    operatorChain({ operator: 'Add', inputs: { state: shape, step: shape }, outputs: { next: shape } }),
  );
  const step = float32(shape, 1);
  const [even, odd] = [zeros('float32', shape), zeros('float32', shape)];
  const bindings = [
    session.bind({ state: even, step }, { next: odd }),
    session.bind({ state: odd, step }, { next: even }),
  ];
  for (let run = 0; run < 100; run++) await session.run(bindings[run % 2]);
  const before = process.memoryUsage.rss();
  for (let run = 0; run < 1000; run++) await session.run(bindings[run % 2]);
  assert.ok(even.data.every((value) => value === 1100));
  // One copy of the state a run would be 1000 MB.
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown < 20e6, `memory grew by ${(grown / 1e6).toFixed(1)} MB`);
  await session.release();
});

test('bindings, fetched outputs and refused runs give their memory back', async () => {
  const shape = [64, 1024];
  const session = await createSession(
    operatorChain({ operator: 'Add', inputs: { a: ['n', 1024], b: ['n', 1024] }, outputs: { sum: ['n', 1024] } }),
  );
  const a = float32(shape, 1);
  const other = float32([3, 1024], 1);
  const sum = zeros('float32', shape);
  const cycle = async () => {
    const binding = session.bind({ a, b: a }, { sum });
    await session.run(binding);
    binding.release();
    await session.fetch({ a, b: a });
    await assert.rejects(session.fetch({ a, b: other }), SondeError);
  };
  for (let i = 0; i < 200; i++) await cycle();
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 1000; i++) await cycle();
  // A fetched output is 262 kB, so a thousand that stayed would be 262 MB.
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown < 60e6, `memory grew by ${(grown / 1e6).toFixed(1)} MB`);
  await session.release();
});
