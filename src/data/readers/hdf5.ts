/**
 * HDF5, and MATLAB files of version 7.3, which are HDF5: every dataset of pictures, by its path inside the file, read
 * window by window. Through `h5wasm`, which is optional. The library sees this one file and no other, so links out of it lead nowhere.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type * as h5wasm from 'h5wasm';
import { messageOf, SondeError } from '../../base/errors.ts';
import { sizeOf } from '../../base/shape.ts';
import type { MediaReader, OpenedMedia, PixelData } from '../media.ts';
import { type NamedArray, openNamedArrays } from './array/named-arrays.ts';
import { begins } from './magic.ts';

export const hdf5Reader: MediaReader = {
  format: 'hdf5',
  title: 'HDF5 file',
  extensions: ['.h5', '.hdf5', '.he5'],
  supports: 'every dataset of numbers, by its path inside; MATLAB 7.3; needs the optional h5wasm',
  windowed: true,
  sniff: (head) => begins(head, 0, '\x89HDF\r\n\x1a\n') || isMatlab73(head),
  open: openHdf5,
};

function isMatlab73(head: Uint8Array): boolean {
  return begins(head, 0, 'MATLAB 7.3 MAT-file');
}

/** Levels of groups that are looked into. */
const deepest = 8;
/** Datasets that are looked at. */
const mostDatasets = 10_000;

type Library = typeof h5wasm;

let loading: Promise<Library> | undefined;
let serial = 0;

async function load(): Promise<Library> {
  loading ??= import('h5wasm').then(async (library) => {
    await library.ready;
    return library;
  });
  try {
    return await loading;
  } catch (error) {
    loading = undefined;
    throw new SondeError('data/unreadable', 'HDF5 files need the optional package h5wasm, which cannot be loaded', {
      hint: 'npm install h5wasm',
      cause: error,
    });
  }
}

async function openHdf5(path: string): Promise<OpenedMedia> {
  const library = await load();
  const name = `${serial++}.h5`;
  const unlink = exposeFile(library, path, name);
  let file: h5wasm.File | undefined;
  const close = () => {
    file?.close();
    file = undefined;
    unlink();
  };
  try {
    file = new library.File(name, 'r');
    const head = new Uint8Array(32);
    readBeginning(path, head);
    const arrays: NamedArray[] = [];
    collect(library, file, '', 0, isMatlab73(head), arrays);
    return openNamedArrays(arrays, 'hdf5', close);
  } catch (error) {
    close();
    if (error instanceof SondeError) throw error;
    throw new SondeError('data/unreadable', `this HDF5 file cannot be read: ${messageOf(error).split('\n', 1)[0]}`, {
      cause: error,
    });
  }
}

/** What the types of h5wasm leave out of its file system (Emscripten's). */
interface MemoryFiles {
  createFile(folder: string, name: string, properties: object, readable: boolean, writable: boolean): MemoryNode;
}

interface MemoryNode {
  usedBytes: number;
  contents: Uint8Array;
  stream_ops: Record<string, unknown>;
}

/** Puts one file, read on demand, into the library's own file system, which is empty otherwise. */
function exposeFile(library: Library, path: string, name: string): () => void {
  const { FS } = library;
  if (FS === undefined || FS === null) throw new SondeError('data/unreadable', 'h5wasm has no file system');
  const descriptor = openSync(path, 'r');
  const { size } = fstatSync(descriptor);
  const node = (FS as unknown as MemoryFiles).createFile('/', name, {}, true, false);
  node.usedBytes = size;
  node.contents = new Uint8Array(0);
  node.stream_ops = {
    ...node.stream_ops,
    read: (_stream: unknown, buffer: Uint8Array, offset: number, length: number, position: number) =>
      position >= size ? 0 : readSync(descriptor, buffer, offset, Math.min(length, size - position), position),
    mmap: undefined,
  };
  let open = true;
  return () => {
    if (!open) return;
    open = false;
    FS.unlink(`/${name}`);
    closeSync(descriptor);
  };
}

function readBeginning(path: string, into: Uint8Array): void {
  const file = openSync(path, 'r');
  try {
    readSync(file, into, 0, into.length, 0);
  } finally {
    closeSync(file);
  }
}

function collect(
  library: Library,
  group: h5wasm.Group,
  prefix: string,
  depth: number,
  byColumn: boolean,
  arrays: NamedArray[],
): void {
  for (const key of group.keys()) {
    if (arrays.length >= mostDatasets) return;
    // MATLAB keeps what variables refer to in groups of its own.
    if (byColumn && key.startsWith('#')) continue;
    const name = prefix === '' ? key : `${prefix}/${key}`;
    const found = group.get(key);
    if (found instanceof library.Group) {
      if (depth < deepest) collect(library, found, name, depth + 1, byColumn, arrays);
    } else if (found instanceof library.Dataset) {
      const { metadata } = found;
      const shape = found.shape;
      // Integers and floats of plain numbers; no text, no compounds.
      if (shape === null || shape.length === 0 || (metadata.type !== 0 && metadata.type !== 1)) continue;
      if (!Number.isSafeInteger(sizeOf(shape)) || sizeOf(shape) === 0 || metadata.size > 8) continue;
      arrays.push({
        name,
        shape,
        read: (start, count) => readFlat(found, shape, start, count),
        ...(byColumn ? { byColumn } : {}),
      });
    }
  }
}

/** Elements in row-major order from a position on, as few rectangular pieces. */
function readFlat(dataset: h5wasm.Dataset, shape: readonly number[], start: number, count: number): PixelData {
  const pieces: PixelData[] = [];
  const visit = (prefix: readonly number[], from: number, length: number): void => {
    const rest = shape.slice(prefix.length);
    const row = sizeOf(rest.slice(1));
    const first = Math.floor(from / row);
    if (from % row === 0 && length % row === 0) {
      const ranges = [
        ...prefix.map((index) => [index, index + 1]),
        [first, first + length / row],
        ...rest.slice(1).map((axis) => [0, axis]),
      ];
      pieces.push(asPixels(dataset.slice(ranges as [number, number][])));
      return;
    }
    const inside = Math.min(length, (first + 1) * row - from);
    visit([...prefix, first], from - first * row, inside);
    if (inside < length) visit(prefix, from + inside, length - inside);
  };
  visit([], start, count);
  if (pieces.length === 1) return pieces[0];
  const out = new Float32Array(count);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}

function asPixels(values: unknown): PixelData {
  if (
    values instanceof Uint8Array ||
    values instanceof Int8Array ||
    values instanceof Uint16Array ||
    values instanceof Int16Array ||
    values instanceof Int32Array ||
    values instanceof Float32Array
  ) {
    return values;
  }
  return Float32Array.from(values as ArrayLike<number | bigint>, Number);
}
