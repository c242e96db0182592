/**
 * A folder of files as a source of pictures.
 * @module
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, SondeError } from '../../base/errors.ts';
import type { DatasetIndex, Frames, FrameWindow, MediaItem, MediaSource, OpenedMedia } from '../media.ts';
import { type Recognition, recognise } from '../readers/index.ts';
import { reasonOf } from './walk.ts';

/** A source whose items are files: other threads can read them by path. */
export interface FolderSource extends MediaSource {
  pathOf(item: MediaItem): string;
  /** Closes the files it holds open. */
  close(): Promise<void>;
}

const headBytes = 512;
/** Files kept open, so that window after window of one clip does not open it anew. */
const openFiles = 4;

/** The source of an index made by `indexFolder`; `root` is the folder it was made from. */
export function folderSource(root: string, index: DatasetIndex): FolderSource {
  const open = new Map<string, Promise<OpenedMedia>>();
  const pathOf = (item: MediaItem) => join(root, item.id);
  async function opened(item: MediaItem): Promise<OpenedMedia> {
    const path = pathOf(item);
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
    pathOf,
    async read(item: MediaItem, window?: FrameWindow): Promise<Frames> {
      const media = await opened(item);
      return media.read(window);
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
