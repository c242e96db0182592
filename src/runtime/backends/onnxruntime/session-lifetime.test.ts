import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { operatorChain } from '../../../../test/operator-chain.ts';

const session = JSON.stringify(new URL('./session.ts', import.meta.url).href);
const arrays = JSON.stringify(new URL('../../../tensor/host-array.ts', import.meta.url).href);
const model = operatorChain({
  operator: 'MatMul',
  inputs: { x: [300, 300], w: [300, 300] },
  outputs: { y: [300, 300] },
  times: 300,
});

const imports = `
  const { createSession } = await import(${session});
  const { float32, zeros } = await import(${arrays});
`;

/** The bytes as an expression. */
function literal(bytes: Uint8Array): string {
  return `Buffer.from('${Buffer.from(bytes).toString('base64')}', 'base64')`;
}

/** Makes a session whose runs last a good part of a second, then does what the case is about. */
const program = (ending: string) => `
  ${imports}
  const session = await createSession(${literal(model)}, { threads: 4 });
  const [x, w] = [zeros('float32', [300, 300]), zeros('float32', [300, 300])];
  const start = () => session.run(session.bind({ x, w }, { y: zeros('float32', [300, 300], true) }));
  ${ending}
`;

async function exitOf(
  code: string,
  ...flags: string[]
): Promise<{ code: number | null; signal: string | null; error: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', ...flags, '--input-type=module', '--eval', code], {
    cwd: join(import.meta.dirname, '../../../..'),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let error = '';
  child.stderr.on('data', (text) => (error += text));
  const [status, signal] = await once(child, 'close');
  return { code: status, signal, error };
}

const clean = { code: 0, signal: null, error: '' };

test('a process ends by itself once its runs are done, released or not', async () => {
  assert.deepEqual(await exitOf(program('start(); await start();')), clean);
  assert.deepEqual(await exitOf(program('await start(); await session.release();')), clean);
});

test('a process can be ended while runs are under way', async () => {
  for (const wait of [0, 15, 60]) {
    const ending = `start(); start(); start(); setTimeout(() => process.exit(7), ${wait});`;
    assert.deepEqual(await exitOf(program(ending)), { ...clean, code: 7 });
  }
});

test('an error nobody catches ends the process as usual while a run is under way', async () => {
  const { code, signal, error } = await exitOf(
    program(`start(); setTimeout(() => { throw new Error('on purpose'); }, 15);`),
  );
  assert.deepEqual([code, signal], [1, null]);
  assert.match(error, /on purpose/);
});

test('a signal ends the process while a run is under way', async () => {
  const { signal } = await exitOf(program(`start(); setTimeout(() => process.kill(process.pid, 'SIGTERM'), 15);`));
  assert.equal(signal, 'SIGTERM');
});

test('the JavaScript binding takes over where native libraries cannot be called', async () => {
  const resolve = `export function resolve(name, context, next) {
    if (name === 'koffi') throw new Error('no build for this platform');
    return next(name, context);
  }`;
  const register = `import { register } from 'node:module'; register(${JSON.stringify(asModule(resolve))});`;
  const ending = `await start(); await session.release(); process.exit(session.kind === 'binding' ? 7 : 8);`;
  assert.deepEqual(await exitOf(program(ending), '--import', asModule(register)), { ...clean, code: 7 });
});

test('a session that takes tiny numbers for zero leaves other sessions alone', async () => {
  const square = operatorChain({ operator: 'Mul', inputs: { a: [64], b: [64] }, outputs: { y: [64] } });
  const code = `
    ${imports}
    await createSession(${literal(square)}, { denormalsAsZero: true });
    const other = await createSession(${literal(square)}, { threads: 1 });
    const tiny = float32([64], 1e-20);
    for (let run = 0; run < 12; run++) {
      const { y } = await other.fetch({ a: tiny, b: tiny });
      if (y.data.some((value) => value === 0)) process.exit(8);
    }
    process.exit(7);
  `;
  assert.deepEqual(await exitOf(code), { ...clean, code: 7 });
});

function asModule(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source)}`;
}

/** A worker thread that runs the model. */
function runInWorker(ending: string): Worker {
  const register = `const { register } = await import('tsx/esm/api'); register();`;
  const source = `import('node:worker_threads').then(async ({ parentPort }) => { ${register} ${program(ending)} })`;
  return new Worker(source, { eval: true });
}

test('sessions work in several worker threads at once, and one that ends takes nothing along', async () => {
  const work = async (index: number) => {
    const worker = runInWorker(`
      x.data.fill(${index + 1});
      for (let i = 0; i < 300; i++) w.data[301 * i] = 1;
      const y = zeros('float32', [300, 300], true);
      await session.run(session.bind({ x, w }, { y }));
      parentPort.postMessage(y.data[12345]);
    `);
    const [[value], [code]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return { value, code };
  };
  for (let round = 0; round < 2; round++) {
    const results = await Promise.all([0, 1, 2].map(work));
    assert.deepEqual(
      results,
      [1, 2, 3].map((value) => ({ value, code: 0 })),
    );
  }
});

test('a worker thread can be ended while a run is under way', async () => {
  const worker = runInWorker(`start(); start(); parentPort.postMessage('running');`);
  await once(worker, 'message');
  assert.equal(await worker.terminate(), 1);
});
