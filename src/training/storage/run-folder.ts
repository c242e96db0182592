/**
 * The folder of a run: where its files lie, and writing them so that a killed process leaves nothing half written.
 * @module
 */
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { SondeError, usageError } from '../../base/errors.ts';
import type { MetricsRecord, RunManifest } from '../run-record.ts';

export interface RunPaths {
  readonly root: string;
  readonly manifest: string;
  /** Which patient is trained on, validated on, tested on. */
  readonly split: string;
  readonly metrics: string;
  readonly checkpoints: string;
  readonly encoder: string;
  /** The same network before training. */
  readonly randomEncoder: string;
  /** The encoder as it was on the way. */
  readonly snapshots: string;
  /** What the method prepared once. */
  readonly prepared: string;
  /** A network kept beside the trunk, and the same before training. */
  kept(name: string): string;
  randomKept(name: string): string;
  readonly features: string;
  readonly results: string;
  readonly figures: string;
  readonly puzzles: string;
  readonly log: string;
}

export function runPaths(root: string): RunPaths {
  return {
    root,
    manifest: join(root, 'run.json'),
    split: join(root, 'split.json'),
    metrics: join(root, 'metrics.jsonl'),
    checkpoints: join(root, 'checkpoints'),
    encoder: join(root, 'encoder.onnx'),
    randomEncoder: join(root, 'encoder-random.onnx'),
    snapshots: join(root, 'snapshots'),
    prepared: join(root, 'prepared.json'),
    kept: (name) => join(root, `${name}.onnx`),
    randomKept: (name) => join(root, `${name}-random.onnx`),
    features: join(root, 'features'),
    results: join(root, 'results'),
    figures: join(root, 'figures'),
    puzzles: join(root, 'puzzles.json'),
    log: join(root, 'log.txt'),
  };
}

const snapshotName = /^step-(\d{8})\.onnx$/;

export function snapshotFile({ snapshots }: RunPaths, step: number): string {
  return join(snapshots, `step-${String(step).padStart(8, '0')}.onnx`);
}

/** What the heads of the method held at a snapshot: all that the encoder's file lacks of the network. */
export function snapshotHeadsFile({ snapshots }: RunPaths, step: number): string {
  return join(snapshots, `step-${String(step).padStart(8, '0')}-heads.safetensors`);
}

/** Steps whose encoder was kept, first to last. */
export function listSnapshots({ snapshots }: RunPaths): number[] {
  if (!existsSync(snapshots)) return [];
  return readdirSync(snapshots)
    .flatMap((name) => snapshotName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

/** Writes beside, flushes to the disk, then renames: a reader sees the old file or the new one, never a part. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.part`;
  const file = openSync(temporary, 'w');
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    let written = 0;
    while (written < bytes.length) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

export function writeManifest(paths: RunPaths, manifest: RunManifest): void {
  mkdirSync(paths.root, { recursive: true });
  writeAtomically(paths.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Throws `usage` where the folder holds no run, `run/corrupt` where its manifest cannot be read. */
export function readManifest(paths: RunPaths): RunManifest {
  if (!existsSync(paths.manifest)) {
    throw usageError(`there is no run at ${paths.root}`, { expected: 'a folder with a run.json' });
  }
  try {
    return JSON.parse(readFileSync(paths.manifest, 'utf8')) as RunManifest;
  } catch (cause) {
    throw new SondeError('run/corrupt', 'run.json cannot be read', { where: paths.root, cause });
  }
}

export function appendMetrics(paths: RunPaths, record: MetricsRecord): void {
  appendFileSync(paths.metrics, `${JSON.stringify(record)}\n`);
}

export function readMetrics(paths: RunPaths): MetricsRecord[] {
  if (!existsSync(paths.metrics)) return [];
  return readFileSync(paths.metrics, 'utf8')
    .split('\n')
    .flatMap((line) => parseLine(line));
}

/** Removes lines of steps after `step`, and a last line cut short, before a resumed run writes them again. */
export function rewindMetrics(paths: RunPaths, step: number): void {
  if (!existsSync(paths.metrics)) return;
  const text = readFileSync(paths.metrics, 'utf8');
  let kept = 0;
  for (const line of text.split('\n')) {
    const [record] = parseLine(line);
    if (record === undefined || record.step > step) break;
    kept += Buffer.byteLength(line) + 1;
  }
  if (kept < Buffer.byteLength(text)) truncateSync(paths.metrics, kept);
}

function parseLine(line: string): MetricsRecord[] {
  if (line.trim() === '') return [];
  try {
    return [JSON.parse(line) as MetricsRecord];
  } catch {
    return [];
  }
}
