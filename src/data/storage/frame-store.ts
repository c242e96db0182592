/**
 * Decoded frames on disk: one folder holds `store.json` and `frames.bin`, and is never changed once it is there.
 * Opening, checking and reading.
 * @module
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { SondeError, usageError } from '../../base/errors.ts';
import type { DatasetIndex, FrameStore, Frames, FrameWindow, PartShown, PixelData, Problem, Split } from '../media.ts';
import { preparationSchema } from '../preparation.ts';
import { resizeToFloat } from '../transform/resize.ts';
import { resolveWindow } from '../window.ts';
import { parseIndex } from './dataset-file.ts';
import type { StoreSettings } from './stored-frames.ts';
import { reasonOf } from './walk.ts';

/** A frame store that knows where it lies. */
export interface OpenFrameStore extends FrameStore {
  readonly directory: string;
  readonly settings: StoreSettings;
  /** All frames, when they were small enough for memory: hand it to worker threads, which open the store with it. */
  readonly shared: SharedArrayBuffer | undefined;
  /** Positions in the store of the items in `index`, where some are left out: worker threads open it with them. */
  readonly kept: readonly number[] | undefined;
  close(): void;
}

export interface OpenStoreOptions {
  /** The frames, from another thread's `shared`. */
  readonly shared?: SharedArrayBuffer;
  /** The split to put into `index`, in place of the one the store was made with. */
  readonly split?: Split;
  /** Positions of the items to use; the others are left out of `index`. */
  readonly kept?: readonly number[];
  /** Added to those of the index. */
  readonly problems?: readonly Problem[];
  /** Stores up to this size are loaded into shared memory; larger ones are read from disk. Default 512 MB. */
  readonly memoryBytes?: number;
}

export const storeFile = 'store.json';
export const framesFile = 'frames.bin';

const headSchema = z.object({
  version: z.literal(1),
  settings: z.object({
    size: z.union([z.number(), z.literal('original')]),
    side: z.enum(['long', 'short']),
    bits: z.union([z.literal(8), z.literal(16)]),
    channels: z.union([z.literal('source'), z.literal(1), z.literal(3)]),
    preparation: preparationSchema.optional(),
  }),
  items: z.array(
    z.object({
      /** Byte position in `frames.bin`. */
      offset: z.int().min(0),
      shape: z.tuple([z.int().min(1), z.int().min(1), z.int().min(1), z.int().min(1)]),
      crc32: z.int(),
    }),
  ),
});

export type StoreHead = z.infer<typeof headSchema>;

/**
 * Opens a store for synchronous reading; works in worker threads.
 * Throws `file/malformed` where it is damaged (checksums are verified when it is loaded into memory) and `usage` where there is none.
 */
export function openFrameStore(directory: string, options: OpenStoreOptions = {}): OpenFrameStore {
  const { head, index: storedIndex } = readHead(directory);
  const { settings } = head;
  const { kept } = options;
  const items = kept === undefined ? head.items : kept.map((position) => head.items[position]);
  const index: DatasetIndex = {
    ...storedIndex,
    ...(kept === undefined ? {} : { items: kept.map((position) => storedIndex.items[position]) }),
    ...(options.split === undefined ? {} : { split: options.split }),
    problems: [...storedIndex.problems, ...(options.problems ?? [])],
  };
  const bytesPerValue = settings.bits / 8;
  const last = head.items.at(-1);
  const total = last === undefined ? 0 : last.offset + valuesOf(last.shape) * bytesPerValue;
  let shared = options.shared;
  let file: number | undefined;
  if (shared === undefined) {
    file = openFrames(directory, total);
    if (total <= (options.memoryBytes ?? 512 * 2 ** 20)) {
      shared = loadFrames(file, total, directory);
      closeSync(file);
      file = undefined;
      verify(shared, head, directory);
    }
  } else if (shared.byteLength !== total) {
    throw new SondeError('file/malformed', `the shared frames do not belong to this store`, { where: directory });
  }
  const maximum = 2 ** settings.bits - 1;

  function stored(offset: number, length: number): Uint8Array | Uint16Array {
    if (shared !== undefined) {
      return settings.bits === 8 ? new Uint8Array(shared, offset, length) : new Uint16Array(shared, offset, length);
    }
    if (file === undefined) throw new SondeError('internal', 'this frame store is closed', { where: directory });
    const bytes = new Uint8Array(length * bytesPerValue);
    readFully(file, bytes, offset, directory);
    return settings.bits === 8 ? bytes : new Uint16Array(bytes.buffer);
  }

  function itemAt(position: number): StoreHead['items'][number] {
    const item = items[position];
    if (item === undefined) {
      throw new SondeError('internal', `the frame store has no item ${position}`, {
        expected: `0 to ${items.length - 1}`,
      });
    }
    return item;
  }

  return {
    index,
    directory,
    settings,
    shared,
    kept,
    sizeOf: (position) => itemAt(position).shape,
    read(position: number, window?: FrameWindow) {
      const { offset, shape } = itemAt(position);
      const [frames, height, width, channels] = shape;
      const { start, count, stride } = resolveWindow(window, frames);
      const size = height * width * channels;
      const data = new Float32Array(count * size);
      // One read for a whole span without gaps.
      const [pieces, length] = stride === 1 ? [1, count * size] : [count, size];
      for (let i = 0; i < pieces; i++) {
        scaleInto(data, i * size, stored(offset + (start + i * stride) * size * bytesPerValue, length), maximum);
      }
      const windowShape: Frames['shape'] = [count, height, width, channels];
      return { data, shape: windowShape };
    },
    readPart(position: number, window: FrameWindow, { box, height, width, method }: PartShown) {
      const { offset, shape } = itemAt(position);
      const [frames, oldHeight, oldWidth, channels] = shape;
      const { start, count, stride } = resolveWindow(window, frames);
      const size = oldHeight * oldWidth * channels;
      const data = new Float32Array(count * height * width * channels);
      const [pieces, together] = stride === 1 ? [1, count] : [count, 1];
      for (let i = 0; i < pieces; i++) {
        const bytes = stored(offset + (start + i * stride) * size * bytesPerValue, together * size);
        const whole = { data: bytes, shape: [together, oldHeight, oldWidth, channels] as const };
        const resized = resizeToFloat(whole, height, width, method, box).data;
        scaleInto(data, i * height * width * channels, resized, maximum);
      }
      return { data, shape: [count, height, width, channels] as const };
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** Stored values to intensities. The product is exact at both ends: `maximum * (1 / maximum)` is 1 for 255 and 65535. */
function scaleInto(data: Float32Array, from: number, values: PixelData, maximum: number): void {
  const scale = 1 / maximum;
  for (let i = 0; i < values.length; i++) data[from + i] = values[i] * scale;
}

function readHead(directory: string): { head: StoreHead; index: DatasetIndex } {
  const path = join(directory, storeFile);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`there is no frame store in ${directory}: ${reasonOf(error)}`);
  }
  let value: { index?: unknown };
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(directory, 'its description is not JSON', error);
  }
  const parsed = headSchema.safeParse(value);
  if (!parsed.success) throw damaged(directory, `its description is wrong: ${parsed.error.issues[0].message}`);
  const index = parseIndex(JSON.stringify(value.index ?? null), path);
  if (index.items.length !== parsed.data.items.length) throw damaged(directory, 'items and frames do not match');
  return { head: parsed.data, index };
}

function openFrames(directory: string, total: number): number {
  let file: number;
  try {
    file = openSync(join(directory, framesFile), 'r');
  } catch (error) {
    throw damaged(directory, `its frames cannot be opened: ${reasonOf(error)}`, error);
  }
  const { size } = fstatSync(file);
  if (size === total) return file;
  closeSync(file);
  throw damaged(directory, `its frames are ${size} bytes long instead of ${total}`);
}

function loadFrames(file: number, total: number, directory: string): SharedArrayBuffer {
  const shared = new SharedArrayBuffer(total);
  const bytes = new Uint8Array(shared);
  readFully(file, bytes, 0, directory);
  return shared;
}

function readFully(file: number, bytes: Uint8Array, position: number, directory: string): void {
  let done = 0;
  while (done < bytes.length) {
    const length = Math.min(bytes.length - done, 2 ** 30);
    const count = readSync(file, bytes, done, length, position + done);
    if (count === 0) throw damaged(directory, 'its frames end too early');
    done += count;
  }
}

function verify(shared: SharedArrayBuffer, head: StoreHead, directory: string): void {
  head.items.forEach((item, position) => {
    const bytes = new Uint8Array(shared, item.offset, (valuesOf(item.shape) * head.settings.bits) / 8);
    if (crc32(bytes) !== item.crc32) throw damaged(directory, `the checksum of item ${position} is wrong`);
  });
}

function valuesOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

function damaged(directory: string, what: string, cause?: unknown): SondeError {
  return new SondeError('file/malformed', `this frame store is damaged: ${what}`, {
    where: directory,
    hint: 'delete the folder; it is made again from the data',
    cause,
  });
}
