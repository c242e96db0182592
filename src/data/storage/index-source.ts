/**
 * The index of a source that is not a folder: a generator's.
 * @module
 */
import { createHash } from 'node:crypto';
import { chooseSplit, type SplitRequest } from '../choose-split.ts';
import type { DatasetIndex, MediaSource } from '../media.ts';

export interface SourceIndexOptions {
  /** What determines every pixel: the generator's options. */
  readonly identity: string;
  readonly split?: SplitRequest;
}

export function indexSource(source: MediaSource, { identity, split }: SourceIndexOptions): DatasetIndex {
  const { name, items, problems } = source;
  const hash = createHash('sha256')
    .update(JSON.stringify([identity, items]))
    .digest('hex')
    .slice(0, 16);
  return { version: 1, name, items, problems, split: chooseSplit(items, [], split).split, hash };
}
