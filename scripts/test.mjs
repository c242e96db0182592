/**
 * `npm test`: every test beside the sources, in `test/` and in the lab. Arguments after `--` choose: part of a path runs
 * the files whose path holds it, options go to Node's test runner.
 * @module
 */
import { spawn } from 'node:child_process';
import { relative } from 'node:path';
import { ensureReady } from './ready.mjs';
import { root } from './root.mjs';
import { filesUnder } from './tree.mjs';

ensureReady();
const options = process.argv.slice(2).filter((argument) => argument.startsWith('-'));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith('-'));
const files = ['src', 'test', 'lab/src']
  .flatMap((folder) => filesUnder(`${root}/${folder}`))
  .map((path) => relative(root, path))
  .filter((path) => /\.test\.tsx?$/.test(path) && (wanted.length === 0 || wanted.some((part) => path.includes(part))));
if (files.length === 0) {
  process.stderr.write(`sonde: no test's path holds ${wanted.join(' or ')}\n`);
  process.exit(1);
}
// Node's own summary closes both; for a person failures follow it, for a machine they stand where they happen.
const reporter = process.stdout.isTTY ? 'spec' : 'tap';
const test = spawn(
  process.execPath,
  ['--import', 'tsx', '--test', '--test-concurrency=2', `--test-reporter=${reporter}`, ...options, ...files],
  { cwd: root, stdio: 'inherit' },
);
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.on(signal, () => test.kill(signal));
}
test.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
