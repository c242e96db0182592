/**
 * Telling formats apart by their first bytes.
 * @module
 */

/** True when the bytes at `offset` are those of a string of one-byte characters. */
export function begins(head: Uint8Array, offset: number, mark: string): boolean {
  for (let i = 0; i < mark.length; i++) if (head[offset + i] !== mark.charCodeAt(i)) return false;
  return true;
}
