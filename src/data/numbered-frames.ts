/**
 * Folders of numbered pictures that are the frames of a clip.
 * @module
 */
import type { MediaDescription } from './media.ts';

export interface NumberedPicture {
  /** Relative to the root, with `/` between folders. */
  readonly path: string;
  readonly description: MediaDescription;
}

/** Fewer pictures than this are no clip. */
const fewest = 8;

/**
 * The folders whose pictures are one clip: all of them, at least 8, share a stem and a size and are numbered without a
 * gap. Returns the pictures of each in order.
 */
export function numberedFrames<T extends NumberedPicture>(pictures: readonly T[]): Map<string, T[]> {
  const folders = new Map<string, T[]>();
  for (const picture of pictures) {
    const folder = picture.path.slice(0, Math.max(0, picture.path.lastIndexOf('/')));
    const others = folders.get(folder);
    if (others === undefined) folders.set(folder, [picture]);
    else others.push(picture);
  }
  const clips = new Map<string, T[]>();
  for (const [folder, members] of folders) {
    const ordered = inSequence(members);
    if (ordered !== undefined) clips.set(folder, ordered);
  }
  return clips;
}

function inSequence<T extends NumberedPicture>(members: readonly T[]): T[] | undefined {
  if (members.length < fewest) return undefined;
  const [first] = members;
  const alike = members.every(
    ({ description: { kind, height, width, channels, format } }) =>
      kind === 'image' &&
      height === first.description.height &&
      width === first.description.width &&
      channels === first.description.channels &&
      format === first.description.format,
  );
  if (!alike) return undefined;
  const named = members.map((member) => ({ member, name: numberIn(member.path) }));
  const [{ name }] = named;
  if (named.some((other) => other.name === undefined || other.name.around !== name?.around)) return undefined;
  named.sort((a, b) => a.name!.number - b.name!.number);
  if (named.some((other, i) => other.name!.number !== named[0].name!.number + i)) return undefined;
  return named.map(({ member }) => member);
}

/** The last number in a file's name, and what stands around it. */
export function numberIn(path: string): { readonly number: number; readonly around: string } | undefined {
  const found = /^(.*?)(\d{1,9})(\D*)$/.exec(path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]+$/, ''));
  return found === null ? undefined : { number: Number(found[2]), around: `${found[1]}*${found[3]}` };
}
