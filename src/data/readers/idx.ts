/**
 * IDX, the format of MNIST and its relatives: `…-images-idx3-ubyte`, plain or gzipped, with the labels in
 * `…-labels-idx1-ubyte` beside it.
 * @module
 */
import { existsSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { bytesPerElement, type DType } from '../../tensor/host-array.ts';
import type { MediaReader, OpenedMedia, PixelData } from '../media.ts';
import { type ArrayMember, openArrays } from './array/array-media.ts';
import { isGzip, openBytes, readHead } from './array/byte-source.ts';
import type { PictureLayout } from './array/picture-layout.ts';
import { readElements, type StoredArray } from './array/stored-array.ts';

const dtypes: Readonly<Record<number, DType>> = {
  8: 'uint8',
  9: 'int8',
  11: 'int16',
  12: 'int32',
  13: 'float32',
  14: 'float64',
};

export const idxReader: MediaReader = {
  format: 'idx',
  title: 'IDX file',
  extensions: ['idx3-ubyte', 'idx3-ubyte.gz', '.idx3', '.idx4'],
  supports: 'plain and gzipped, with the labels beside',
  windowed: true,
  sniff: (head, path) =>
    isIdx(head) ? head[3] >= 2 && head[3] <= 4 : isGzip(head) && /idx[234](-ubyte)?\.gz$/i.test(path),
  open: openIdx,
};

function isIdx(head: Uint8Array): boolean {
  return head.length >= 8 && head[0] === 0 && head[1] === 0 && Object.hasOwn(dtypes, head[2]) && head[3] <= 4;
}

async function openIdx(path: string): Promise<OpenedMedia> {
  const { array, shape } = await storedIdx(path);
  const [items, height, width] = shape.length === 2 ? [1, ...shape] : shape;
  const samples = shape[3] ?? 1;
  if (!(shape.length >= 2 && items >= 1 && height >= 1 && width >= 1 && (samples === 1 || samples === 3))) {
    array.source.close();
    throw new SondeError('data/unreadable', 'the axes of this IDX file make no pictures', {
      found: `[${shape.join(', ')}]`,
      expected: '[N, H, W] or [N, H, W, 3]',
    });
  }
  const layout: PictureLayout = { kind: 'image', items, frames: 1, height, width, samples };
  const labels = await labelsBeside(path, items);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const official = /^train/i.test(name) ? 'train' : /^(t10k|test)/i.test(name) ? 'test' : undefined;
  const read = (start: number, count: number) => readElements(array, start, count);
  const member: ArrayMember = { name: '', layout, read, ...(official === undefined ? {} : { official }) };
  return openArrays([labels === undefined ? member : { ...member, labels: (item) => ({ label: labels[item] }) }], {
    format: 'idx',
    close: () => array.source.close(),
  });
}

async function storedIdx(path: string): Promise<{ array: StoredArray; shape: number[] }> {
  const head = Buffer.from(await readHead(path, 4 + 4 * 4));
  if (!isIdx(head) || head.length < 4 + 4 * head[3]) throw new SondeError('data/unreadable', 'this is no IDX file');
  const shape = Array.from({ length: head[3] }, (_, axis) => head.readUInt32BE(4 + 4 * axis));
  const offset = 4 + 4 * shape.length;
  const dtype = dtypes[head[2]];
  const source = await openBytes(path, offset + sizeOf(shape) * bytesPerElement(dtype));
  return { array: { source, dtype, bigEndian: true, offset }, shape };
}

/** The labels that belong to a file of images; `undefined` where there are none, or not as many. */
async function labelsBeside(path: string, items: number): Promise<PixelData | undefined> {
  const beside = path.replace(/images([-.])idx[34]/i, 'labels$1idx1');
  const other = beside.endsWith('.gz') ? beside.slice(0, -3) : `${beside}.gz`;
  const found = [beside, other].find((candidate) => candidate !== path && existsSync(candidate));
  if (found === undefined || beside === path) return undefined;
  const { array, shape } = await storedIdx(found);
  try {
    return shape.length === 1 && shape[0] === items ? readElements(array, 0, items) : undefined;
  } finally {
    array.source.close();
  }
}
