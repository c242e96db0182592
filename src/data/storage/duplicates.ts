/**
 * Files with the same content.
 * @module
 */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { MediaSource } from '../media.ts';
import type { FolderSource } from './folder-source.ts';

/** Groups of items whose files are the same byte for byte. Only files of equal length are read; what has no files has none. */
export async function findDuplicates(source: MediaSource): Promise<string[][]> {
  if (!('pathOf' in source)) return [];
  const { pathOf, original } = source as FolderSource;
  const byLength = new Map<number, string[]>();
  // Parts of one file and items of many files are not what a file's bytes tell about.
  const paths = new Map(
    source.items.flatMap((item) => {
      const path = pathOf(item);
      return item.files === undefined && path.endsWith(original(item).id) ? [[item.id, path] as const] : [];
    }),
  );
  for (const [id, path] of paths) {
    const length = statSync(path, { throwIfNoEntry: false })?.size;
    if (length !== undefined) byLength.set(length, [...(byLength.get(length) ?? []), id]);
  }
  const byContent = new Map<string, string[]>();
  for (const ids of byLength.values()) {
    if (ids.length < 2) continue;
    for (const id of ids) {
      const hash = createHash('sha256');
      await pipeline(createReadStream(paths.get(id)!), hash);
      const key = hash.digest('hex');
      byContent.set(key, [...(byContent.get(key) ?? []), id]);
    }
  }
  return [...byContent.values()].filter((ids) => ids.length > 1);
}
