/**
 * MATLAB files of versions 5 to 7 (7.3 is HDF5): variables that are arrays of numbers, and those in structures.
 * `[rows, columns]` is a picture, a third axis of 3 its colours, any other the frames of a clip.
 * After "MAT-File Format", The MathWorks. (`mat-for-js` misplaces the elements of arrays with more than two axes.)
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { inflateSync } from 'node:zlib';
import { SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import { bytesPerElement, type DType } from '../../tensor/host-array.ts';
import type { MediaReader } from '../media.ts';
import { memoryBytes } from './array/byte-source.ts';
import { type NamedArray, openNamedArrays } from './array/named-arrays.ts';
import { readElements, type StoredArray } from './array/stored-array.ts';
import { begins } from './magic.ts';

export const matlabReader: MediaReader = {
  format: 'matlab',
  title: 'MATLAB file',
  extensions: ['.mat'],
  supports: 'versions 5 to 7: arrays, also in structures',
  sniff: (head) => begins(head, 0, 'MATLAB 5.0 MAT-file'),
  open: async (path) => {
    if (statSync(path).size > largest) throw unreadable('it is larger than 2 GiB');
    const bytes = readFileSync(path);
    const bigEndian = bytes.toString('latin1', 126, 128) === 'MI';
    const arrays: NamedArray[] = [];
    readVariables({ bytes: bytes.subarray(128), bigEndian }, '', arrays, 0);
    return openNamedArrays(arrays, 'matlab');
  },
};

const largest = 2 ** 31 - 1;
/** Structures in structures that are looked into. */
const deepest = 4;

/** Types of stored numbers. */
const types: Readonly<Record<number, DType>> = {
  1: 'int8',
  2: 'uint8',
  3: 'int16',
  4: 'uint16',
  5: 'int32',
  6: 'uint32',
  7: 'float32',
  9: 'float64',
  12: 'int64',
  13: 'uint64',
};
const matrix = 14;
const compressed = 15;
const structure = 2;

interface Bytes {
  readonly bytes: Buffer;
  readonly bigEndian: boolean;
}

interface Element {
  readonly type: number;
  readonly body: Buffer;
  /** Where the next one begins. */
  readonly next: number;
}

function elementAt({ bytes, bigEndian }: Bytes, at: number): Element {
  const word = (offset: number) => (bigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset));
  if (at + 8 > bytes.length) throw unreadable('it is cut off or damaged');
  const first = word(at);
  // Up to four bytes fit into the tag itself.
  if (first >>> 16 !== 0) {
    const length = first >>> 16;
    if (length > 4) throw unreadable('it is damaged');
    return { type: first & 0xffff, body: bytes.subarray(at + 4, at + 4 + length), next: at + 8 };
  }
  const length = word(at + 4);
  if (at + 8 + length > bytes.length) throw unreadable('it is cut off or damaged');
  const padded = first === compressed ? length : Math.ceil(length / 8) * 8;
  return { type: first, body: bytes.subarray(at + 8, at + 8 + length), next: at + 8 + padded };
}

function readVariables(source: Bytes, prefix: string, arrays: NamedArray[], depth: number): void {
  for (let at = 0; at + 8 <= source.bytes.length; ) {
    const { type, body, next } = elementAt(source, at);
    at = next;
    if (type === matrix) readMatrix({ ...source, bytes: body }, prefix, undefined, arrays, depth);
    else if (type === compressed && depth === 0) {
      readVariables({ ...source, bytes: inflate(body) }, prefix, arrays, 1);
    }
  }
}

function readMatrix(
  source: Bytes,
  prefix: string,
  field: string | undefined,
  arrays: NamedArray[],
  depth: number,
): void {
  if (source.bytes.length === 0 || depth > deepest) return;
  const { bigEndian } = source;
  const flags = elementAt(source, 0);
  const kind = bigEndian ? flags.body[3] : flags.body[0];
  const complex = ((bigEndian ? flags.body[2] : flags.body[1]) & 8) !== 0;
  const axes = elementAt(source, flags.next);
  const shape = Array.from({ length: axes.body.length >> 2 }, (_, i) =>
    bigEndian ? axes.body.readInt32BE(4 * i) : axes.body.readInt32LE(4 * i),
  );
  const named = elementAt(source, axes.next);
  const name = `${prefix}${field ?? named.body.toString('latin1')}`;
  if (kind === structure) {
    readStructure(source, named.next, `${name}/`, arrays, depth);
    return;
  }
  // Numbers of some width; no text, cells, objects or sparse matrices.
  if (kind < 6 || kind > 15 || complex || shape.some((length) => length < 1)) return;
  const { type, body } = elementAt(source, named.next);
  const dtype = types[type];
  if (dtype === undefined) return;
  if (sizeOf(shape) * bytesPerElement(dtype) > body.length) throw unreadable('an array is cut off');
  const array: StoredArray = { source: memoryBytes(body), dtype, bigEndian, offset: 0 };
  const read: NamedArray['read'] = (start, count) => readElements(array, start, count);
  // Columns lie one after another: as rows of the reversed axes.
  const vector = shape.length === 2 && Math.min(...shape) === 1;
  arrays.push({ name, shape: vector ? [sizeOf(shape)] : [...shape].reverse(), read, byColumn: true });
}

/** The fields of a structure of one element. */
function readStructure(source: Bytes, at: number, prefix: string, arrays: NamedArray[], depth: number): void {
  const width = elementAt(source, at);
  const names = elementAt(source, width.next);
  const length = source.bigEndian ? width.body.readInt32BE(0) : width.body.readInt32LE(0);
  if (!(length >= 1)) return;
  let next = names.next;
  for (let i = 0; i * length < names.body.length; i++) {
    if (next + 8 > source.bytes.length) return;
    const name = names.body.toString('latin1', i * length, (i + 1) * length).replace(/\0.*$/s, '');
    const field = elementAt(source, next);
    next = field.next;
    if (field.type === matrix) readMatrix({ ...source, bytes: field.body }, prefix, name, arrays, depth + 1);
  }
}

function inflate(packed: Buffer): Buffer {
  try {
    return inflateSync(packed, { maxOutputLength: Math.min(largest, 1032 * packed.length + 64) });
  } catch (error) {
    throw unreadable('it is cut off or damaged', error);
  }
}

function unreadable(what: string, cause?: unknown): SondeError {
  return new SondeError('data/unreadable', `this MATLAB file cannot be read: ${what}`, { cause });
}
