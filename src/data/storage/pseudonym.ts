/**
 * Names for patients that do not tell who they are.
 * @module
 */
import { createHash, randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

let remembered: string | undefined;

/**
 * The secret of this installation: `SONDE_SALT`, or 32 random bytes kept in the user's own configuration folder
 * (never beside data or results). Where that folder cannot be written, a secret that lasts as long as the process.
 */
export function installationSalt(): string {
  const given = process.env.SONDE_SALT;
  if (given !== undefined && given !== '') return given;
  remembered ??= readOrMakeSalt(join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'sonde'));
  return remembered;
}

function readOrMakeSalt(folder: string): string {
  const path = join(folder, 'salt');
  const fresh = randomBytes(32).toString('hex');
  const temporary = `${path}.${process.pid}.${fresh.slice(0, 8)}`;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(temporary, fresh, { mode: 0o600 });
    // A link appears whole or not at all, and never replaces one that another process made meanwhile.
    linkSync(temporary, path);
  } catch {
    // It exists already, or the folder is read-only: the read below tells.
  }
  rmSync(temporary, { force: true });
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return fresh;
  }
}

/** `p-` and 12 hexadecimal digits: the same person under the same salt always has the same one. */
export function pseudonymOf(identity: string, salt: string): string {
  return `p-${createHash('sha256').update(salt).update('\0').update(identity.trim()).digest('hex').slice(0, 12)}`;
}
