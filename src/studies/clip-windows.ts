/**
 * Clips of beating hearts for questions about time: with labels that need it, and with their frames in another order.
 * @module
 */
import { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';
import type { FrameOrder } from '../explanation/reordered-frames.ts';

/** Frames on each side over which the volume of the ventricle is compared. */
export const halfSpan = 2;
/** Parts of a beat that are told apart. */
const beatParts = 4;

/** The store with labels for each frame: 1 where the ventricle empties, 0 where it fills; and which quarter of the beat it is. */
export function withDirection(store: FrameStore): FrameStore {
  const { index } = store;
  const items = index.items.map((item) => {
    const volume = item.frameLabels?.volume;
    if (volume === undefined) return item;
    const at = (t: number) => volume[Math.min(volume.length - 1, Math.max(0, t))];
    const direction = volume.map((_, t) => Number(at(t + halfSpan) < at(t - halfSpan)));
    const phase = item.frameLabels?.phase?.map((share) => Math.min(beatParts - 1, Math.floor(share * beatParts)));
    return { ...item, frameLabels: { ...item.frameLabels, direction, ...(phase === undefined ? {} : { phase }) } };
  });
  return {
    index: { ...index, items },
    sizeOf: (item) => store.sizeOf(item),
    read: (item, window) => store.read(item, window),
  };
}

/** A store whose windows hold the same frames in another order: what is seen stays, what follows what does not. */
export function reorderedWindows(store: FrameStore, order: FrameOrder): FrameStore {
  if (order === 'ordered') return store;
  const random = new Random('order of a window');
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const { data, shape } = store.read(item, window);
      const [count] = shape;
      const places =
        order === 'shuffled'
          ? random.split(item, window?.start ?? 0).permutation(count)
          : Array.from({ length: count }, (_, t) => (order === 'reversed' ? count - 1 - t : count >> 1));
      const length = data.length / count;
      const moved = new Float32Array(data.length);
      for (let t = 0; t < count; t++)
        moved.set(data.subarray(places[t] * length, (places[t] + 1) * length), t * length);
      return { data: moved, shape };
    },
  };
}
