/** The package as npm and its users see it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { missingFrom } from '../scripts/complete-lock.mjs';

const root = join(import.meta.dirname, '..');
const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));

test('every sub-path leads to a source', () => {
  for (const [name, target] of Object.entries<{ types: string; default: string } | string>(
    read('package.json').exports,
  )) {
    if (typeof target === 'string') continue;
    const path = target.default.replace(/^\.\/dist\//, 'src/').replace(/\.js$/, '.ts');
    const place = name.endsWith('/*') ? dirname(path) : path;
    assert.ok(existsSync(join(root, place)), `${name} leads to ${place}, which does not exist`);
    assert.equal(target.types, target.default.replace(/\.js$/, '.d.ts'));
  }
});

test('versions are exact, and the same in package.json and the lock', () => {
  const { packages } = read('package-lock.json');
  for (const [folder, manifest] of [
    ['', 'package.json'],
    ['lab', 'lab/package.json'],
  ]) {
    const { dependencies, devDependencies, optionalDependencies } = read(manifest);
    const wanted: Record<string, string> = { ...dependencies, ...devDependencies, ...optionalDependencies };
    const locked = packages[folder];
    assert.deepEqual(wanted, { ...locked.dependencies, ...locked.devDependencies, ...locked.optionalDependencies });
    for (const [name, version] of Object.entries(wanted)) assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
});

test('the lock holds the packages of every platform, or npm ci would refuse it', () => {
  const missing = missingFrom(read('package-lock.json').packages).map(({ name, version }) => `${name}@${version}`);
  assert.deepEqual(missing, [], 'npm run lock adds them');
});

test('a lock that lacks a platform is noticed', () => {
  const lock = {
    'node_modules/tool': {
      dev: true,
      optionalDependencies: { 'tool-darwin-arm64': '1.0.0', 'tool-linux-x64': '1.0.0' },
    },
    'node_modules/tool-linux-x64': {},
  };
  assert.deepEqual(missingFrom(lock), [{ name: 'tool-darwin-arm64', version: '1.0.0', dev: true }]);
});
