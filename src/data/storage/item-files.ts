/**
 * From an item to its files, opened: one file, a part of one, or one file for each frame.
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SondeError } from '../../base/errors.ts';
import type { Frames, FrameWindow, MediaItem, OpenedMedia, PixelData } from '../media.ts';
import { newPixels, resolveWindow } from '../window.ts';

/** Where the pictures of an item are. */
export interface ItemPlace {
  /** Absolute; the first one of several. */
  readonly path: string;
  readonly part?: string;
  /** Absolute, one a frame. */
  readonly files?: readonly string[];
}

export function placeOf(root: string, item: Pick<MediaItem, 'id' | 'files'>): ItemPlace {
  if (item.files !== undefined) {
    const files = item.files.map((file) => join(root, file));
    return { path: files[0], files };
  }
  return placeOfReference(root, item.id);
}

/** A path, or a path and a part behind `#`; names of files may hold a `#` too. */
export function placeOfReference(root: string, reference: string): ItemPlace {
  const whole = join(root, reference);
  const mark = reference.indexOf('#');
  if (mark < 0 || existsSync(whole)) return { path: whole };
  for (let at = mark; at >= 0; at = reference.indexOf('#', at + 1)) {
    const path = join(root, reference.slice(0, at));
    if (existsSync(path)) return { path, part: reference.slice(at + 1) };
  }
  return { path: whole };
}

/** Reads a window of an item; `open` opens a file, or finds it open. Throws `data/unreadable`. */
export async function readPlace(
  place: ItemPlace,
  window: FrameWindow | undefined,
  open: (path: string) => Promise<OpenedMedia>,
): Promise<Frames> {
  const { path, part, files } = place;
  if (files === undefined) return (await open(path)).read(window, part);
  const { start, count, stride } = resolveWindow(window, files.length);
  let data: PixelData | undefined;
  let size = 0;
  let shape: Frames['shape'] = [0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const media = await open(files[start + i * stride]);
    const frame = inRealUnits(await media.read({ start: 0, count: 1 }), media);
    if (data === undefined) {
      size = frame.data.length;
      shape = [count, frame.shape[1], frame.shape[2], frame.shape[3]];
      data = newPixels(frame.data, count * size);
    } else if (frame.data.length !== size || frame.shape.some((length, axis) => axis > 0 && length !== shape[axis])) {
      throw new SondeError('data/unreadable', `frame ${start + i * stride + 1} has another size than the first`);
    } else if (frame.data.constructor !== data.constructor) {
      data = Float32Array.from(data);
    }
    data.set(frame.data, i * size);
  }
  return { data: data!, shape };
}

/** Slices of one series may be stored with a scale each; together they are read in what the scale leads to. */
function inRealUnits(frames: Frames, { slice }: OpenedMedia): Frames {
  if (slice?.rescale === undefined) return frames;
  const [slope, intercept] = slice.rescale;
  return { data: Float32Array.from(frames.data, (value) => value * slope + intercept), shape: frames.shape };
}
