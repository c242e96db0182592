/**
 * The index of a source that is not a folder: a generator's.
 * @module
 */
import { createHash } from 'node:crypto';
import type { DatasetIndex, MediaSource } from '../media.ts';
import { type SplitOptions, splitByPatient } from '../split.ts';

export interface SourceIndexOptions {
  /** What determines every pixel: the generator's options. */
  readonly identity: string;
  readonly split?: SplitOptions;
}

export function indexSource(source: MediaSource, { identity, split = {} }: SourceIndexOptions): DatasetIndex {
  const { name, items, problems } = source;
  const hash = createHash('sha256')
    .update(JSON.stringify([identity, items]))
    .digest('hex')
    .slice(0, 16);
  return { version: 1, name, items, problems, split: splitByPatient(items, split), hash };
}
