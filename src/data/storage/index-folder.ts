/**
 * Indexing a folder once: what is in it, whose it is, what is wrong with it.
 * @module
 */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { SondeError, usageError } from '../../base/errors.ts';
import { chooseSplit, type SplitRequest } from '../choose-split.ts';
import type { FileFacts, FolderKnowledge } from '../folder-knowledge.ts';
import type { DatasetIndex, MediaItem, Problem, Split } from '../media.ts';
import { readers } from '../readers/index.ts';
import { type AssembledItem, type AssemblyOptions, assembleItems } from './assemble-items.ts';
import { concealIndex, concealment, hashedWords, withoutNames } from './concealment.ts';
import { describeFiles, type Outcome } from './describe-files.ts';
import { DescribedFiles } from './described-files.ts';
import { type FolderSource, folderSource } from './folder-source.ts';
import { type KnowledgeOptions, knowledgeOf } from './knowledge-of-folder.ts';
import { installationSalt, pseudonymOf } from './pseudonym.ts';
import { walkFolder } from './walk.ts';

export interface IndexOptions extends Omit<KnowledgeOptions, 'officialSplit'>, AssemblyOptions {
  /** Default: the folder's own name. */
  readonly name?: string;
  /** Secret that patients' names are hashed with. Default: this installation's own. */
  readonly salt?: string;
  /** Replaces every name of a folder or file, not only those known to identify a person. */
  readonly private?: boolean;
  /** Where descriptions of files are kept between runs, so that unchanged files are not opened again; nowhere by default. */
  readonly memory?: string;
  readonly split?: SplitRequest;
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
  const number = options.split?.official;
  const numbered = number === undefined ? options : { ...options, officialSplit: number };
  const knowledge = await knowledgeOf(folder, single ? walked.files : files, single, numbered);
  const candidates = files.filter(({ path }) => knowledge?.companions.has(path) !== true);
  const salt = options.salt ?? installationSalt();
  const memory = options.memory === undefined ? undefined : new DescribedFiles<Outcome>(options.memory, folder, salt);
  const { found, problems } = await describeFiles(candidates, salt, memory, options.onProgress);
  const assembled = assembleItems(found, knowledge, options);
  const wanted = assembled.items.map((item) => ({ ...item, facts: factsOf(item, knowledge, salt) }));
  const kept = knowledge?.complete === true ? wanted.filter(({ facts }) => facts !== undefined) : wanted;
  problems.push(...assembled.problems);
  if (!single) problems.unshift(...walked.problems);
  const broken = problems.filter((problem) => problem.severity === 'skipped').length;
  const everything = options.private === true;
  const identities = kept.flatMap(({ facts }) => facts?.identity ?? []);
  const words = new Set([...found.flatMap((media) => media.words ?? []), ...hashedWords(identities, salt)]);
  const patientLevel = patientFolderLevel(kept.map(({ path }) => path));
  const byFolder = kept.some(
    ({ pseudonym, facts }) => pseudonym === undefined && facts?.identity === undefined && facts?.patient === undefined,
  );
  const hiddenLevel = byFolder && patientLevel !== undefined ? { patientLevel } : {};
  const conceal = concealment({ salt, everything, words, ...hiddenLevel });
  if (kept.length === 0) {
    const shown = problems.map((problem) => ({ ...problem, path: conceal(problem.path) }));
    throw nothingReadable(everything ? 'the folder' : root, broken, shown);
  }
  if (broken > alarmingShare * (broken + found.length)) {
    const share = Math.round((100 * broken) / (broken + found.length));
    problems.unshift({
      path: '.',
      reason: `${broken} of ${broken + found.length} files (${share} %) hold no pictures or could not be read; see which before trusting any number`,
      severity: 'warning',
    });
  }
  problems.push(...(knowledge?.problems?.(kept) ?? []));
  const items = describeItems(kept, patientLevel, salt, knowledge?.classNames);
  const name = options.name ?? (basename(single ? real : folder) || 'data');
  const places = kept.map(({ facts, official }) => facts?.official ?? official);
  const { split, problem } = chooseSplit(items, places, options.split);
  if (problem !== undefined) problems.push({ path: '.', reason: problem, severity: 'warning' });
  problems.push(...splitProblems(split));
  const hash = hashOf(items, kept);
  const plain: DatasetIndex = { version: 1, name, items, problems, split, hash };
  const { index, originals } = concealIndex(plain, conceal, everything);
  return { index, source: concealedSource(folderSource(folder, plain), index, originals) };
}

/** The source under its concealed index: items are looked up by their own names where files are read. */
function concealedSource(
  source: FolderSource,
  index: DatasetIndex,
  originals: ReadonlyMap<string, MediaItem>,
): FolderSource {
  const original = (item: MediaItem): MediaItem => {
    const own = originals.get(item.id);
    if (own === undefined) return item;
    const { id, files, tracks, annotations } = own;
    return { ...item, id, files, tracks, annotations };
  };
  const names = [...originals].flatMap(([id, item]) => (id === item.id ? [] : [[item.id, id] as const]));
  const quietly = async <T>(item: MediaItem, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof SondeError) || names.length === 0) throw error;
      const { code, problem, hint } = error;
      throw new SondeError(code, withoutNames(problem, names), {
        where: item.id,
        ...(hint === undefined ? {} : { hint }),
      });
    }
  };
  return {
    ...source,
    name: index.name,
    items: index.items,
    problems: index.problems,
    original,
    pathOf: (item) => source.pathOf(original(item)),
    read: (item, window) => quietly(item, () => source.read(original(item), window)),
    readTrack: (item, name, window) => quietly(item, () => source.readTrack(original(item), name, window)),
    readMask(item, annotation, window) {
      const own = original(item);
      const position = item.annotations?.findIndex((one) => one.type === 'mask' && one.file === annotation.file) ?? -1;
      const named = own.annotations?.[position];
      return quietly(item, () => source.readMask(own, named?.type === 'mask' ? named : annotation, window));
    },
  };
}

/** An item with what is known about it from beside its files. */
type KnownItem = AssembledItem & { readonly facts: FileFacts | undefined };

function factsOf(item: AssembledItem, knowledge: FolderKnowledge | undefined, salt: string): FileFacts | undefined {
  const facts = item.files === undefined ? undefined : knowledge?.of(item.id);
  const own = facts ?? knowledge?.of(item.path, item.part);
  if (own !== undefined || item.pseudonym === undefined) return own;
  return knowledge?.ofPatient?.((identity) => pseudonymOf(identity, salt) === item.pseudonym);
}

/** Labels with the names of their classes in place of numbers. */
function named(
  labels: MediaItem['labels'],
  names: Readonly<Record<string, readonly string[]>> = {},
): MediaItem['labels'] {
  const renamed = Object.entries(labels).map(([label, value]) => [label, names[label]?.[value as number] ?? value]);
  return Object.fromEntries(renamed) as MediaItem['labels'];
}

function describeItems(
  kept: readonly KnownItem[],
  patientLevel: number | undefined,
  salt: string,
  classNames: FolderKnowledge['classNames'],
): MediaItem[] {
  return kept.map(({ id, path, description, pseudonym, files, facts }) => {
    const folder = patientLevel === undefined ? undefined : path.split('/').slice(0, -1)[patientLevel];
    const known = facts?.identity ?? folder;
    const fromFile = facts?.identity === undefined ? pseudonym : undefined;
    const hashed = fromFile ?? (known === undefined ? undefined : pseudonymOf(known, salt));
    const annotations = [...(description.annotations ?? []), ...(facts?.annotations ?? [])];
    return {
      ...description,
      ...facts?.description,
      id,
      patient: facts?.patient ?? hashed ?? id,
      labels: named({ ...description.labels, ...facts?.labels }, classNames?.(path)),
      ...(facts?.frameLabels === undefined ? {} : { frameLabels: facts.frameLabels }),
      ...(annotations.length === 0 ? {} : { annotations }),
      ...(files === undefined ? {} : { files }),
    };
  });
}

/** Folder names that sort files, not people. */
const sortingFolders =
  /^(train(ing)?|val(id(ation)?)?|test(ing)?|images?|imgs?|videos?|clips?|frames?|data|files?|dicom|png|jpe?g|jpegimages|avi|mp4|masks?|labels?|annot(ations?)?)$/i;

/** The first folder level that tells files apart and is not merely a sorting of them. */
function patientFolderLevel(paths: readonly string[]): number | undefined {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  const depth = Math.max(0, ...folders.map((parts) => parts.length));
  for (let level = 0; level < depth; level++) {
    const names = new Set(folders.map((parts) => parts[level]));
    if (names.size < 2) continue;
    if ([...names].some((name) => name !== undefined && sortingFolders.test(name))) continue;
    return level;
  }
  return undefined;
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
function hashOf(items: readonly MediaItem[], kept: readonly AssembledItem[]): string {
  const hash = createHash('sha256').update('sonde index 1\n');
  items.forEach((item, i) => {
    hash.update(JSON.stringify(item));
    for (const { bytes, modifiedMs } of kept[i].sources) hash.update(`\0${bytes}\0${modifiedMs}\n`);
  });
  return hash.digest('hex').slice(0, 32);
}
