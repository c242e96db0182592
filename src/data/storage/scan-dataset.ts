/**
 * Looks at every item of a data set, in worker threads where it lies in files; what was seen of a file that has not
 * changed is not looked at again.
 * @module
 */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { DatasetIndex, MediaItem, MediaSource, Problem } from '../media.ts';
import { checksVersion, type ScannedItem, scanItem } from '../quality/scan.ts';
import { DescribedFiles } from './described-files.ts';
import type { FolderSource } from './folder-source.ts';
import { PreparationPool } from './preparation-pool.ts';
import { installationSalt } from './pseudonym.ts';

export interface ScanOptions {
  /** Where findings are kept between runs; nowhere by default. */
  readonly memory?: string;
  readonly workers?: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Findings of all items that could be decoded, in order, and what could not be. */
export async function scanDataset(
  source: MediaSource,
  index: DatasetIndex,
  options: ScanOptions = {},
): Promise<{ items: ScannedItem[]; problems: Problem[] }> {
  const pictures = index.items.filter(({ kind }) => kind !== 'signal');
  const items: ScannedItem[] = [];
  const problems: Problem[] = [];
  let done = 0;
  for await (const { item, scanned, error } of outcomes(source, pictures, options)) {
    if (scanned !== undefined)
      items.push({ ...scanned, id: item.id, fingerprint: { ...scanned.fingerprint, id: item.id } });
    else problems.push({ path: item.id, reason: error ?? 'this item cannot be decoded', severity: 'skipped' });
    options.onProgress?.(++done, pictures.length);
  }
  return { items, problems };
}

interface ScanOutcome {
  readonly item: MediaItem;
  readonly scanned?: ScannedItem;
  readonly error?: string;
}

async function* outcomes(
  source: MediaSource,
  items: readonly MediaItem[],
  { memory, workers = Math.min(4, availableParallelism()) }: ScanOptions,
): AsyncGenerator<ScanOutcome> {
  if (!('pathOf' in source)) {
    for (const item of items) {
      try {
        yield { item, scanned: await scanItem(item, (window) => source.read(item, window)) };
      } catch (error) {
        if (!(error instanceof SondeError)) throw error;
        yield { item, error: messageOf(error).split('\n', 1)[0] };
      }
    }
    return;
  }
  const folder = source as FolderSource;
  const salt = installationSalt();
  const known = memory === undefined ? undefined : new DescribedFiles<Packed>(join(memory, 'scans'), folder.root, salt);
  const states = items.map((item) => stateOf(folder, item));
  const remembered = states.map((state) => (state === undefined ? undefined : known?.find(state)));
  const waiting = items.flatMap((_, position) => (remembered[position] === undefined ? [position] : []));
  const pool = new PreparationPool(waiting.length === 0 ? 0 : Math.max(1, Math.min(workers, waiting.length)));
  try {
    const jobs = waiting.map((position) => ({ root: folder.root, item: folder.original(items[position]) }));
    const results = pool.inOrder(jobs);
    for (const [position, item] of items.entries()) {
      const packed = remembered[position];
      if (packed !== undefined) {
        yield { item, scanned: unpacked(packed, item) };
        continue;
      }
      const { value } = await results.next();
      const { scanned, error } = value!;
      const state = states[position];
      if (scanned !== undefined && state !== undefined) known?.keep(state, packedOf(scanned));
      yield { item, ...(scanned === undefined ? {} : { scanned }), ...(error === undefined ? {} : { error }) };
    }
  } finally {
    known?.flush();
    await pool.close();
  }
}

/** What must stay the same for a finding to hold: the item's description, its file's size and time. */
function stateOf(source: FolderSource, item: MediaItem) {
  const stats = statSync(source.pathOf(item), { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  const { labels: _, frameLabels: __, patient: ___, ...description } = source.original(item);
  const path = createHash('sha256')
    .update(JSON.stringify([checksVersion, description]))
    .digest('hex');
  return { path, absolute: '', bytes: stats.size, modifiedMs: stats.mtimeMs };
}

/** Thumbnails as text: 8 bits a cell are enough to compare pictures. */
type Packed = Omit<ScannedItem, 'fingerprint' | 'id'> & {
  readonly looks: readonly { readonly hash: readonly [number, number]; readonly cells: string }[];
};

const packedScale = 24;

function packedOf({ findings, text, fieldOfView, fingerprint }: ScannedItem): Packed {
  return {
    findings,
    text,
    ...(fieldOfView === undefined ? {} : { fieldOfView }),
    looks: fingerprint.frames.map(({ hash, thumbnail }) => ({
      hash,
      cells: Buffer.from(Int8Array.from(thumbnail, (value) => clamp(value * packedScale)).buffer).toString('base64'),
    })),
  };
}

function unpacked({ looks, ...rest }: Packed, { height, width }: MediaItem): ScannedItem {
  const frames = looks.map(({ hash, cells }) => {
    const bytes = Buffer.from(cells, 'base64');
    return {
      hash,
      thumbnail: Float32Array.from(
        new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length),
        (value) => value / packedScale,
      ),
    };
  });
  return { ...rest, id: '', fingerprint: { id: '', frames, side: Math.min(height, width) } };
}

function clamp(value: number): number {
  return Math.max(-127, Math.min(127, Math.round(value)));
}
