/**
 * Installs and builds what is not installed and built; run by itself, `npm run build`.
 * @module
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { ensureInstalled } from './install.mjs';
import { root } from './root.mjs';

const lock = join(root, '.sonde-lock');

/** Ends the process with a sentence when it cannot be done. */
export function ensureReady() {
  try {
    checkNode();
    takeLock();
    try {
      ensureInstalled();
      ensureBuilt();
    } finally {
      rmSync(lock, { force: true });
    }
  } catch (error) {
    process.stderr.write(`sonde: ${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(`Node ${process.versions.node} is too old: Sonde needs 20.19 or newer (https://nodejs.org)`);
}

/** Two commands started at once after a clone must not install into one folder together. */
function takeLock() {
  let told = false;
  while (true) {
    try {
      const file = openSync(lock, 'wx');
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    if (!isRunning(ownerOfLock())) {
      rmSync(lock, { force: true });
      continue;
    }
    if (!told) process.stderr.write('sonde: waiting for another command that installs or builds …\n');
    told = true;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
}

function ownerOfLock() {
  try {
    return Number(readFileSync(lock, 'utf8'));
  } catch {
    return 0;
  }
}

/** @param {number} pid */
function isRunning(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureReady();
