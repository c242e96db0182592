/**
 * Finding the files below a folder.
 * @module
 */
import { lstatSync, readdirSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { messageOf } from '../../base/errors.ts';
import type { Problem } from '../media.ts';

export interface FoundFile {
  /** Relative to the root, with `/` between folders. */
  readonly path: string;
  readonly absolute: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/**
 * Regular files below `root`, sorted by path (by code unit, so the order is the same everywhere). Hidden files are passed over. Symbolic links
 * are not followed: one that stays inside the folder would show its target twice, one that leaves it is a problem.
 */
export function walkFolder(root: string): { files: FoundFile[]; problems: Problem[] } {
  const realRoot = realpathSync(root);
  const files: FoundFile[] = [];
  const problems: Problem[] = [];
  const visit = (folder: string, prefix: string): void => {
    let names: string[];
    try {
      names = readdirSync(folder);
    } catch (error) {
      problems.push({ path: prefix, reason: `this folder cannot be opened: ${reasonOf(error)}`, severity: 'skipped' });
      return;
    }
    for (const name of names.sort()) {
      if (name.startsWith('.') || name === '__MACOSX') continue;
      const absolute = join(folder, name);
      const path = prefix === '' ? name : `${prefix}/${name}`;
      const stats = lstatSync(absolute, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (stats.isDirectory()) visit(absolute, path);
      else if (stats.isFile()) files.push({ path, absolute, bytes: stats.size, modifiedMs: stats.mtimeMs });
      else if (stats.isSymbolicLink() && !staysInside(absolute, realRoot)) {
        problems.push({
          path,
          reason: 'this symbolic link leads out of the folder and is not followed',
          severity: 'skipped',
        });
      }
    }
  };
  visit(realRoot, '');
  files.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { files, problems };
}

function staysInside(link: string, realRoot: string): boolean {
  try {
    return realpathSync(link).startsWith(realRoot + sep);
  } catch {
    // A dangling link leads nowhere.
    return true;
  }
}

/** The system's reason without the path in it. */
export function reasonOf(error: unknown): string {
  return messageOf(error).replace(/, \w+ '.*'$/s, '');
}
