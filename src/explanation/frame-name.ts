/**
 * What follows one another in the pictures that are looked at.
 * @module
 */
import type { Subject } from './subject.ts';

/** Frames of clips, slices of volumes. */
export function frameName({ store, items }: Pick<Subject, 'store' | 'items'>): 'frame' | 'slice' {
  return store.index.items[items[0]]?.kind === 'volume' ? 'slice' : 'frame';
}

/** Frames of a clip that are drawn beside each other. */
const mostFrames = 6;

/** Places spread evenly over a clip or volume, the first and the last among them. */
export function shownFrames(frames: number): number[] {
  const count = Math.min(frames, mostFrames);
  return Array.from({ length: count }, (_, i) => (count === 1 ? 0 : Math.round((i * (frames - 1)) / (count - 1))));
}
