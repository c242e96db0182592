/**
 * Building a frame store: every item is decoded once, resized, and written into one file.
 * @module
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { messageOf, SondeError, usageError } from '../../base/errors.ts';
import type { DatasetIndex, MediaItem, MediaSource, Problem } from '../media.ts';
import { type ItemSize, placedItem } from '../placement.ts';
import { preparationOf } from '../preparation.ts';
import { checksVersion } from '../quality/scan.ts';
import { cacheLimit, markUsed, shrinkCache } from './cache-size.ts';
import type { FolderSource } from './folder-source.ts';
import { framesFile, type OpenFrameStore, openFrameStore, type StoreHead, storeFile } from './frame-store.ts';
import { PreparationPool } from './preparation-pool.ts';
import { prepareItem, type StoredFrames, type StoreSettings } from './stored-frames.ts';

export interface FrameStoreOptions extends Partial<StoreSettings> {
  /** Folder that holds stores, one below it for each data set and settings. */
  readonly directory: string;
  /** Worker threads that decode files; other sources are read in this thread. Default 2, or what the machine has; 0 for none. */
  readonly workers?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly memoryBytes?: number;
}

/**
 * The frames of `source`, decoded now or taken from an earlier run with the same data and settings.
 * Items that cannot be decoded are left out of the store's `index.items` and listed in its problems: use the store's own index.
 * Several processes may build the same store at once; one of them wins.
 * Throws `data/unreadable` when no item can be decoded, `usage` for a wrong setting.
 */
export async function buildFrameStore(
  source: MediaSource,
  index: DatasetIndex,
  options: FrameStoreOptions,
): Promise<OpenFrameStore> {
  const preparation = preparationOf(options.preparation ?? {});
  const settings: StoreSettings = {
    size: options.size ?? 128,
    side: options.side ?? 'long',
    bits: options.bits ?? 8,
    channels: options.channels ?? 'source',
    ...(preparation === undefined ? {} : { preparation }),
  };
  if (settings.size !== 'original' && !(Number.isInteger(settings.size) && settings.size >= 1)) {
    throw usageError('the stored size is a whole number of pixels, or original', { found: String(settings.size) });
  }
  const target = join(options.directory, storeKey(index, settings));
  const openOptions = { split: index.split, memoryBytes: options.memoryBytes };
  const limit = cacheLimit();
  const existing = openIfSound(target, openOptions);
  if (existing !== undefined) {
    markUsed(target);
    return existing;
  }
  mkdirSync(options.directory, { recursive: true });
  removeLeftovers(options.directory);
  const temporary = mkdtempSync(join(options.directory, 'building-'));
  try {
    await writeStore(temporary, source, index, settings, options);
    try {
      renameSync(temporary, target);
    } catch (error) {
      // Another process has put its own there meanwhile: the same bytes, unless it is damaged.
      const other = openIfSound(target, openOptions);
      if (other === undefined) throw error;
      return other;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  shrinkCache(options.directory, limit, target);
  return openFrameStore(target, openOptions);
}

/** Name of the store for a data set and settings. */
function storeKey(index: DatasetIndex, settings: StoreSettings): string {
  const { size, side, bits, channels, preparation } = settings;
  const prepared: unknown[] = preparation === undefined ? [] : [preparation];
  // What is masked or cut out is what the checks find.
  if (preparation?.fieldOfView !== undefined) prepared.push(checksVersion);
  const text = JSON.stringify(['sonde frames 2', index.hash, size, side, bits, channels, ...prepared]);
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

function openIfSound(target: string, options: Parameters<typeof openFrameStore>[1]): OpenFrameStore | undefined {
  if (statSync(target, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    return openFrameStore(target, options);
  } catch (error) {
    if (!(error instanceof SondeError)) throw error;
    rmSync(target, { recursive: true, force: true });
    return undefined;
  }
}

/** Removes what builds that were killed left behind: half-made stores nobody has touched for a day. */
function removeLeftovers(directory: string): void {
  const dayAgo = Date.now() - 86_400_000;
  for (const name of readdirSync(directory)) {
    if (!name.startsWith('building-')) continue;
    const path = join(directory, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats !== undefined && stats.mtimeMs < dayAgo) rmSync(path, { recursive: true, force: true });
  }
}

async function writeStore(
  folder: string,
  source: MediaSource,
  index: DatasetIndex,
  settings: StoreSettings,
  options: FrameStoreOptions,
): Promise<void> {
  const items: MediaItem[] = [];
  const stored: StoreHead['items'] = [];
  const problems: Problem[] = [...index.problems];
  const file = openSync(join(folder, framesFile), 'w');
  let offset = 0;
  let done = 0;
  try {
    for await (const { item, frames, error } of preparedItems(source, index.items, settings, options.workers)) {
      if (frames === undefined) {
        problems.push({ path: item.id, reason: error ?? 'this item cannot be decoded', severity: 'skipped' });
      } else {
        const bytes = new Uint8Array(frames.data.buffer, frames.data.byteOffset, frames.data.byteLength);
        let written = 0;
        while (written < bytes.length)
          written += writeSync(file, bytes, written, Math.min(bytes.length - written, 2 ** 30));
        items.push(
          frames.placement === undefined
            ? item
            : atRate(placedItem(item, frames.placement, kept(item, frames, settings)), settings),
        );
        stored.push({ offset, shape: [...frames.shape], crc32: crc32(bytes) });
        offset += bytes.length;
      }
      options.onProgress?.(++done, index.items.length);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (items.length === 0) {
    const reason = problems.at(-1)?.reason;
    throw new SondeError(
      'data/unreadable',
      `none of the ${index.items.length} items of '${index.name}' can be decoded`,
      {
        hint: reason === undefined ? 'check that the data set is not empty' : `the last says: ${reason}`,
      },
    );
  }
  const head: StoreHead & { index: DatasetIndex } = {
    version: 1,
    settings,
    items: stored,
    index: { ...index, items, problems },
  };
  writeFileSync(join(folder, storeFile), JSON.stringify(head), { flush: true });
}

/** A clip that was read at a rate of its own has no other time stamps. */
function atRate(item: MediaItem, { preparation }: StoreSettings): MediaItem {
  const frameRateHz = preparation?.frameRateHz;
  if (frameRateHz === undefined || item.placement?.chosen === undefined) return item;
  const { frameTimesS: _, ...rest } = item;
  return { ...rest, frameRateHz };
}

/** Size of the kept part before it was made smaller for the store. */
function kept(item: MediaItem, { shape, placement }: StoredFrames, { preparation }: StoreSettings): ItemSize {
  const [frames, height, width] = shape;
  if (item.kind === 'volume' && preparation?.spacingMm !== undefined) return { frames, height, width };
  const { box } = placement ?? { box: item };
  return { frames, height: box.height, width: box.width };
}

interface Prepared {
  readonly item: MediaItem;
  readonly frames?: StoredFrames;
  readonly error?: string;
}

/** Items in their order, each decoded and resized; files in worker threads, anything else here. */
async function* preparedItems(
  source: MediaSource,
  items: readonly MediaItem[],
  settings: StoreSettings,
  workers = Math.min(2, availableParallelism()),
): AsyncGenerator<Prepared> {
  if (workers > 0 && items.length > 1 && 'pathOf' in source) {
    const { root, original } = source as FolderSource;
    const pool = new PreparationPool(Math.min(workers, items.length));
    try {
      const jobs = items.map((item) => ({ root, item: original(item), settings }));
      let position = 0;
      for await (const result of pool.inOrder(jobs)) yield { item: items[position++], ...result };
    } finally {
      await pool.close();
    }
    return;
  }
  for (const item of items) {
    try {
      yield { item, frames: await prepareItem(item, settings, (window) => source.read(item, window)) };
    } catch (error) {
      if (!(error instanceof SondeError)) throw error;
      yield { item, error: messageOf(error).split('\n', 1)[0] };
    }
  }
}
