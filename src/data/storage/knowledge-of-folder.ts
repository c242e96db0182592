/**
 * Gathering what is known about a folder from beside its files: the layout of a known set, a table, masks, names.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { SondeError, usageError } from '../../base/errors.ts';
import { adapters, recogniseSet } from '../adapters/index.ts';
import type { FileFacts, FolderKnowledge, FolderTree, PartPlace } from '../folder-knowledge.ts';
import { folderLabels } from '../folder-labels.ts';
import { sidecars } from '../sidecars.ts';
import { joinLabels, type LabelFileOptions } from './label-files.ts';
import { placeTables } from './place-tables.ts';
import { type FoundFile, reasonOf } from './walk.ts';

export interface KnowledgeOptions extends Omit<LabelFileOptions, 'labels'> {
  /** Path of a table of labels, or `folders` for the names of folders; see `LabelFileOptions`. */
  readonly labels?: string;
  /** Identifier of the known set that this is, or `none`; by default the layout tells. */
  readonly set?: string;
  /** Which of a set's own splits, where it has several; counted from 1. */
  readonly officialSplit?: number;
}

/** Text files beside pictures are small. */
const largestText = 2 ** 28;

/** `single`: the user named one file, not the folder. Throws `usage` for a wrong option. */
export async function knowledgeOf(
  root: string,
  files: readonly FoundFile[],
  single: boolean,
  options: KnowledgeOptions,
): Promise<FolderKnowledge | undefined> {
  const tree = treeOf(root, files);
  const set = options.set === 'none' ? undefined : chosenSet(tree, options.set);
  const { officialSplit = 1 } = options;
  if (options.officialSplit !== undefined && officialSplit > (set?.officialSplits ?? 1)) {
    throw usageError(`there is no official split ${officialSplit} of ${set?.title ?? 'this folder'}`, {
      expected: set?.officialSplits === undefined ? 'official' : `official:1 to official:${set.officialSplits}`,
    });
  }
  const known = set === undefined ? undefined : await set.describe(tree, officialSplit);
  const byFolders = options.labels === 'folders';
  const wantsTable = known === undefined || options.labels !== undefined || options.patientColumn !== undefined;
  const table = byFolders || !wantsTable ? undefined : await joinLabels(root, files, options);
  const folders = known === undefined || byFolders ? folderLabels(tree.paths, byFolders) : undefined;
  const beside = known === undefined ? sidecars(tree) : undefined;
  const places = await placeTables(root, files);
  const merged = merge([table, known, folders, beside, places].filter((part) => part !== undefined));
  if (merged === undefined || !single) return merged;
  return { ...merged, complete: false, repeats: () => false, companions: new Set() };
}

function chosenSet(tree: FolderTree, id: string | undefined) {
  if (id === undefined) return recogniseSet(tree);
  const found = adapters.find((adapter) => adapter.id === id);
  if (found === undefined) {
    const expected = ['none', ...adapters.map((adapter) => adapter.id)].join(', ');
    throw usageError(`there is no set '${id}'`, { expected });
  }
  return found;
}

function treeOf(root: string, files: readonly FoundFile[]): FolderTree {
  const paths = files.map(({ path }) => path);
  const present = new Set(paths);
  return {
    name: basename(root),
    paths,
    has: (path) => present.has(path),
    text(path) {
      const file = join(root, path);
      try {
        if (!present.has(path) || statSync(file).size > largestText) {
          throw new SondeError('data/unreadable', 'this text file is too large or lies elsewhere', { where: path });
        }
        return readFileSync(file, 'utf8');
      } catch (error) {
        if (error instanceof SondeError) throw error;
        throw new SondeError('data/unreadable', `this file cannot be opened: ${reasonOf(error)}`, { where: path });
      }
    },
  };
}

/** What comes first prevails; labels and annotations add up. */
function merge(parts: readonly FolderKnowledge[]): FolderKnowledge | undefined {
  if (parts.length < 2) return parts[0];
  const of = (path: string, part?: PartPlace) => mergeFacts(parts.flatMap((known) => known.of(path, part) ?? []));
  const [framesAsClips] = parts.flatMap((known) => known.framesAsClips ?? []);
  return {
    source: parts[0].source,
    of,
    ofPatient: (is) => mergeFacts(parts.flatMap((known) => known.ofPatient?.(is) ?? [])),
    companions: new Set(parts.flatMap((known) => [...known.companions])),
    complete: parts.some((known) => known.complete),
    ...(framesAsClips === undefined ? {} : { framesAsClips }),
    sequences: parts.flatMap((known) => known.sequences ?? []),
    classNames: (path) => Object.assign({}, ...parts.map((known) => known.classNames?.(path) ?? {})),
    repeats: (path, count) => parts.some((known) => known.repeats?.(path, count)),
    problems: (items) => parts.flatMap((known) => known.problems?.(items) ?? []),
  };
}

function mergeFacts(all: readonly FileFacts[]): FileFacts | undefined {
  if (all.length < 2) return all[0];
  const merged: FileFacts = Object.assign({}, ...[...all].reverse());
  return {
    ...merged,
    labels: Object.assign({}, ...[...all].reverse().map(({ labels }) => labels ?? {})),
    annotations: all.flatMap(({ annotations = [] }) => annotations),
  };
}
