/**
 * `npm run lock`, after a dependency was added: npm leaves out of the lock what it cannot see for other platforms, and
 * `npm ci` then refuses the lock everywhere. This adds the entries by what their names say.
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './root.mjs';

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'x64'];

/**
 * Optional packages that packages of the lock name and the lock does not hold.
 * @param {Record<string, { optionalDependencies?: Record<string, string>, dev?: boolean }>} packages
 */
export function missingFrom(packages) {
  return Object.entries(packages).flatMap(([parent, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !(`node_modules/${name}` in packages) && !(`${parent}/node_modules/${name}` in packages))
      .map(([name, version]) => ({ name, version, dev })),
  );
}

/** @param {{ name: string, version: string, dev: boolean }} missing */
function entryOf({ name, version, dev }) {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  if (os.length !== 1 || cpu.length !== 1 || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`the lock lacks ${name}@${version}, and its name does not say for which platform it is`);
  }
  const libc = words.some((word) => word.startsWith('musl')) ? ['musl'] : ['glibc'];
  return { version, cpu, ...(dev ? { dev } : {}), ...(os[0] === 'linux' ? { libc } : {}), optional: true, os };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const path = join(root, 'package-lock.json');
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  for (const missing of missingFrom(lock.packages)) {
    lock.packages[`node_modules/${missing.name}`] = entryOf(missing);
    console.log(`${missing.name}@${missing.version}`);
  }
  const paths = Object.keys(lock.packages).sort((a, b) => a.localeCompare(b, 'en'));
  lock.packages = Object.fromEntries(paths.map((name) => [name, lock.packages[name]]));
  writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
}
