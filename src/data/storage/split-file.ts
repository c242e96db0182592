/**
 * A split in a file of its own, so that another command uses exactly that one.
 * @module
 */
import { readFileSync } from 'node:fs';
import { SondeError, usageError } from '../../base/errors.ts';
import type { Split } from '../media.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { splitSchema } from './dataset-file.ts';
import { reasonOf } from './walk.ts';

export function writeSplit(path: string, split: Split): void {
  writeFileAtomically(path, `${JSON.stringify(split, undefined, 1)}\n`);
}

/** A split that `writeSplit` wrote, or the one in a `dataset.json`. Throws `usage` or `file/malformed`. */
export function readSplit(path: string): Split {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usageError(`the split ${path} cannot be opened: ${reasonOf(error)}`, {
      expected: 'official, official:2, patients, or a file that sonde data split --out or sonde data index wrote',
    });
  }
  let value: { split?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SondeError('file/malformed', 'this split is not JSON', { where: path, cause: error });
  }
  const parsed = splitSchema.safeParse(value?.split ?? value);
  if (parsed.success) return parsed.data;
  throw new SondeError('file/malformed', 'this file holds no split', {
    where: path,
    hint: 'write one with sonde data split --out split.json',
  });
}
