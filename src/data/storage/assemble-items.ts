/**
 * From files to items: parts of files, series of slices, numbered frames; signals and segmentations join what they
 * belong to.
 * @module
 */
import type { FolderKnowledge, PartPlace } from '../folder-knowledge.ts';
import type { Annotation, MediaDescription, MediaItem, Problem, SlicePlace, SplitPart, Track } from '../media.ts';
import { numberedFrames } from '../numbered-frames.ts';
import { stackSeries } from '../series.ts';
import type { FoundMedia } from './describe-files.ts';
import type { FoundFile } from './walk.ts';

/** An item before labels and patients. */
export interface AssembledItem {
  readonly id: string;
  /** Of its file, or of the first one. */
  readonly path: string;
  readonly part?: PartPlace;
  readonly description: MediaDescription;
  readonly pseudonym?: string;
  readonly official?: SplitPart;
  readonly files?: MediaItem['files'];
  /** All that its content depends on. */
  readonly sources: readonly FoundFile[];
  readonly slice?: SlicePlace;
}

export interface AssemblyOptions {
  /** False leaves numbered pictures apart. */
  readonly framesAsClips?: boolean;
  /** False leaves the slices of a series apart. */
  readonly seriesAsVolumes?: boolean;
}

/** Items in the order of their names, and what is to be said about them. */
export function assembleItems(
  found: readonly FoundMedia[],
  knowledge: FolderKnowledge | undefined,
  options: AssemblyOptions,
): { items: AssembledItem[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const owned = new Set(
    found.flatMap(({ file, companions = [] }) => companions.map((name) => beside(file.path, name))),
  );
  const rest = found.filter(({ file }) => !owned.has(file.path));
  let items = rest.flatMap((media) => itemsOfFile(media, knowledge, problems));
  if (options.seriesAsVolumes !== false) items = withSeries(items, problems);
  items = withSegmentations(items, problems);
  items = withKnownSequences(items, knowledge);
  if (options.framesAsClips !== false && knowledge?.framesAsClips !== false)
    items = withClips(items, knowledge, problems);
  items = withTracks(items, problems);
  // Parts stay in the order of their file; what was put together stands where its name does.
  const place = ({ files, id, path }: AssembledItem) => (files === undefined ? path : id);
  items.sort((a, b) => (place(a) < place(b) ? -1 : place(a) > place(b) ? 1 : 0));
  return { items, problems };
}

function itemsOfFile(media: FoundMedia, knowledge: FolderKnowledge | undefined, problems: Problem[]): AssembledItem[] {
  const { file, description, parts, preferred, pseudonym, slice } = media;
  const shared = { path: file.path, sources: [file], ...(pseudonym === undefined ? {} : { pseudonym }) };
  const place = (number: number): PartPlace => ({ name: parts![number].name, number, count: parts!.length });
  const labelled = parts !== undefined && knowledge?.of(file.path, place(0)) !== undefined;
  const whole = parts === undefined || (preferred === 'whole' && (!labelled || knowledge.of(file.path) !== undefined));
  if (whole) return [{ ...shared, id: file.path, description, ...(slice === undefined ? {} : { slice }) }];
  if (knowledge?.repeats?.(file.path, parts.length)) {
    const reason = `left out: its ${parts.length} items are those that ${knowledge.source} names as files; give this file alone to use it`;
    problems.push({ path: file.path, reason, severity: 'warning' });
    return [];
  }
  return parts.map((part, number) => ({
    ...shared,
    id: `${file.path}#${part.name}`,
    part: place(number),
    description: part.description,
    ...(part.official === undefined ? {} : { official: part.official }),
  }));
}

/** Slices of one series become volumes and clips. */
function withSeries(items: readonly AssembledItem[], problems: Problem[]): AssembledItem[] {
  const series = new Map<string, AssembledItem[]>();
  for (const item of items) {
    const { slice, part, description } = item;
    if (slice === undefined || part !== undefined || description.frames > 1 || slice.describes !== undefined) continue;
    series.set(slice.series, [...(series.get(slice.series) ?? []), item]);
  }
  const taken = new Set<AssembledItem>();
  const stacked: AssembledItem[] = [];
  const names = new Set(items.map(({ id }) => id));
  for (const members of series.values()) {
    const byPath = new Map(members.map((member) => [member.path, member]));
    const stacks = stackSeries(members.map(({ path, description, slice }) => ({ path, description, slice: slice! })));
    for (const { slices, description, doubts } of stacks) {
      const own = slices.map(({ path }) => byPath.get(path)!);
      for (const member of own) taken.add(member);
      const id = freshName(folderOf(own[0].path), 'series', names, stacks.length === 1 && ownFolder(members, items));
      stacked.push(groupOf(id, own, description, own[0].slice));
      for (const reason of doubts) problems.push({ path: id, reason, severity: 'warning' });
    }
  }
  return [...items.filter((item) => !taken.has(item)), ...stacked];
}

/** True where the folder of these files holds no other pictures. */
function ownFolder(members: readonly AssembledItem[], items: readonly AssembledItem[]): boolean {
  const folder = folderOf(members[0].path);
  if (folder === '' || members.some(({ path }) => folderOf(path) !== folder)) return false;
  const inside = items.filter(({ path, slice }) => folderOf(path) === folder && slice?.describes === undefined);
  return inside.length === members.length;
}

function freshName(folder: string, stem: string, names: Set<string>, bare: boolean): string {
  let name = bare ? folder : '';
  for (let number = 1; name === '' || names.has(name); number++) {
    name = folder === '' ? `${stem}-${number}` : `${folder}/${stem}-${number}`;
  }
  names.add(name);
  return name;
}

function groupOf(
  id: string,
  members: readonly AssembledItem[],
  description: MediaDescription,
  slice?: SlicePlace,
): AssembledItem {
  const [{ path, pseudonym, official }] = members;
  return {
    id,
    path,
    description,
    files: members.map((member) => member.path),
    sources: members.flatMap((member) => member.sources),
    ...(pseudonym === undefined ? {} : { pseudonym }),
    ...(official === undefined ? {} : { official }),
    ...(slice === undefined ? {} : { slice }),
  };
}

/** Segmentations become masks of the series they were drawn on, where that is here. */
function withSegmentations(items: readonly AssembledItem[], problems: Problem[]): AssembledItem[] {
  const masks = new Map<AssembledItem, Annotation[]>();
  const taken = new Set<AssembledItem>();
  for (const item of items) {
    const describes = item.slice?.describes;
    if (describes === undefined) continue;
    const targets = items.filter(({ slice, description }) => {
      return slice?.describes === undefined && slice?.series === describes && description.geometry !== undefined;
    });
    for (const target of targets) {
      const mask: Annotation = { type: 'mask', name: 'segmentation', file: item.path, classes: item.slice?.classes };
      masks.set(target, [...(masks.get(target) ?? []), mask]);
      taken.add(item);
    }
    if (targets.length === 0) {
      const reason = 'the series that this segmentation was drawn on is not here: it is an item of its own';
      problems.push({ path: item.path, reason, severity: 'warning' });
    }
  }
  return items.filter((item) => !taken.has(item)).map((item) => annotated(item, masks.get(item) ?? []));
}

function annotated(item: AssembledItem, added: readonly Annotation[]): AssembledItem {
  if (added.length === 0) return item;
  const annotations = [...(item.description.annotations ?? []), ...added];
  return { ...item, description: { ...item.description, annotations } };
}

function withKnownSequences(items: readonly AssembledItem[], knowledge: FolderKnowledge | undefined): AssembledItem[] {
  if (knowledge?.sequences === undefined) return [...items];
  const byPath = new Map(items.filter(({ part }) => part === undefined).map((item) => [item.path, item]));
  const taken = new Set<AssembledItem>();
  const clips = knowledge.sequences.flatMap(({ id, files }) => {
    const members = files.flatMap((file) => byPath.get(file) ?? []);
    if (members.length === 0) return [];
    for (const member of members) taken.add(member);
    return [clipOf(id, members)];
  });
  return [...items.filter((item) => !taken.has(item)), ...clips];
}

function clipOf(id: string, members: readonly AssembledItem[]): AssembledItem {
  const [{ description }] = members;
  return groupOf(id, members, { ...description, kind: members.length > 1 ? 'clip' : 'image', frames: members.length });
}

function withClips(
  items: readonly AssembledItem[],
  knowledge: FolderKnowledge | undefined,
  problems: Problem[],
): AssembledItem[] {
  // What a table says of single pictures is lost on a clip of them.
  const single = items.filter(({ path, part, files }) => {
    return part === undefined && files === undefined && knowledge?.of(path) === undefined;
  });
  const clips = numberedFrames(single);
  if (clips.size === 0) return [...items];
  const taken = new Set([...clips.values()].flat());
  const names = new Set(items.map(({ id }) => id));
  const made = [...clips].map(([folder, members]) =>
    clipOf(freshName(folder, 'frames', names, folder !== ''), members),
  );
  const frames = made.reduce((sum, { description }) => sum + description.frames, 0);
  problems.push({
    path: '.',
    reason: `${frames} numbered pictures in ${made.length} folders were taken for the frames of ${made.length} clips; turn that off (--separate) where they are separate`,
    severity: 'warning',
  });
  return [...items.filter((item) => !taken.has(item)), ...made];
}

/** A signal beside pictures of the same name is their track; other signals among pictures are left out. */
function withTracks(items: readonly AssembledItem[], problems: Problem[]): AssembledItem[] {
  const signals = items.filter(({ description }) => description.kind === 'signal');
  const pictures = items.filter(({ description }) => description.kind !== 'signal');
  if (signals.length === 0 || pictures.length === 0) return [...items];
  const tracks = new Map<string, Track[]>();
  const files = new Map<string, FoundFile[]>();
  const stems = new Set(pictures.map(({ path }) => stemOf(path)));
  let left = 0;
  for (const { path, description, sources } of signals) {
    const stem = stemOf(path);
    if (!stems.has(stem)) {
      left++;
      continue;
    }
    const own = (description.tracks ?? []).map((track) => ({ ...track, file: path }));
    tracks.set(stem, [...(tracks.get(stem) ?? []), ...own]);
    files.set(stem, [...(files.get(stem) ?? []), ...sources]);
  }
  if (left > 0) {
    const reason = `${left} recordings of sound or signals belong to no picture of the same name and are left out; give their folder alone to use them`;
    problems.push({ path: '.', reason, severity: 'warning' });
  }
  return pictures.map((item) => {
    const added = tracks.get(stemOf(item.path));
    if (added === undefined) return item;
    const all = [...(item.description.tracks ?? []), ...added];
    const sources = [...item.sources, ...(files.get(stemOf(item.path)) ?? [])];
    return { ...item, sources, description: { ...item.description, tracks: all } };
  });
}

function stemOf(path: string): string {
  return path.replace(/(\.[a-z0-9]{1,6}){1,2}$/i, '');
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function beside(path: string, name: string): string {
  const folder = folderOf(path);
  return folder === '' ? name : `${folder}/${name}`;
}
