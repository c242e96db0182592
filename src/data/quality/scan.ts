/**
 * Looks at every item of a source once.
 * @module
 */
import type { Frames, FrameWindow, MediaItem } from '../media.ts';
import { checkItem, type ItemQuality } from './item-quality.ts';
import type { ItemFingerprint } from './near-duplicates.ts';
import { Observer } from './observation.ts';

export type ScannedItem = ItemQuality & { readonly fingerprint: ItemFingerprint };

/** Raise when a check finds something else in the same pictures: what is kept of earlier findings is then made anew. */
export const checksVersion = 2;

/** Decoded bytes held at a time. */
const pieceBytes = 16e6;

/** Reads an item piece by piece and checks it. Throws what `read` throws. */
export async function scanItem(item: MediaItem, read: (window: FrameWindow) => Promise<Frames>): Promise<ScannedItem> {
  const observer = new Observer(item);
  const step = Math.max(1, Math.floor(pieceBytes / (4 * item.height * item.width * item.channels)));
  for (let start = 0; start < item.frames; start += step) {
    observer.add(await read({ start, count: Math.min(step, item.frames - start) }));
  }
  return checkItem(item, observer.finish());
}
