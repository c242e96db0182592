/**
 * Paths that do not tell who is in the pictures. What identifies a person is taken out of the names of folders and
 * files before anything else sees them; `docs/decisions/0008-privacy.md` says what counts and why.
 * @module
 */
import { createHash } from 'node:crypto';
import type { DatasetIndex, MediaItem } from '../media.ts';
import { pseudonymOf } from './pseudonym.ts';

export interface ConcealmentRules {
  readonly salt: string;
  /** Every name is replaced, not only those known to identify. */
  readonly everything?: boolean;
  /** Hashes (`hashedWords`) of what tags and tables say of patients. */
  readonly words?: ReadonlySet<string>;
  /** The folder level that tells patients apart, counted from 0. */
  readonly patientLevel?: number;
}

export type Conceal = (path: string) => string;

/** Words shorter than this are too common to be looked for. */
const shortestWord = 3;

/**
 * Salted hashes of the words of identifying values (`Doe^John`, an identity number), and of names written together
 * (`doejohn`, `johndoe`), so that they can be recognised in a path without being kept.
 */
export function hashedWords(values: Iterable<string>, salt: string): string[] {
  const hashes = new Set<string>();
  for (const value of values) {
    const words = wordsOf(value);
    const together = [words.join(''), [...words].reverse().join('')];
    for (const word of [...words, ...together]) if (word.length >= shortestWord) hashes.add(hashOf(word, salt));
  }
  return [...hashes];
}

/** A function from a path relative to the root to the path that is shown. The same path always gives the same one. */
export function concealment({ salt, everything = false, words = new Set(), patientLevel }: ConcealmentRules): Conceal {
  const identifies = (name: string) => {
    const found = wordsOf(name);
    const spans = found.flatMap((_, from) => [1, 2, 3].map((count) => found.slice(from, from + count).join('')));
    return [...spans, found.join('')].some((word) => words.has(hashOf(word, salt)));
  };
  const shown = (name: string, level: number, last: boolean): string => {
    if (name === '' || name === '.' || name === '..') return name;
    const extension = last ? (/(\.nii)?\.[a-z][a-z0-9]{0,4}$/i.exec(name)?.[0] ?? '') : '';
    if (!last && level === patientLevel) return pseudonymOf(name, salt);
    if (!everything && !identifies(name)) return name;
    return `${last ? 'f' : 'd'}-${hashOf(name, salt).slice(0, 12)}${extension.toLowerCase()}`;
  };
  return (path) => {
    const [file, ...part] = path.split('#');
    const names = file.split('/');
    const concealed = names.map((name, level) => shown(name, level, level === names.length - 1)).join('/');
    return [concealed, ...part].join('#');
  };
}

/** An index with every path concealed, and for each new id the item as it was. */
export function concealIndex(
  index: DatasetIndex,
  conceal: Conceal,
  everything: boolean,
): { index: DatasetIndex; originals: Map<string, MediaItem> } {
  const originals = new Map<string, MediaItem>();
  const patients = new Map<string, string>();
  const items = index.items.map((item) => {
    const concealed = concealItem(item, conceal);
    patients.set(item.patient, concealed.patient);
    originals.set(concealed.id, item);
    return concealed;
  });
  const names = namesIn([...index.items.map(({ id }) => id), ...index.problems.map(({ path }) => path)], conceal);
  const parts = Object.entries(index.split.parts).map(([patient, part]) => [patients.get(patient) ?? patient, part]);
  // Below the levels that tell patients apart, only what is known to identify is replaced.
  const below = '_/'.repeat(16);
  const name = everything ? 'data' : (conceal(`${below}${index.name}/.`).split('/').at(-2) ?? 'data');
  return {
    originals,
    index: {
      ...index,
      name,
      items,
      problems: index.problems.map(({ path, reason, severity }) => ({
        path: conceal(path),
        reason: withoutNames(reason, names),
        severity,
      })),
      split: { ...index.split, parts: Object.fromEntries(parts) },
      ...(everything ? { hash: createHash('sha256').update(`private\0${index.hash}`).digest('hex').slice(0, 32) } : {}),
    },
  };
}

function concealItem(item: MediaItem, conceal: Conceal): MediaItem {
  const { files, tracks, annotations } = item;
  const id = conceal(item.id);
  return {
    ...item,
    id,
    patient: item.patient === item.id ? id : item.patient,
    ...(files === undefined ? {} : { files: files.map(conceal) }),
    ...(tracks === undefined
      ? {}
      : {
          tracks: tracks.map((track) => (track.file === undefined ? track : { ...track, file: conceal(track.file) })),
        }),
    ...(annotations === undefined
      ? {}
      : { annotations: annotations.map((one) => (one.type === 'mask' ? { ...one, file: conceal(one.file) } : one)) }),
  };
}

/** Names that change, with what they become, the longest first. */
function namesIn(paths: readonly string[], conceal: Conceal): [string, string][] {
  const names = new Map<string, string>();
  for (const path of paths) {
    const [before, after] = [path.split('/'), conceal(path).split('/')];
    before.forEach((name, i) => {
      if (name !== after[i] && name.length >= shortestWord) names.set(name, after[i]);
    });
  }
  return [...names].sort((a, b) => b[0].length - a[0].length);
}

/** A sentence with names in it replaced by what they have become. */
export function withoutNames(text: string, names: readonly (readonly [string, string])[]): string {
  return names.reduce((sentence, [name, shown]) => sentence.replaceAll(name, shown), text);
}

/** Lower-case runs of letters and of digits; `DoeJohn12` is `doe`, `john`, `12`. */
function wordsOf(text: string): string[] {
  const spaced = text.normalize('NFC').replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
  return [...spaced.matchAll(/\p{L}+|\p{N}+/gu)].map(([word]) => word.toLowerCase());
}

function hashOf(text: string, salt: string): string {
  return createHash('sha256').update(salt).update('\0name\0').update(text).digest('hex').slice(0, 16);
}
