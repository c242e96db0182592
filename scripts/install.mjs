/**
 * Makes sure that the packages of `package-lock.json` are installed, and installs them only when they are not.
 * Scripts of packages are never run: nothing here needs one, and some try to download GPU libraries.
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { fingerprint } from './tree.mjs';

const lock = join(root, 'package-lock.json');
const stamp = join(root, 'node_modules', '.sonde-install');

export function ensureInstalled() {
  const wanted = `${fingerprint([lock])} ${process.platform} ${process.arch}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  if (!installedByHand()) install();
  writeFileSync(stamp, wanted);
}

/** True when npm's own record of what it installed holds every package of the lock for this platform. */
function installedByHand() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, 'utf8')).packages;
  return Object.entries(JSON.parse(readFileSync(lock, 'utf8')).packages).every(
    ([path, { version, optional, link }]) =>
      path === '' ||
      !path.startsWith('node_modules/') ||
      optional === true ||
      link === true ||
      (installed[path]?.version === version && existsSync(join(root, path))),
  );
}

function install() {
  const began = performance.now();
  process.stderr.write('sonde: installing its packages (only when they change) … ');
  const options = ['ci', '--ignore-scripts', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  // npm says where it is to what it runs; without that, the one on the path is taken.
  const npm = process.env.npm_execpath;
  const [program, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const { status, error, stdout, stderr } = spawnSync(program, [...first, ...options, '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    shell: npm === undefined && process.platform === 'win32',
  });
  if (status !== 0) {
    process.stderr.write(`\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}\n`);
    throw new Error(
      'its packages could not be installed (npm says why above); connect this machine to the network and start again: later starts need no network',
    );
  }
  process.stderr.write(`done in ${Math.round((performance.now() - began) / 1000)} s\n`);
}
