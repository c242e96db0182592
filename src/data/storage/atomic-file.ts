/**
 * Writing files so that a reader sees the old content or the new, never half of it.
 * @module
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

let serial = 0;

/** Writes beside the target, flushes, then renames over it. Safe with several processes: the last one wins whole. */
export function writeFileAtomically(path: string, content: string | Uint8Array, mode = 0o666): void {
  const temporary = `${path}.${process.pid}-${serial++}.tmp`;
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    const file = openSync(temporary, 'wx', mode);
    try {
      let written = 0;
      while (written < bytes.length) written += writeSync(file, bytes, written);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}
