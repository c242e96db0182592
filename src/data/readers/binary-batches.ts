/**
 * The binary versions of CIFAR-10, CIFAR-100 and STL-10: pictures of one size, one behind the other, known by their names.
 * @module
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { SondeError } from '../../base/errors.ts';
import type { Label, MediaReader, OpenedMedia, SplitPart } from '../media.ts';
import { openArrays } from './array/array-media.ts';
import { type ByteSource, openBytes } from './array/byte-source.ts';
import { readElements } from './array/stored-array.ts';

interface Batch {
  readonly pattern: RegExp;
  /** Bytes of labels in front of each picture. */
  readonly labelBytes: 0 | 1 | 2;
  readonly side: 32 | 96;
  /** A file that must stand beside it, where the name alone is too common. */
  readonly beside?: string;
}

const batches = {
  'cifar-10': { pattern: /^(data_batch_\d+|test_batch)\.bin$/, labelBytes: 1, side: 32 },
  'cifar-100': { pattern: /^(train|test)\.bin$/, labelBytes: 2, side: 32, beside: 'fine_label_names.txt' },
  'stl-10': { pattern: /^(train|test|unlabeled)_X\.bin$/, labelBytes: 0, side: 96 },
} satisfies Record<string, Batch>;

/** One reader a set. */
export const batchReaders: readonly MediaReader[] = Object.entries(batches).map(([format, batch]: [string, Batch]) => ({
  format,
  title: `${format.toUpperCase()} binary`,
  extensions: [],
  supports: 'the binary version, known by its names, with labels and parts',
  windowed: true,
  sniff: (_head, path) => {
    if (!batch.pattern.test(basename(path))) return false;
    if (batch.beside !== undefined && !existsSync(join(dirname(path), batch.beside))) return false;
    return statSync(path).size % recordLength(batch) === 0;
  },
  open: (path) => openBatch(path, format, batch),
}));

function recordLength({ labelBytes, side }: Batch): number {
  return labelBytes + 3 * side * side;
}

async function openBatch(path: string, format: string, batch: Batch): Promise<OpenedMedia> {
  const { size } = statSync(path);
  const pitch = recordLength(batch);
  const items = size / pitch;
  if (!Number.isInteger(items) || items < 1) {
    throw new SondeError('data/unreadable', `this ${format} file ends within a picture`, { hint: 'fetch it again' });
  }
  const source = await openBytes(path, size);
  const { side, labelBytes } = batch;
  const layout = { kind: 'image', items, frames: 1, height: side, width: side, samples: 3, planar: true } as const;
  const array = { source, dtype: 'uint8', bigEndian: false, offset: 0 } as const;
  const labels = await labelsOf(path, batch, source, items);
  const official: SplitPart = /^test/.test(basename(path)) ? 'test' : 'train';
  return openArrays(
    [
      {
        name: '',
        layout: { ...layout, first: labelBytes, pitch, ...(labelBytes === 0 ? { byColumn: true } : {}) },
        read: (start, count) => readElements(array, start, count),
        official,
        ...(labels === undefined ? {} : { labels }),
      },
    ],
    { format, close: () => source.close() },
  );
}

async function labelsOf(
  path: string,
  batch: Batch,
  source: ByteSource,
  items: number,
): Promise<((item: number) => Record<string, Label>) | undefined> {
  const folder = dirname(path);
  const pitch = recordLength(batch);
  const column = (byte: number) => Uint8Array.from({ length: items }, (_, i) => source.read(i * pitch + byte, 1)[0]);
  if (batch.labelBytes === 1) {
    const names = namesIn(join(folder, 'batches.meta.txt'));
    const values = column(0);
    return (item) => ({ label: names[values[item]] ?? values[item] });
  }
  if (batch.labelBytes === 2) {
    const [coarseNames, fineNames] = ['coarse', 'fine'].map((kind) => namesIn(join(folder, `${kind}_label_names.txt`)));
    const [coarse, fine] = [column(0), column(1)];
    return (item) => ({ label: fineNames[fine[item]] ?? fine[item], group: coarseNames[coarse[item]] ?? coarse[item] });
  }
  const beside = path.replace(/_X\.bin$/, '_y.bin');
  if (!existsSync(beside) || statSync(beside).size !== items) return undefined;
  const values = readFileSync(beside);
  const names = namesIn(join(folder, 'class_names.txt'));
  // STL-10 counts its classes from 1.
  return (item) => ({ label: names[values[item] - 1] ?? values[item] });
}

function namesIn(path: string): string[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
