/**
 * What a method prepared once (permutation sets, colour bins, motion weights), kept with its run: resuming and explaining
 * read it back instead of computing it again.
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { base64 } from '../../base/base64.ts';
import { SondeError } from '../../base/errors.ts';
import { type RunPaths, writeAtomically } from './run-folder.ts';

const arrayKinds = {
  Float32Array,
  Float64Array,
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  BigInt64Array,
  BigUint64Array,
} as const;
type ArrayKind = keyof typeof arrayKinds;

interface StoredArray {
  readonly $array: ArrayKind;
  /** Base64 of its bytes, little-endian. */
  readonly bytes: string;
}

/** Plain data and typed arrays as text. Throws `internal` for anything else, which a worker could not be sent either. */
export function preparedToJson(prepared: unknown): string {
  return JSON.stringify({ version: 1, prepared: stored(prepared, 'prepared') });
}

/** Reads it back, typed arrays of the same kind and the same bytes. */
export function preparedFromJson(text: string): unknown {
  const { version, prepared } = JSON.parse(text) as { version: number; prepared?: unknown };
  if (version !== 1) {
    throw new SondeError('run/corrupt', 'what the method prepared is of another version', {
      expected: 'version 1',
      found: `version ${version}`,
    });
  }
  return restored(prepared);
}

export function writePrepared(paths: RunPaths, prepared: unknown): void {
  writeAtomically(paths.prepared, preparedToJson(prepared));
}

/** What was prepared for a run, or `undefined` where nothing was kept: `{ prepared }`, since that may be undefined too. */
export function readPrepared(paths: RunPaths): { readonly prepared: unknown } | undefined {
  if (!existsSync(paths.prepared)) return undefined;
  try {
    return { prepared: preparedFromJson(readFileSync(paths.prepared, 'utf8')) };
  } catch (cause) {
    throw new SondeError('run/corrupt', 'prepared.json cannot be read', { where: paths.root, cause });
  }
}

function stored(value: unknown, path: string): unknown {
  if (ArrayBuffer.isView(value)) {
    const kind = value.constructor.name as ArrayKind;
    if (!(kind in arrayKinds)) throw new SondeError('internal', `${path} is a ${kind}, which is not kept with a run`);
    const bytes = new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
    return { $array: kind, bytes: base64(bytes) } satisfies StoredArray;
  }
  if (Array.isArray(value)) return value.map((entry, i) => stored(entry, `${path}[${i}]`));
  if (typeof value === 'object' && value !== null) {
    if (Object.getPrototypeOf(value) !== Object.prototype) {
      throw new SondeError('internal', `${path} is a ${value.constructor.name}, which is not kept with a run`);
    }
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, stored(entry, `${path}.${key}`)]));
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new SondeError('internal', `${path} is ${value}, which JSON cannot hold`);
  }
  return value;
}

function restored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(restored);
  if (typeof value !== 'object' || value === null) return value;
  if ('$array' in value) {
    const { $array: kind, bytes: text } = value as StoredArray;
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const Kind = arrayKinds[kind];
    return new Kind(bytes.buffer as ArrayBuffer, 0, bytes.length / Kind.BYTES_PER_ELEMENT);
  }
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, restored(entry)]));
}
