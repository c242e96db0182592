/**
 * Opening every file of a folder once, to learn what it holds.
 * @module
 */
import type { MediaDescription, MediaPart, OpenedMedia, Problem } from '../media.ts';
import { hashedWords } from './concealment.ts';
import type { DescribedFiles } from './described-files.ts';
import { asUnreadable, recogniseFile } from './folder-source.ts';
import { pseudonymOf } from './pseudonym.ts';
import type { FoundFile } from './walk.ts';

export interface FoundMedia extends DescribedMedia {
  readonly file: FoundFile;
}

/** What is kept of a file: nothing that identifies a person. */
export interface DescribedMedia extends Pick<OpenedMedia, 'preferred' | 'companions' | 'slice'> {
  readonly description: MediaDescription;
  readonly parts?: readonly MediaPart[];
  /** Of the identity the file holds. */
  readonly pseudonym?: string;
  /** Hashes of what the file says of the patient. */
  readonly words?: readonly string[];
}

/** What came of one file. */
export interface Outcome {
  /** Absent for what is no medium and for what cannot be read. */
  readonly media?: DescribedMedia;
  readonly notes: readonly Omit<Problem, 'path'>[];
}

/** Media among the files, in their order, and what is wrong with the others. */
export async function describeFiles(
  files: readonly FoundFile[],
  salt: string,
  memory: DescribedFiles<Outcome> | undefined,
  onProgress: ((done: number, total: number) => void) | undefined,
): Promise<{ found: FoundMedia[]; problems: Problem[] }> {
  const found: FoundMedia[] = [];
  const problems: Problem[] = [];
  try {
    for (const [number, file] of files.entries()) {
      let outcome = memory?.find(file);
      if (outcome === undefined) {
        outcome = await describeFile(file, salt);
        // What could not be read may be readable by another decoder or version: it is tried again.
        // The names of companions are names of files, which are not kept.
        if (outcome.media !== undefined && outcome.media.companions === undefined) memory?.keep(file, outcome);
      }
      if (outcome.media !== undefined) found.push({ file, ...outcome.media });
      for (const { reason, severity } of outcome.notes) problems.push({ path: file.path, reason, severity });
      onProgress?.(number + 1, files.length);
    }
  } finally {
    memory?.flush();
  }
  return { found, problems };
}

async function describeFile(file: FoundFile, salt: string): Promise<Outcome> {
  let title = 'file';
  try {
    const recognition = recogniseFile(file.absolute);
    if (recognition === undefined) return { notes: [] };
    if ('problem' in recognition) return { notes: [{ reason: recognition.problem, severity: 'skipped' }] };
    title = recognition.reader.title;
    const media = await recognition.reader.open(file.absolute);
    await media.close?.();
    return { media: described(media, salt), notes: (media.warnings ?? []).map(asWarning) };
  } catch (error) {
    return { notes: [{ reason: asUnreadable(error, title).message.split('\n', 1)[0], severity: 'skipped' }] };
  }
}

function described(media: OpenedMedia, salt: string): DescribedMedia {
  const { description, parts, preferred, companions, slice, identity, identifying = [] } = media;
  const words = hashedWords(identity === undefined ? identifying : [identity, ...identifying], salt);
  return {
    description,
    ...(parts === undefined ? {} : { parts }),
    ...(preferred === undefined ? {} : { preferred }),
    ...(companions === undefined ? {} : { companions }),
    ...(slice === undefined ? {} : { slice }),
    ...(identity === undefined ? {} : { pseudonym: pseudonymOf(identity, salt) }),
    ...(words.length === 0 ? {} : { words }),
  };
}

function asWarning(reason: string): Omit<Problem, 'path'> {
  return { reason, severity: 'warning' };
}
