/**
 * NumPy archives (`.npz`): every array of pictures in it, with the arrays of labels beside them. Names that begin with
 * `train`, `val` or `test` are the set's own split, as in MedMNIST.
 * @module
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { bytesOf, bytesPerElement } from '../../tensor/host-array.ts';
import { parseNpy, readNpyHeader } from '../../tensor/npy.ts';
import type { MediaReader, OpenedMedia } from '../media.ts';
import { memoryBytes } from './array/byte-source.ts';
import { type NamedArray, openNamedArrays } from './array/named-arrays.ts';
import { readElements, type StoredArray } from './array/stored-array.ts';
import { begins } from './magic.ts';
import { asUnreadableArray } from './npy.ts';

export const npzReader: MediaReader = {
  format: 'npz',
  title: 'NumPy archive',
  extensions: ['.npz'],
  supports: 'every array of pictures, with labels and parts as in MedMNIST',
  sniff: (head, path) => begins(head, 0, 'PK\x03\x04') && /\.npz$/i.test(path),
  open: openNpz,
};

/** Unpacked bytes of one archive. */
const largestUnpacked = 2 ** 31;

async function openNpz(path: string): Promise<OpenedMedia> {
  const arrays: NamedArray[] = [];
  let unpacked = 0;
  for (const entry of zipEntries(path)) {
    if (!entry.name.endsWith('.npy')) continue;
    unpacked += entry.size;
    if (unpacked > largestUnpacked) throw damaged('it unpacks to more than 2 GiB');
    const bytes = unpack(path, entry);
    const header = asUnreadableArray(() => readNpyHeader(bytes));
    const { dtype, shape } = header;
    let array: StoredArray;
    if (header.fortranOrder) {
      const source = memoryBytes(bytesOf(asUnreadableArray(() => parseNpy(bytes))));
      array = { source, dtype, bigEndian: false, offset: 0 };
    } else {
      if (header.dataOffset + sizeOf(shape) * bytesPerElement(dtype) > bytes.length)
        throw damaged('an array is cut off');
      array = { source: memoryBytes(bytes), dtype, bigEndian: header.bigEndian, offset: header.dataOffset };
    }
    arrays.push({
      name: entry.name.slice(0, -4),
      shape,
      read: (start, count) => readElements(array, start, count),
      ...(dtype === 'bool' ? { truth: true } : {}),
    });
  }
  return openNamedArrays(arrays, 'npz');
}

interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** The directory at the end of a zip file, with 64-bit sizes where they are given. */
function zipEntries(path: string): ZipEntry[] {
  const { size } = statSync(path);
  const tailLength = Math.min(size, 65_557);
  const tail = Buffer.from(readAt(path, size - tailLength, tailLength));
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end + 22 > tail.length) throw damaged('its directory is missing');
  let [count, length, start] = [tail.readUInt16LE(end + 10), tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
  if (start === 0xffffffff && end >= 20 && tail.readUInt32LE(end - 20) === 0x07064b50) {
    const record = Buffer.from(readAt(path, Number(tail.readBigUInt64LE(end - 12)), 56));
    count = Number(record.readBigUInt64LE(32));
    length = Number(record.readBigUInt64LE(40));
    start = Number(record.readBigUInt64LE(48));
  }
  if (start + length > size) throw damaged('its directory is damaged');
  const directory = Buffer.from(readAt(path, start, length));
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50)
      throw damaged('its directory is damaged');
    const nameLength = directory.readUInt16LE(at + 28);
    const extraLength = directory.readUInt16LE(at + 30);
    const name = directory.toString('utf8', at + 46, at + 46 + nameLength);
    const extra = directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const sizes = [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)];
    const [unpacked, packed, offset] = withLargeSizes(sizes, extra);
    entries.push({ name, method: directory.readUInt16LE(at + 10), packed, size: unpacked, offset });
    at += 46 + nameLength + extraLength + directory.readUInt16LE(at + 32);
  }
  return entries;
}

/** Sizes of all ones stand in the extra field instead. */
function withLargeSizes(sizes: readonly number[], extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) !== 1) continue;
    let next = at + 4;
    return sizes.map((size) => {
      if (size !== 0xffffffff || next + 8 > extra.length) return size;
      next += 8;
      return Number(extra.readBigUInt64LE(next - 8));
    });
  }
  return [...sizes];
}

function unpack(path: string, entry: ZipEntry): Uint8Array {
  const local = Buffer.from(readAt(path, entry.offset, 30));
  if (local.readUInt32LE(0) !== 0x04034b50) throw damaged('an entry is damaged');
  const packed = readAt(path, entry.offset + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), entry.packed);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw damaged('it is packed in an unknown way');
  try {
    return inflateRawSync(packed, { maxOutputLength: entry.size + 1 });
  } catch (error) {
    throw new SondeError('data/unreadable', 'an array of this archive cannot be unpacked: it is damaged', {
      cause: error,
    });
  }
}

function readAt(path: string, offset: number, length: number): Uint8Array {
  const { size } = statSync(path);
  if (!(offset >= 0 && length >= 0 && offset + length <= size)) throw damaged('it is cut off');
  const bytes = new Uint8Array(length);
  const file = openSync(path, 'r');
  try {
    if (readSync(file, bytes, 0, length, offset) < length) throw damaged('it is cut off');
  } finally {
    closeSync(file);
  }
  return bytes;
}

function damaged(what: string): SondeError {
  return new SondeError('data/unreadable', `this archive cannot be read: ${what}`);
}
