/**
 * What lies in a folder, and a fingerprint of it.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const passedOver = new Set(['node_modules', 'dist', 'snapshots']);

/**
 * Every file below `path` (or the file itself), sorted; build outputs and packages are passed over.
 * @param {string} path
 * @returns {string[]}
 */
export function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : filesUnder(join(path, entry.name));
      return [join(path, entry.name)];
    });
}

/**
 * Changes when a file is added, removed, renamed or edited; not when it is merely touched.
 * @param {readonly string[]} files
 */
export function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
