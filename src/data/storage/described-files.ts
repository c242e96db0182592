/**
 * What was found out about files in earlier runs, so that those that have not changed are not opened again. A line is
 * added for each file as it is described: an index that is interrupted goes on where it stopped.
 * @module
 */
import { createHash } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import type { FoundFile } from './walk.ts';

/** Lines that are collected before they are written. */
const linesAtOnce = 64;

/** Raise when descriptions of the same file change. */
const version = 2;

type Line = readonly [key: string, bytes: number, modifiedMs: number, outcome: unknown];

/** One a folder and salt. Names of files are kept as salted hashes only. */
export class DescribedFiles<T> {
  readonly #path: string;
  readonly #salt: string;
  readonly #known = new Map<string, Line>();
  readonly #waiting: string[] = [];
  #writable = true;

  /** @param directory where such records are kept */
  constructor(directory: string, root: string, salt: string) {
    this.#salt = salt;
    this.#path = join(directory, `${this.#hash(`${version}\0${root}`)}.jsonl`);
    let lines = 0;
    for (const line of this.#readLines()) {
      lines++;
      try {
        const entry = JSON.parse(line) as Line;
        this.#known.set(entry[0], entry);
      } catch {
        // The last line of a run that was killed may be cut off.
      }
    }
    // Files that changed leave their old lines behind.
    if (lines > 2 * this.#known.size + linesAtOnce) this.#rewrite();
  }

  /** What was found out before, where the file still has its size and time. */
  find({ path, bytes, modifiedMs }: FoundFile): T | undefined {
    const entry = this.#known.get(this.#hash(path));
    return entry !== undefined && entry[1] === bytes && entry[2] === modifiedMs ? (entry[3] as T) : undefined;
  }

  keep({ path, bytes, modifiedMs }: FoundFile, outcome: T): void {
    const entry: Line = [this.#hash(path), bytes, modifiedMs, outcome];
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    if (this.#waiting.length >= linesAtOnce) this.flush();
  }

  /** Writes what is waiting. A record that cannot be written only costs time later. */
  flush(): void {
    if (this.#waiting.length === 0 || !this.#writable) return;
    try {
      mkdirSync(dirname(this.#path), { recursive: true });
      appendFileSync(this.#path, this.#waiting.join(''), { mode: 0o600 });
    } catch {
      this.#writable = false;
    }
    this.#waiting.length = 0;
  }

  #readLines(): string[] {
    try {
      return readFileSync(this.#path, 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  }

  #rewrite(): void {
    try {
      writeFileAtomically(this.#path, [...this.#known.values()].map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    } catch {
      this.#writable = false;
    }
  }

  #hash(text: string): string {
    return createHash('sha256').update(this.#salt).update('\0file\0').update(text).digest('hex').slice(0, 24);
  }
}
