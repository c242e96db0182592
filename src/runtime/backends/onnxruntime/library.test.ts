import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { test } from 'node:test';
import { apiTable, logSeverities } from './api-table.ts';
import { libraryPath, openLibrary } from './library.ts';

test("the library is the package's own, of the package's version", async () => {
  assert.match(basename(libraryPath()), /onnxruntime/);
  const { version } = createRequire(import.meta.url)('onnxruntime-node/package.json');
  assert.equal((await openLibrary()).version, version);
  assert.equal(await openLibrary(), await openLibrary());
});

test('every place in the table of functions is used once', () => {
  const positions = Object.values(apiTable).map(([position]) => position);
  assert.equal(new Set(positions).size, positions.length);
});

test('a status becomes an error with its message, and is not leaked', async () => {
  const { call, functions, obtain } = await openLibrary();
  const options = obtain('CreateSessionOptions');
  call('SetSessionLogSeverityLevel', options, logSeverities.error);
  const refused = { code: 'runtime/session', message: 'graph_optimization_level is not valid' };
  const fail = () => call('SetSessionGraphOptimizationLevel', options, 57);
  for (let i = 0; i < 1000; i++) assert.throws(fail, refused);
  const before = process.memoryUsage.rss();
  for (let i = 0; i < 200_000; i++) {
    try {
      fail();
    } catch {}
  }
  // A status takes 80 bytes at least: 16 MB if all stayed.
  const grown = process.memoryUsage.rss() - before;
  assert.ok(grown < 12e6, `memory grew by ${(grown / 1e6).toFixed(1)} MB`);
  functions.ReleaseSessionOptions(options);
});

test('calls on other threads are answered one by one', async () => {
  const { callAsync, functions, obtain } = await openLibrary();
  const options = obtain('CreateSessionOptions');
  const outcomes = await Promise.allSettled(
    [0, 57, 99, 58].map((level) => callAsync('SetSessionGraphOptimizationLevel', options, level)),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled', 'rejected'],
  );
  functions.ReleaseSessionOptions(options);
});
