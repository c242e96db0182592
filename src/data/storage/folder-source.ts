/**
 * A folder of files as a source of pictures.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { messageOf, SondeError, usageError } from '../../base/errors.ts';
import type {
  Annotation,
  DatasetIndex,
  Frames,
  FrameWindow,
  MediaItem,
  MediaSource,
  OpenedMedia,
  TimeWindow,
  TrackSamples,
} from '../media.ts';
import { type Recognition, recognise } from '../readers/index.ts';
import { placeOf, placeOfReference, readPlace } from './item-files.ts';
import { readMask } from './mask-files.ts';
import { reasonOf } from './walk.ts';

type MaskAnnotation = Extract<Annotation, { type: 'mask' }>;

/** A source whose items are files: other threads can read them by their root. */
export interface FolderSource extends MediaSource {
  readonly root: string;
  /** The item as its files are named, where its paths are concealed. */
  original(item: MediaItem): MediaItem;
  /** The file of an item; the first one of several. */
  pathOf(item: MediaItem): string;
  /** Class numbers of a mask, `[T, H, W, 1]`, on the item's own frames, or on the one frame that the annotation names. */
  readMask(item: MediaItem, annotation: MaskAnnotation, window?: FrameWindow): Promise<Frames>;
  /** Samples of one of the item's tracks. Throws `usage` where it has none of this name. */
  readTrack(item: MediaItem, name: string, window?: TimeWindow): Promise<TrackSamples>;
  /** Closes the files it holds open. */
  close(): Promise<void>;
}

const headBytes = 512;
/** Files kept open, so that window after window of one clip does not open it anew. */
const openFiles = 4;

/** The source of an index made by `indexFolder`; `root` is the folder it was made from. */
export function folderSource(root: string, index: DatasetIndex): FolderSource {
  const open = new Map<string, Promise<OpenedMedia>>();
  async function opened(path: string): Promise<OpenedMedia> {
    const held = open.get(path);
    open.delete(path);
    const media = held ?? openMedia(path);
    open.set(path, media);
    if (open.size > openFiles) {
      const [oldest, leaving] = open.entries().next().value!;
      open.delete(oldest);
      void leaving.then((other) => other.close?.()).catch(() => undefined);
    }
    try {
      return await media;
    } catch (error) {
      open.delete(path);
      throw error;
    }
  }
  return {
    name: index.name,
    items: index.items,
    problems: index.problems,
    root,
    original: (item) => item,
    pathOf: (item) => placeOf(root, item).path,
    read: (item, window) => readPlace(placeOf(root, item), window, opened),
    readMask: (item, annotation, window) =>
      readMask(item, placeOfReference(root, annotation.file), annotation, window, opened),
    async readTrack(item, name, window) {
      const track = item.tracks?.find((candidate) => candidate.name === name);
      if (track === undefined) {
        throw usageError(`this item has no track '${name}'`, {
          expected: item.tracks?.map((known) => known.name).join(', ') || 'none',
        });
      }
      const place = track.file === undefined ? placeOf(root, item) : placeOfReference(root, track.file);
      const media = await opened(place.path);
      // A file of its own may call the track otherwise than the item that it belongs to.
      const own = track.file === undefined ? name : media.description.tracks?.[0]?.name;
      if (media.readTrack === undefined || own === undefined) {
        throw new SondeError('data/unreadable', 'the track is not in the file any more', {
          hint: 'index the data again',
        });
      }
      return media.readTrack(own, window);
    },
    async close() {
      const all = [...open.values()];
      open.clear();
      for (const media of all) await (await media).close?.();
    },
  };
}

/** Opens any readable file. Throws `data/unreadable`. */
export async function openMedia(path: string): Promise<OpenedMedia> {
  const recognition = recogniseFile(path);
  if (recognition === undefined) throw new SondeError('data/unreadable', 'this file is no picture or clip');
  if ('problem' in recognition) throw new SondeError('data/unreadable', recognition.problem);
  try {
    return await recognition.reader.open(path);
  } catch (error) {
    throw asUnreadable(error, recognition.reader.title);
  }
}

export function recogniseFile(path: string): Recognition {
  const head = new Uint8Array(headBytes);
  let length: number;
  try {
    const file = openSync(path, 'r');
    try {
      length = readSync(file, head, 0, headBytes, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new SondeError('data/unreadable', `this file cannot be opened: ${reasonOf(error)}`, { cause: error });
  }
  return recognise(head.subarray(0, length), path);
}

/** Whatever a decoder throws, as an error with a sentence. */
export function asUnreadable(error: unknown, title: string): SondeError {
  if (error instanceof SondeError) return error;
  return new SondeError('data/unreadable', `this ${title} cannot be read: ${messageOf(error).split('\n', 1)[0]}`, {
    cause: error,
  });
}
