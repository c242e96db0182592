/**
 * NumPy arrays: `.npy`, plain or gzipped. One clip, or as many items as the first axis is long (see `interpretShape`).
 * @module
 */
import { messageOf, SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { bytesOf, bytesPerElement } from '../../tensor/host-array.ts';
import { isNpy, parseNpy, readNpyHeader } from '../../tensor/npy.ts';
import type { MediaReader, OpenedMedia } from '../media.ts';
import { type ArrayMember, openArrays } from './array/array-media.ts';
import { isGzip, memoryBytes, openBytes, readHead } from './array/byte-source.ts';
import { type Interpretation, interpretShape } from './array/picture-layout.ts';
import { readElements, type StoredArray } from './array/stored-array.ts';

/** Headers of format 1 are shorter than this. */
const headBytes = 65_536 + 10;

export const npyReader: MediaReader = {
  format: 'npy',
  title: 'NumPy array',
  extensions: ['.npy', '.npy.gz'],
  supports: 'plain and gzipped, every type of number, either byte and axis order; one clip or many items',
  windowed: true,
  sniff: (head, path) => isNpy(head) || (isGzip(head) && /\.npy\.gz$/i.test(path)),
  open: openNpy,
};

async function openNpy(path: string): Promise<OpenedMedia> {
  const { array, shape } = await storedArray(path);
  const meaning = interpretShape(shape);
  if (meaning === undefined) {
    array.source.close();
    throw noPictures(shape);
  }
  return openInterpreted(array, meaning, 'npy');
}

/** Media of one stored array, as one item, as many, or as either. */
export function openInterpreted(array: StoredArray, { whole, many }: Interpretation, format: string): OpenedMedia {
  const read: ArrayMember['read'] = (start, count) => readElements(array, start, count);
  const range = array.dtype === 'bool' ? ([0, 1] as const) : undefined;
  const member = (layout: ArrayMember['layout']): ArrayMember => ({ name: '', layout, read, range });
  const members = many === undefined ? [] : [member(many)];
  const close = () => array.source.close();
  if (whole === undefined) return openArrays(members, { format, close });
  return openArrays(members, { format, whole: member(whole), preferred: 'whole', close });
}

export function noPictures(shape: readonly number[]): SondeError {
  return new SondeError('data/unreadable', 'the axes of this array make no pictures', {
    found: `[${shape.join(', ')}]`,
    expected: '[H, W], [T, H, W], [N, T, H, W], [N, H, W, C] or [N, T, H, W, C]',
  });
}

async function storedArray(path: string): Promise<{ array: StoredArray; shape: readonly number[] }> {
  const head = await readHead(path, headBytes);
  const header = asUnreadableArray(() => readNpyHeader(head));
  const { dtype, bigEndian, shape, dataOffset, fortranOrder } = header;
  const source = await openBytes(path, dataOffset + sizeOf(shape) * bytesPerElement(dtype));
  if (!fortranOrder) return { array: { source, dtype, bigEndian, offset: dataOffset }, shape };
  try {
    const whole = asUnreadableArray(() => parseNpy(source.read(0, source.length)));
    return { array: { source: memoryBytes(bytesOf(whole)), dtype, bigEndian: false, offset: 0 }, shape };
  } finally {
    source.close();
  }
}

/** What `file/malformed` says of an array, as what a reader says. */
export function asUnreadableArray<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new SondeError('data/unreadable', `this array cannot be read: ${messageOf(error).split('\n', 1)[0]}`, {
      cause: error,
    });
  }
}
