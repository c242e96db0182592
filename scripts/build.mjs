/**
 * Translates the sources into `dist/` and the lab into `lab/dist/`, when they have changed since the last time.
 * Types are checked by `npm run types`; here they are only taken away.
 * @module
 */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './root.mjs';
import { filesUnder, fingerprint } from './tree.mjs';

const inRoot = (/** @type {string[]} */ ...parts) => join(root, ...parts);
const isTest = (/** @type {string} */ path) => path.endsWith('.test.ts');

export function ensureBuilt() {
  const sources = filesUnder(inRoot('src')).filter((path) => !isTest(path));
  const lock = inRoot('package-lock.json');
  const own = [inRoot('tsconfig.json'), inRoot('tsconfig.build.json'), lock];
  const began = performance.now();
  const built = [
    once('package', inRoot('dist', 'cli', 'main.js'), [...sources, ...own], () => buildPackage(sources)),
    // The lab draws with the report's figures, so it is made of these sources too.
    once('lab', inRoot('lab', 'dist', 'index.html'), [...filesUnder(inRoot('lab')), ...sources, lock], buildLab),
  ];
  linkCommand();
  if (built.includes(true)) {
    process.stderr.write(`sonde: built in ${((performance.now() - began) / 1000).toFixed(1)} s\n`);
  }
}

/**
 * Runs `make` unless it was run on these very files before and its output is there.
 * @param {string} name
 * @param {string} output
 * @param {readonly string[]} files
 * @param {() => void} make
 */
function once(name, output, files, make) {
  const stamp = inRoot('node_modules', `.sonde-build-${name}`);
  const wanted = fingerprint(files);
  if (existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false;
  rmSync(stamp, { force: true });
  make();
  writeFileSync(stamp, wanted);
  return true;
}

/** @param {readonly string[]} sources */
function buildPackage(sources) {
  const compiler = inRoot('node_modules', 'typescript', 'bin', 'tsc');
  run([compiler, '-p', inRoot('tsconfig.build.json'), '--noCheck'], root, 'translating src/');
  const expected = new Set();
  for (const source of sources) {
    const target = inRoot('dist', relative(inRoot('src'), source));
    if (source.endsWith('.ts')) {
      for (const end of ['.js', '.js.map', '.d.ts']) expected.add(target.replace(/\.ts$/, end));
      continue;
    }
    expected.add(target);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(source, target);
  }
  // What was made from sources that are gone must not be found by anything.
  for (const path of filesUnder(inRoot('dist'))) if (!expected.has(path)) rmSync(path);
  chmodSync(inRoot('dist', 'cli', 'main.js'), 0o755);
}

function buildLab() {
  run(
    [inRoot('node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel=warn'],
    inRoot('lab'),
    'building the lab',
  );
}

/** npm links the commands of dependencies but not the root's own; with this link `npx sonde` works in the repository. */
function linkCommand() {
  const link = inRoot('node_modules', '.bin', 'sonde');
  if (process.platform === 'win32' || lstatSync(link, { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(join('..', '..', 'dist', 'cli', 'main.js'), link);
}

/**
 * @param {readonly string[]} command
 * @param {string} cwd
 * @param {string} doing
 */
function run(command, cwd, doing) {
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error(`${doing} failed; the compiler says why above`);
}
