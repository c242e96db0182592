/**
 * How large a cache may grow, of decoded frames or of features: the stores that were used longest ago go first. A store is
 * a folder with a file that says what is in it, whose time is that of its last use.
 * @module
 */
import { readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { usageError } from '../../base/errors.ts';
import { storeFile } from './frame-store.ts';

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

export interface StoreOptions {
  /** The file of a store that says what is in it; default: that of decoded frames. */
  readonly described?: string;
  /** Milliseconds since 1970. */
  readonly now?: number;
}

/** Marks a store as used now, so that it goes last. */
export function markUsed(store: string, { described = storeFile, now = Date.now() }: StoreOptions = {}): void {
  try {
    utimesSync(join(store, described), now / 1000, now / 1000);
  } catch {
    // A cache that cannot be written to is not cleared by this process either.
  }
}

/**
 * Removes stores, those used longest ago first, until the rest fit; `keep` and stores used within the last ten minutes stay.
 * A store is renamed before it is removed, so no process ever opens half of one; a process that has it open keeps its
 * frames. Returns the bytes freed.
 */
export function shrinkCache(
  directory: string,
  limit: number,
  keep: string,
  { described = storeFile, now = Date.now() }: StoreOptions = {},
): number {
  const stores = storesIn(directory, described);
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

function storesIn(directory: string, described: string): StoredSize[] {
  return readdirSync(directory).flatMap((name) => {
    const path = join(directory, name);
    const head = statSync(join(path, described), { throwIfNoEntry: false });
    if (head === undefined || name.startsWith('building-')) return [];
    // A file that another process moves away at this moment takes no room.
    const sizes = readdirSync(path).map((file) => statSync(join(path, file), { throwIfNoEntry: false })?.size ?? 0);
    return [{ path, bytes: sizes.reduce((sum, size) => sum + size, 0), usedMs: head.mtimeMs }];
  });
}
