/**
 * Labels from the names of folders: `train/cat/1.png`.
 * @module
 */
import type { FileFacts, FolderKnowledge } from './folder-knowledge.ts';
import type { SplitPart } from './media.ts';

const partNames: readonly (readonly [RegExp, SplitPart])[] = [
  [/^train(ing)?$/i, 'train'],
  [/^(val|valid|validation|dev)$/i, 'validation'],
  [/^(test|testing)$/i, 'test'],
];

/**
 * The folder a file lies in as its label `class`. `asked`: the user said so. Otherwise only where the same folders stand
 * below `train` and `test`: folders of patients never would. `undefined` where there is nothing to tell.
 */
export function folderLabels(paths: readonly string[], asked: boolean): FolderKnowledge | undefined {
  const folders = paths.map((path) => path.split('/').slice(0, -1));
  const places = folders.map((parts) => parts.findIndex((part) => partOf(part) !== undefined));
  const classes = folders.map((parts, i) => parts.slice(places[i] + 1).at(-1));
  const byPart = new Map<SplitPart, Set<string>>();
  folders.forEach((parts, i) => {
    const part = places[i] < 0 ? undefined : partOf(parts[places[i]]);
    const name = classes[i];
    if (part === undefined || name === undefined || parts.length !== places[i] + 2) return;
    byPart.set(part, (byPart.get(part) ?? new Set()).add(name));
  });
  const repeated = byPart.size > 1 && sameNames([...byPart.values()]);
  if (!asked && !repeated) return undefined;
  const facts = new Map<string, FileFacts>();
  paths.forEach((path, i) => {
    const name = classes[i];
    const official = repeated && places[i] >= 0 ? partOf(folders[i][places[i]]) : undefined;
    if (name === undefined) return;
    // A folder that is a class is no patient: each file stands for itself.
    facts.set(path, { patient: path, labels: { class: name }, ...(official === undefined ? {} : { official }) });
  });
  if (facts.size === 0) return undefined;
  return { source: 'the names of folders', of: (path) => facts.get(path), companions: new Set(), framesAsClips: false };
}

function partOf(name: string): SplitPart | undefined {
  return partNames.find(([pattern]) => pattern.test(name))?.[1];
}

/** At least two names, and each part has most of them. */
function sameNames(parts: readonly ReadonlySet<string>[]): boolean {
  const all = new Set(parts.flatMap((names) => [...names]));
  return all.size >= 2 && parts.every((names) => names.size >= 0.75 * all.size);
}
