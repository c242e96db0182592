/**
 * Bytes of a file by position, plain or gzipped. What a header announces bounds what is inflated.
 * @module
 */
import { closeSync, createReadStream, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { SondeError } from '../../../base/errors.ts';

export interface ByteSource {
  readonly length: number;
  /** `length` bytes from `offset`. Throws `data/unreadable` where the file ends before. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** No stream of deflate grows by more. */
const largestGrowth = 1032;
/** Inflated bytes held for one file. */
const largestInflated = 2 ** 31;
/** Files up to this size, packed and unpacked, are inflated in one call: several times as fast as a stream. */
const smallFile = 2 ** 26;
/** Packed bytes that are looked at for a header. */
const headBytes = 4096;

/** True when the bytes begin like a gzip stream. */
export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/** Up to `length` bytes from the beginning of a file, inflated where it is gzipped. */
export async function readHead(path: string, length: number): Promise<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const head = new Uint8Array(Math.max(length, headBytes));
    const filled = readSync(file, head, 0, head.length, 0);
    if (!isGzip(head)) return head.subarray(0, Math.min(filled, length));
    const inflated = inflateStart(head.subarray(0, filled), head.length * largestGrowth);
    if (inflated !== undefined && inflated.length >= length) return inflated.subarray(0, length);
  } finally {
    closeSync(file);
  }
  const out = new Uint8Array(length);
  return out.subarray(0, await inflateInto(path, out));
}

/**
 * The bytes of a file of which the first `needed` will be read; a gzipped file is inflated so far and held in memory.
 * Throws `data/unreadable` where there are fewer.
 */
export async function openBytes(path: string, needed: number): Promise<ByteSource> {
  const { size } = statSync(path);
  const zipped = isGzip(await firstBytes(path));
  if (!Number.isSafeInteger(needed)) throw tooShort(size, needed);
  if (!zipped) return new FileBytes(path, needed);
  if (needed > size * largestGrowth + 64) throw tooShort(size, needed);
  if (needed > largestInflated) {
    throw new SondeError('data/unreadable', 'this gzipped file holds more than 2 GiB', {
      hint: 'unpack it (gunzip): an unpacked file is read piece by piece',
    });
  }
  if (size <= smallFile && needed <= smallFile) {
    const inflated = inflateStart(readFileSync(path), needed + 2 ** 20);
    if (inflated !== undefined && inflated.length >= needed) return memoryBytes(inflated);
  }
  const bytes = new Uint8Array(needed);
  const filled = await inflateInto(path, bytes);
  if (filled < needed) throw tooShort(filled, needed);
  return memoryBytes(bytes);
}

/** Bytes that are already in memory. */
export function memoryBytes(bytes: Uint8Array): ByteSource {
  return {
    length: bytes.length,
    read(offset, length) {
      if (offset + length > bytes.length) throw tooShort(bytes.length, offset + length);
      return bytes.subarray(offset, offset + length);
    },
    close: () => undefined,
  };
}

class FileBytes implements ByteSource {
  readonly length: number;
  readonly #file: number;
  #open = true;

  constructor(path: string, needed: number) {
    this.#file = openSync(path, 'r');
    this.length = fstatSync(this.#file).size;
    if (this.length < needed) {
      this.close();
      throw tooShort(this.length, needed);
    }
  }

  read(offset: number, length: number): Uint8Array {
    if (offset + length > this.length) throw tooShort(this.length, offset + length);
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      const part = Math.min(length - filled, 2 ** 30);
      const count = readSync(this.#file, bytes, filled, part, offset + filled);
      if (count === 0) throw tooShort(offset + filled, offset + length);
      filled += count;
    }
    return bytes;
  }

  close(): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const head = new Uint8Array(3);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, 3, 0);
  } finally {
    closeSync(file);
  }
  return head;
}

/** What the beginning of a gzip stream holds; `undefined` where it is damaged or holds more than `most` bytes. */
function inflateStart(packed: Uint8Array, most: number): Uint8Array | undefined {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: most });
  } catch {
    return undefined;
  }
}

/** Inflates until `out` is full or the stream ends; returns how many bytes there were. */
async function inflateInto(path: string, out: Uint8Array): Promise<number> {
  const input = createReadStream(path);
  const inflating = input.pipe(createGunzip());
  input.on('error', (error) => inflating.destroy(error));
  let filled = 0;
  try {
    for await (const chunk of inflating as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, out.length - filled);
      out.set(part, filled);
      filled += part.length;
      if (filled === out.length) break;
    }
  } catch {
    // What was inflated before the damage is judged by its length.
  } finally {
    input.destroy();
    inflating.destroy();
  }
  return filled;
}

function tooShort(found: number, needed: number): SondeError {
  return new SondeError('data/unreadable', `this file ends after ${found} of ${needed} bytes`, {
    hint: 'it is cut off or damaged; fetch it again',
  });
}
