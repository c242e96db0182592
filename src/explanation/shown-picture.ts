/**
 * A frame of an item as it is stored, for pages that show pictures to people.
 * @module
 */
import type { FrameStore } from '../data/media.ts';
import type { Picture } from '../pretext/drawing.ts';

export function shownPicture(store: FrameStore, item: number, frame: number): Picture {
  const { data, shape } = store.read(item, { start: frame, count: 1 });
  const [, height, width, channels] = shape;
  const { spacingMm, height: full, width: fullWidth } = store.index.items[item];
  // Spacing is that of the item's own pixels; stored frames may be smaller.
  const known = spacingMm !== undefined && spacingMm[1] > 0 && spacingMm[2] > 0;
  const spacing = known ? ([(spacingMm[1] * full) / height, (spacingMm[2] * fullWidth) / width] as const) : undefined;
  return { data, shape: [1, height, width, channels], ...(spacing === undefined ? {} : { spacingMm: spacing }) };
}
