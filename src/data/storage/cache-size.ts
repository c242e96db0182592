/**
 * How large the cache of decoded frames may grow: the stores that were used longest ago go first.
 * @module
 */
import { readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../base/errors.ts';
import { framesFile, storeFile } from './frame-store.ts';

const defaultGigabytes = 20;
/** A store used this recently may be open in another process. */
const restMs = 10 * 60_000;

/** Bytes that all stores together may take: `SONDE_CACHE_GB`, else 20 GB. Throws `usage` where that is no size. */
export function cacheLimit(): number {
  const given = process.env.SONDE_CACHE_GB;
  if (given === undefined || given.trim() === '') return defaultGigabytes * 1e9;
  const gigabytes = Number(given);
  if (Number.isFinite(gigabytes) && gigabytes >= 0) return gigabytes * 1e9;
  throw usageError('SONDE_CACHE_GB is a number of gigabytes, 0 or more', { found: given });
}

/** Marks a store as used now, so that it goes last. */
export function markUsed(store: string, now = new Date()): void {
  try {
    utimesSync(join(store, storeFile), now, now);
  } catch {
    // A cache that cannot be written to is not cleared by this process either.
  }
}

/**
 * Removes stores, those used longest ago first, until the rest fit; `keep` and stores used within the last ten minutes stay.
 * A store is renamed before it is removed, so no process ever opens half of one; a process that has it open keeps its
 * frames. Returns the bytes freed.
 */
export function shrinkCache(directory: string, limit: number, keep: string, now = Date.now()): number {
  const stores = storesIn(directory);
  let total = stores.reduce((sum, store) => sum + store.bytes, 0);
  let freed = 0;
  for (const { path, bytes, usedMs } of stores.sort((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limit) break;
    if (path === keep || now - usedMs < restMs) continue;
    const leaving = join(directory, `building-leaving-${process.pid}-${freed}`);
    try {
      renameSync(path, leaving);
    } catch {
      // Another process removes it at this moment.
      continue;
    }
    rmSync(leaving, { recursive: true, force: true });
    total -= bytes;
    freed += bytes;
  }
  return freed;
}

interface StoredSize {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

function storesIn(directory: string): StoredSize[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const head = statSync(join(path, storeFile), { throwIfNoEntry: false });
    const frames = statSync(join(path, framesFile), { throwIfNoEntry: false });
    if (head === undefined || name.startsWith('building-')) return [];
    return [{ path, bytes: head.size + (frames?.size ?? 0), usedMs: head.mtimeMs }];
  });
}
