/**
 * Kept features do not grow without bound: what was not used for longest is removed where a run keeps more than it may.
 * @module
 */
import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of features that are kept of a run, or beside a model. */
export const keptRoom = 4e9;

/** Another process may still be reading what was used so short a time ago: an hour. */
const stillInUse = 3600e3;

/** Says that a folder of features is in use now; `described` is its manifest. */
export function markUsed(described: string): void {
  const now = new Date();
  utimesSync(described, now, now);
}

/**
 * Removes folders of features below `root`, those whose manifest was used least recently first, until no more than `room`
 * bytes are left or all others are in use. Returns what was removed.
 */
export function makeRoom(root: string, room = keptRoom, now = Date.now()): string[] {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, 'manifest.json')))
    .map(({ name }) => {
      const folder = join(root, name);
      const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
      return { folder, bytes, used: statSync(join(folder, 'manifest.json')).mtimeMs };
    })
    .sort((a, b) => a.used - b.used);
  let total = folders.reduce((sum, { bytes }) => sum + bytes, 0);
  const removed: string[] = [];
  for (const { folder, bytes, used } of folders) {
    if (total <= room || now - used < stillInUse) break;
    rmSync(folder, { recursive: true, force: true });
    removed.push(folder);
    total -= bytes;
  }
  return removed;
}
