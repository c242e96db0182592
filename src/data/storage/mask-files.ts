/**
 * Masks in files of their own, brought onto the frames of the item they belong to.
 * @module
 */
import { SondeError } from '../../base/errors.ts';
import { formatShape } from '../../base/shape.ts';
import type { Annotation, Frames, FrameWindow, MediaItem, OpenedMedia } from '../media.ts';
import { readPngNumbers } from '../readers/png-numbers.ts';
import { resolveWindow } from '../window.ts';
import { type ItemPlace, readPlace } from './item-files.ts';

/**
 * Class numbers of a mask, `[T, H, W, 1]`. Throws `data/unreadable` where the mask does not fit its item.
 */
export async function readMask(
  item: MediaItem,
  place: ItemPlace,
  annotation: Extract<Annotation, { type: 'mask' }>,
  window: FrameWindow | undefined,
  open: (path: string) => Promise<OpenedMedia>,
): Promise<Frames> {
  const frames = annotation.frame === undefined ? item.frames : 1;
  const { start, count, stride } = resolveWindow(window, frames);
  const numbers = place.path.toLowerCase().endsWith('.png') ? readPngNumbers(place.path) : undefined;
  const media = numbers === undefined ? await open(place.path) : undefined;
  const mask =
    numbers ??
    (media?.segmentOn === undefined
      ? await readPlace(place, { start, count, stride }, open)
      : await media.segmentOn(item, { start, count, stride }));
  const expected = [count, item.height, item.width, 1];
  if (mask.shape.some((length, axis) => length !== expected[axis])) {
    throw new SondeError('data/unreadable', `the mask '${annotation.name}' does not fit its pictures`, {
      found: formatShape(mask.shape),
      expected: formatShape(expected),
    });
  }
  return mask;
}
