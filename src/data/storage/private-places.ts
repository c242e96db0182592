/**
 * Where private data lie: kept in this installation's own configuration, never in a run, which holds a mark instead.
 * @module
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { usageError } from '../../base/errors.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { installationSalt } from './pseudonym.ts';

const prefix = 'private:';

export function isPrivatePlace(path: string): boolean {
  return path.startsWith(prefix);
}

/** A mark for a path; on this installation `placeOf` gives the path back. */
export function markOf(path: string): string {
  const mark = createHash('sha256')
    .update(installationSalt())
    .update('\0place\0')
    .update(path)
    .digest('hex')
    .slice(0, 12);
  const places = readPlaces();
  if (places[mark] !== path) {
    mkdirSync(dirname(file()), { recursive: true, mode: 0o700 });
    writeFileAtomically(file(), `${JSON.stringify({ ...places, [mark]: path }, undefined, 1)}\n`, 0o600);
  }
  return `${prefix}${mark}`;
}

/** The path behind a mark. Throws `usage` where another installation made it. */
export function placeOf(mark: string): string {
  const path = readPlaces()[mark.slice(prefix.length)];
  if (path !== undefined) return path;
  throw usageError(`the place of private data '${mark}' is not known on this installation`, {
    hint: 'name the folder with --data',
  });
}

function file(): string {
  return join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'sonde', 'places.json');
}

function readPlaces(): Record<string, string> {
  try {
    return JSON.parse(readFileSync(file(), 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
