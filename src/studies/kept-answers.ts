/**
 * Answers that take long to compute, kept in files named by everything that decides them, so that a study that is
 * stopped goes on and one that is done is not done again.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../training/storage/run-folder.ts';

/** The kept answer, or a new one. `parts` name it: everything that it depends on. Answers are plain JSON. */
export async function keptAnswer<T>(
  directory: string,
  name: string,
  parts: unknown,
  compute: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  const file = join(directory, 'answers', `${name}-${digest}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as T;
  const answer = await compute();
  if (answer === undefined) return undefined;
  mkdirSync(join(directory, 'answers'), { recursive: true });
  writeAtomically(file, `${JSON.stringify(answer)}\n`);
  return answer;
}
