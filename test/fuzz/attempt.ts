/**
 * Reads one damaged file the way the program would, and says how it ended.
 * @module
 */
import { writeFileSync } from 'node:fs';
import { SondeError } from '../../src/base/errors.ts';
import { openMedia } from '../../src/data/storage/folder-source.ts';
import { decodeModel } from '../../src/graph/onnx/decode.ts';
import { decodeSafetensors } from '../../src/tensor/safetensors.ts';

/** `undefined` where all is well: it was read, or refused by one sentence. Otherwise what is wrong with how it failed. */
export async function attempt(path: string, bytes: Uint8Array): Promise<string | undefined> {
  try {
    if (path.endsWith('.safetensors')) decodeSafetensors(bytes);
    else if (path.endsWith('.onnx')) decodeModel(bytes);
    else await readAll(path, bytes);
    return undefined;
  } catch (error) {
    return faultIn(error);
  }
}

async function readAll(path: string, bytes: Uint8Array): Promise<void> {
  writeFileSync(path, bytes);
  const media = await openMedia(path);
  try {
    const [part] = media.parts ?? [];
    const { frames, kind } = part?.description ?? media.description;
    if (kind === 'signal') return;
    await media.read({ start: 0, count: 1 }, part?.name);
    if (frames > 1) await media.read({ start: frames - 1, count: 1 }, part?.name);
  } finally {
    await media.close?.();
  }
}

/** Failures of the program, not of the file: they were not foreseen, and their messages help nobody. */
function faultIn(error: unknown): string | undefined {
  if (!(error instanceof SondeError)) return `not a sentence of ours: ${String(error)}`;
  const { cause, code, problem } = error;
  // What a text decoder and a view say of bytes that are no text or too few are foreseen where protocol buffers are read.
  if (code === 'onnx/malformed' && /encoded data was not valid|bounds of the DataView/.test(String(cause)))
    return undefined;
  if (cause instanceof TypeError || cause instanceof ReferenceError)
    return `an accident: ${cause.stack ?? cause.message}`;
  if (cause instanceof RangeError && /typed array|allocation|offset|stack/i.test(cause.message)) {
    return `an accident: ${cause.stack ?? cause.message}`;
  }
  return problem.includes('\n') ? `more than one sentence: ${problem}` : undefined;
}
