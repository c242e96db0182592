/**
 * Indexing a folder once: what is in it, whose it is, what is wrong with it.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { SondeError, usageError } from '../../base/errors.ts';
import type { DatasetIndex, MediaItem, OpenedMedia, Problem, Split } from '../media.ts';
import { readers } from '../readers/index.ts';
import { type SplitOptions, splitByPatient } from '../split.ts';
import { asUnreadable, type FolderSource, folderSource, recogniseFile } from './folder-source.ts';
import { type FileLabels, joinLabels, type LabelFileOptions } from './label-files.ts';
import { installationSalt, pseudonymOf } from './pseudonym.ts';
import { type FoundFile, walkFolder } from './walk.ts';

export interface IndexOptions extends LabelFileOptions {
  /** Default: the folder's own name. */
  readonly name?: string;
  /** Secret that patients' names are hashed with. Default: this installation's own. */
  readonly salt?: string;
  readonly split?: SplitOptions;
  readonly onProgress?: (done: number, total: number) => void;
}

/** More unreadable files than this share are a warning that stands first. */
const alarmingShare = 0.05;

/**
 * Looks at every file below `root` (or at one file) and describes those that can be read.
 * Throws `usage` for a path that does not exist or a wrong option, `data/empty` where there is nothing to read, and
 * `data/unreadable` where all media are broken. Single broken files are listed in `index.problems`.
 */
export async function indexFolder(
  root: string,
  options: IndexOptions = {},
): Promise<{ index: DatasetIndex; source: FolderSource }> {
  const given = resolve(root);
  if (!existsSync(given)) throw usageError(`there is no file or folder at ${root}`);
  const real = realpathSync(given);
  const single = statSync(real).isFile();
  const folder = single ? dirname(real) : real;
  const walked = walkFolder(folder);
  const files = single ? walked.files.filter((file) => file.absolute === real) : walked.files;
  const joined = joinLabels(folder, files, options);
  const candidates = files.filter((file) => joined?.companions.has(file.path) !== true);
  const { found, problems } = await describeFiles(candidates, options.onProgress);
  if (!single) problems.unshift(...walked.problems);
  const broken = problems.filter((problem) => problem.severity === 'skipped').length;
  if (found.length === 0) throw nothingReadable(root, broken, problems);
  if (broken > alarmingShare * (broken + found.length)) {
    const share = Math.round((100 * broken) / (broken + found.length));
    problems.unshift({
      path: '.',
      reason: `${broken} of ${broken + found.length} files (${share} %) could not be read; see which before trusting any number`,
      severity: 'warning',
    });
  }
  if (joined !== undefined) problems.push(...labelProblems(joined, found));
  const items = describeItems(found, joined?.byFile, options.salt ?? installationSalt());
  const name = options.name ?? (basename(single ? real : folder) || 'data');
  const split = splitByPatient(items, options.split);
  problems.push(...splitProblems(split));
  const hash = hashOf(items, found);
  const index: DatasetIndex = { version: 1, name, items, problems, split, hash };
  return { index, source: folderSource(folder, index) };
}

interface FoundMedia {
  readonly file: FoundFile;
  readonly description: OpenedMedia['description'];
  readonly identity: string | undefined;
}

async function describeFiles(
  files: readonly FoundFile[],
  onProgress: IndexOptions['onProgress'],
): Promise<{ found: FoundMedia[]; problems: Problem[] }> {
  const found: FoundMedia[] = [];
  const problems: Problem[] = [];
  for (const [number, file] of files.entries()) {
    const outcome = await describeFile(file);
    if (outcome !== undefined) {
      if (outcome.media !== undefined) found.push(outcome.media);
      for (const { reason, severity } of outcome.notes) problems.push({ path: file.path, reason, severity });
    }
    onProgress?.(number + 1, files.length);
  }
  return { found, problems };
}

interface Outcome {
  readonly media?: FoundMedia;
  readonly notes: readonly Omit<Problem, 'path'>[];
}

async function describeFile(file: FoundFile): Promise<Outcome | undefined> {
  let title = 'file';
  try {
    const recognition = recogniseFile(file.absolute);
    if (recognition === undefined) return undefined;
    if ('problem' in recognition) return { notes: [{ reason: recognition.problem, severity: 'skipped' }] };
    title = recognition.reader.title;
    const media = await recognition.reader.open(file.absolute);
    const { description, identity, warnings = [] } = media;
    await media.close?.();
    return {
      media: { file, description, identity },
      notes: warnings.map((reason) => ({ reason, severity: 'warning' as const })),
    };
  } catch (error) {
    return { notes: [{ reason: asUnreadable(error, title).message.split('\n', 1)[0], severity: 'skipped' }] };
  }
}

function describeItems(
  found: readonly FoundMedia[],
  byFile: ReadonlyMap<string, FileLabels> | undefined,
  salt: string,
): MediaItem[] {
  const folders = patientFolders(found.map(({ file }) => file.path));
  return found.map(({ file, description, identity }) => {
    const row = byFile?.get(file.path);
    const known = row?.identity ?? identity;
    const patient = known === undefined ? (folders.get(file.path) ?? file.path) : pseudonymOf(known, salt);
    return { ...description, id: file.path, patient, labels: { ...description.labels, ...row?.labels } };
  });
}

/** Folder names that sort files, not people. */
const sortingFolders =
  /^(train(ing)?|val(id(ation)?)?|test(ing)?|images?|imgs?|videos?|clips?|frames?|data|files?|dicom|png|jpe?g|jpegimages|avi|mp4|masks?|labels?|annot(ations?)?)$/i;

/** The first folder level that tells files apart and is not merely a sorting of them. */
function patientFolders(paths: readonly string[]): Map<string, string> {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  const depth = Math.max(0, ...folders.map((parts) => parts.length));
  for (let level = 0; level < depth; level++) {
    const names = new Set(folders.map((parts) => parts[level]));
    if (names.size < 2) continue;
    if ([...names].some((name) => name !== undefined && sortingFolders.test(name))) continue;
    return new Map(
      paths.flatMap((path, i) => (folders[i][level] === undefined ? [] : [[path, folders[i][level]] as const])),
    );
  }
  return new Map();
}

function labelProblems(joined: NonNullable<ReturnType<typeof joinLabels>>, found: readonly FoundMedia[]): Problem[] {
  const problems: Problem[] = [];
  const without = found.filter(({ file }) => !joined.byFile.has(file.path)).length;
  if (without > 0) {
    problems.push({
      path: joined.table,
      reason: `${without} of ${found.length} readable files are not in this table and stay without labels`,
      severity: 'warning',
    });
  }
  if (joined.missing > 0) {
    problems.push({
      path: joined.table,
      reason: `${joined.missing} rows of this table name files that are not in the folder`,
      severity: 'warning',
    });
  }
  return problems;
}

/** Says so when there are too few patients for every part. */
function splitProblems(split: Split): Problem[] {
  const parts = Object.values(split.parts);
  const empty = (['validation', 'test'] as const).filter((part) => !parts.includes(part));
  if (empty.length === 0 || parts.length > 2) return [];
  const patients = parts.length === 1 ? 'all items belong to one patient' : `there are only ${parts.length} patients`;
  return [
    {
      path: '.',
      reason: `${patients}, so the split has no ${empty.join(' and no ')} part; a column or folders that tell patients apart may mend it`,
      severity: 'warning',
    },
  ];
}

function nothingReadable(root: string, broken: number, problems: readonly Problem[]): SondeError {
  if (broken > 0) {
    const { path, reason } = problems.find((problem) => problem.severity === 'skipped')!;
    return new SondeError('data/unreadable', `none of the ${broken} media files in ${root} can be read`, {
      hint: `the first is ${path}: ${reason}`,
    });
  }
  const titles = readers.map((reader) => reader.title);
  return new SondeError('data/empty', `there are no pictures, clips or volumes in ${root}`, {
    expected: [...new Set(titles)].join(', '),
    hint: 'give the folder that holds the files; folders below it are searched too',
  });
}

/** Changes when any item or file does; says nothing about where the folder lies. */
function hashOf(items: readonly MediaItem[], found: readonly FoundMedia[]): string {
  const hash = createHash('sha256').update('sonde index 1\n');
  items.forEach((item, i) => {
    const { bytes, modifiedMs } = found[i].file;
    hash.update(`${JSON.stringify(item)}\0${bytes}\0${modifiedMs}\n`);
  });
  return hash.digest('hex').slice(0, 32);
}
