/**
 * ONNX models on disk, with large weights in a data file beside the model.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { messageOf, SondeError } from '../../base/errors.ts';
import { decodeModel } from '../../graph/onnx/decode.ts';
import { encodeModel } from '../../graph/onnx/encode.ts';
import type { OnnxModel } from '../../graph/onnx/model.ts';
import type { ExternalReference } from '../../graph/onnx/tensor-data.ts';

/**
 * Reads a model. External data is read too, from files inside the model's folder only.
 * Throws `onnx/malformed` or `graph/unsupported`, naming the file.
 */
export async function loadModel(path: string): Promise<OnnxModel> {
  const files = new DataFiles(dirname(path));
  try {
    const bytes = await readFile(path);
    return decodeModel(bytes, { readExternal: (reference) => files.read(reference) });
  } catch (error) {
    const code = error instanceof SondeError ? error.code : 'onnx/malformed';
    throw new SondeError(code, messageOf(error), { where: path, cause: error });
  } finally {
    files.close();
  }
}

export interface SaveOptions {
  /** Initialisers of more bytes than this go to `<name>.data` beside the model; default: all stay inside. */
  readonly externalAbove?: number;
}

/** The size in bytes above which weights are worth keeping outside. */
export const largeTensor = 64 * 1024;

/** Pages of this size let a reader map the data file into memory. */
const alignment = 4096;

/** One call of the system moves at most 2 GB. */
const longestTransfer = 2 ** 30;

/**
 * Writes a model; neither file is ever seen half written, the data file changes first.
 * Throws `graph/unsupported` when more than 2 GB would stay inside.
 */
export async function saveModel(path: string, model: OnnxModel, options: SaveOptions = {}): Promise<void> {
  const { externalAbove = Number.POSITIVE_INFINITY } = options;
  const location = `${basename(path)}.data`;
  const outside: { offset: number; bytes: Uint8Array }[] = [];
  let end = 0;
  const bytes = encodeModel(model, {
    writeExternal: (tensor) => {
      if (tensor.byteLength <= externalAbove) return undefined;
      const offset = Math.ceil(end / alignment) * alignment;
      outside.push({ offset, bytes: tensor });
      end = offset + tensor.byteLength;
      return { location, offset, length: tensor.byteLength };
    },
  });
  if (outside.length > 0) {
    await replaceFile(join(dirname(path), location), async (temporary) => {
      const file = await open(temporary, 'w');
      try {
        for (const part of outside) await writeAll(file, part.bytes, part.offset);
        await file.sync();
      } finally {
        await file.close();
      }
    });
  }
  await replaceFile(path, (temporary) => writeFile(temporary, bytes, { flush: true }));
}

async function writeAll(file: Awaited<ReturnType<typeof open>>, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.byteLength; ) {
    const length = Math.min(bytes.byteLength - done, longestTransfer);
    done += (await file.write(bytes, done, length, offset + done)).bytesWritten;
  }
}

async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${process.pid}.partial`;
  try {
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Data files of one folder, opened once each. */
class DataFiles {
  readonly #folder: string;
  readonly #opened = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  read({ location, offset, length }: ExternalReference): Uint8Array {
    const file = this.#opened.get(location) ?? this.#open(location);
    const { size } = fstatSync(file);
    if (offset + length > size) {
      throw new SondeError('onnx/malformed', 'the data file is too short', {
        where: location,
        expected: `at least ${offset + length} bytes`,
        found: `${size}`,
      });
    }
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const read = readSync(file, bytes, done, Math.min(length - done, longestTransfer), offset + done);
      if (read === 0) throw new SondeError('onnx/malformed', 'the data file shrank', { where: location });
      done += read;
    }
    return bytes;
  }

  #open(location: string): number {
    // A model from a stranger must not reach files elsewhere, neither by its path nor through a link.
    const folder = realpathSync(this.#folder);
    const path = resolve(folder, location);
    if (isAbsolute(location) || !isInside(folder, path) || !isInside(folder, realpathSync(path))) {
      throw new SondeError('onnx/malformed', `its data lies outside the folder of the model: ${location}`);
    }
    const file = openSync(path, 'r');
    this.#opened.set(location, file);
    return file;
  }

  close(): void {
    for (const file of this.#opened.values()) closeSync(file);
    this.#opened.clear();
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
