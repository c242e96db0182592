/**
 * Features on disk between runs: a folder for each encoder, data set and way of showing it, named by their hash, with
 *
 *     manifest.json              what the features are of, and how many rows lie in a shard
 *     shard-00000.safetensors …  `[rows, columns]` of every tap, for neighbouring rows
 *
 * A shard is complete once it has its name, so extraction goes on where it was stopped, and several processes may each
 * make a share of the shards. Which item, patient, part and label a row has is not kept but asked of the data set.
 * Where a run keeps more than 4 GB the features used least recently are removed. Memory holds one shard while features are extracted and one tap while they are read.
 * @module
 */
import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { FrameStore } from '../../data/media.ts';
import { markUsed, shrinkCache } from '../../data/storage/cache-size.ts';
import { framesSpanned } from '../../data/transform/presentation.ts';
import { encodeModel } from '../../graph/onnx/encode.ts';
import { float32 } from '../../tensor/host-array.ts';
import { decodeSafetensorsHeader, encodeSafetensors } from '../../tensor/safetensors.ts';
import { writeAtomically } from '../../training/storage/run-folder.ts';
import { type EncoderCard, inspectEncoder, openEncoder } from '../encoder.ts';
import { factsOf, featureBatches, type Row, requireRows, rowsOf } from '../extraction.ts';
import type { FeatureKeeper, FeatureRequest, FeatureSource } from '../feature-source.ts';
import type { FeatureTable } from '../feature-table.ts';
import { poolingTargets } from '../pooling.ts';

/** Numbers of all taps in a shard, about: 16 MB. */
const shardNumbers = 2 ** 22;

/** Bytes of features that are kept of a run, or beside a model. */
const keptRoom = 4e9;

const manifestFile = 'manifest.json';

/** A share of the work: shard s is made by process `s mod of`. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export interface KeepingOptions {
  /** Whatever tells this form of this data set from every other. */
  readonly data: string;
  readonly share?: Share;
}

export interface KeptFeatures extends FeatureSource {
  readonly folder: string;
  /** What they are of. */
  readonly manifest: FeatureManifest;
  /** Shards that other processes have yet to make. */
  readonly missing: number;
  /** A tap in pieces of neighbouring rows, for who does not want it whole. */
  pieces(tap: string): Iterable<FeatureTable>;
}

/** What features are of: all that decides their values. */
export interface FeatureManifest {
  readonly version: 1;
  /** SHA-256 of the model. */
  readonly encoder: string;
  readonly data: string;
  /** SHA-256 of which windows of which items are shown, in their order. */
  readonly windows: string;
  readonly presentation: EncoderCard['presentation'];
  readonly taps: readonly string[];
  readonly dimensions: number;
  readonly pooling: 'average' | 'max';
  readonly device: string;
  readonly batchSize: number;
  readonly rows: number;
  readonly rowsPerShard: number;
}

/** Keeps features below `folder`. */
export function featureKeeper(folder: string, keeping: KeepingOptions): FeatureKeeper {
  return (request) => keepFeatures(folder, request, keeping);
}

/** Extracts the shards that are not there yet, or those of them that are this process's share. */
export async function keepFeatures(
  root: string,
  { model, store, options }: FeatureRequest,
  { data, share = { index: 0, of: 1 } }: KeepingOptions,
): Promise<KeptFeatures> {
  const card = inspectEncoder(model, options);
  const rows = rowsOf(card, store, options.windows ?? 4, options.only);
  requireRows(rows, card, store);
  const { dimensions = poolingTargets.lab, pooling = 'average', device = 'cpu' } = options;
  const batchSize = card.fixedBatch ?? options.batchSize ?? 16;
  const held = Math.floor(shardNumbers / (card.taps.length * dimensions * batchSize));
  const manifest: FeatureManifest = {
    version: 1,
    encoder: createHash('sha256').update(encodeModel(model)).digest('hex'),
    data,
    windows: hashOf(rows.map(({ item, start }) => [store.index.items[item].id, start])),
    presentation: card.presentation,
    taps: card.taps,
    dimensions,
    pooling,
    device,
    batchSize,
    rows: rows.length,
    rowsPerShard: batchSize * Math.max(1, held),
  };
  const folder = join(root, hashOf(manifest).slice(0, 16));
  mkdirSync(folder, { recursive: true });
  const described = join(folder, manifestFile);
  if (!existsSync(described)) writeAtomically(described, `${JSON.stringify(manifest, null, 2)}\n`);
  markUsed(folder, { described: manifestFile });
  const shards = Array.from({ length: Math.ceil(rows.length / manifest.rowsPerShard) }, (_, i) => i);
  const undone = () => shards.filter((shard) => !isComplete(shardPath(folder, shard)));
  const mine = undone().filter((shard) => shard % share.of === share.index);
  if (mine.length > 0) {
    shrinkCache(root, keptRoom, folder, { described: manifestFile });
    await extractShards(folder, mine, manifest, rows, { model, store, options });
  }
  const missing = undone().length;
  const requireAll = () => {
    if (missing === 0) return;
    throw new SondeError('data/unsuitable', `${missing} of ${shards.length} shards of features are not extracted yet`, {
      where: folder,
      hint: 'wait for the other processes, or extract without a share',
    });
  };
  const pieces = (tap: string) => readPieces(folder, manifest, tap, rows, store);
  return {
    folder,
    manifest,
    missing,
    taps: card.taps,
    pieces: (tap) => {
      requireAll();
      return pieces(tap);
    },
    tables: () => {
      requireAll();
      return readTables(manifest, pieces, factsOf(store, rows, framesSpanned(card.presentation)));
    },
  };
}

async function extractShards(
  folder: string,
  shards: readonly number[],
  { rowsPerShard }: FeatureManifest,
  rows: readonly Row[],
  { model, store, options }: FeatureRequest,
): Promise<void> {
  const rowsIn = (shard: number) => rows.slice(shard * rowsPerShard, (shard + 1) * rowsPerShard);
  const total = shards.reduce((sum, shard) => sum + rowsIn(shard).length, 0);
  const encoder = await openEncoder(model, options);
  let before = 0;
  try {
    for (const shard of shards) {
      const own = rowsIn(shard);
      const whole = new Map<string, ReturnType<typeof float32>>();
      const onProgress = (done: number) => options.onProgress?.(before + done, total);
      for await (const { first, pooled } of featureBatches(encoder, store, own, { ...options, onProgress })) {
        for (const [tap, { columns, features }] of pooled) {
          const array = whole.get(tap) ?? float32([own.length, columns], 0);
          whole.set(tap, array);
          array.data.set(features, first * columns);
        }
      }
      writeAtomically(shardPath(folder, shard), encodeSafetensors(whole));
      before += own.length;
    }
  } finally {
    await encoder.release();
  }
}

function* readTables(
  { taps, rows }: FeatureManifest,
  pieces: (tap: string) => Iterable<FeatureTable>,
  facts: ReturnType<typeof factsOf>,
): Generator<FeatureTable> {
  for (const tap of taps) {
    let features = new Float32Array(0);
    let filled = 0;
    for (const piece of pieces(tap)) {
      if (filled === 0) features = new Float32Array(rows * piece.columns);
      features.set(piece.features, filled);
      filled += piece.features.length;
    }
    yield { tap, rows, columns: features.length / rows, features, ...facts };
  }
}

/** One tap of every shard. */
function* readPieces(
  folder: string,
  { rowsPerShard, presentation }: FeatureManifest,
  tap: string,
  rows: readonly Row[],
  store: FrameStore,
): Generator<FeatureTable> {
  let width: number | undefined;
  for (let from = 0; from < rows.length; from += rowsPerShard) {
    const own = rows.slice(from, from + rowsPerShard);
    const { columns, features } = readShard(shardPath(folder, from / rowsPerShard), ({ places, body, file }) => {
      const place = places.get(tap);
      const [height, columns] = place?.shape ?? [];
      if (place?.dtype !== 'float32' || height !== own.length || columns !== (width ?? columns)) {
        throw new Error(`tap '${tap}' does not have the shape that it has elsewhere`);
      }
      const features = new Float32Array(height * columns);
      readFully(file, new Uint8Array(features.buffer), body + place.start);
      return { columns, features };
    });
    width = columns;
    yield { tap, rows: own.length, columns, features, ...factsOf(store, own, framesSpanned(presentation)) };
  }
}

function isComplete(path: string): boolean {
  if (!existsSync(path)) return false;
  try {
    return readShard(path, () => true);
  } catch {
    // Damaged: it is made again.
    return false;
  }
}

interface OpenShard {
  readonly file: number;
  readonly places: ReturnType<typeof decodeSafetensorsHeader>['places'];
  /** Where the numbers begin. */
  readonly body: number;
}

function readShard<T>(path: string, use: (shard: OpenShard) => T): T {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = readFully(file, new Uint8Array(8), 0);
    const length = Math.min(size, 8 + Number(new DataView(start.buffer).getBigUint64(0, true)));
    const header = readFully(file, new Uint8Array(length), 0);
    return use({ file, ...decodeSafetensorsHeader(header, size, path) });
  } catch (cause) {
    throw new SondeError('file/malformed', `cannot be read as features: ${messageOf(cause)}`, {
      where: path,
      hint: 'remove the file and extract the features again',
      cause,
    });
  } finally {
    closeSync(file);
  }
}

function readFully(file: number, target: Uint8Array<ArrayBuffer>, from: number): Uint8Array<ArrayBuffer> {
  let read = 0;
  while (read < target.length) {
    const more = readSync(file, target, read, target.length - read, from + read);
    if (more === 0) throw new Error('the file is shorter than it says');
    read += more;
  }
  return target;
}

function shardPath(folder: string, shard: number): string {
  return join(folder, `shard-${String(shard).padStart(5, '0')}.safetensors`);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
