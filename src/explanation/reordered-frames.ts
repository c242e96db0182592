/**
 * A store whose clips run otherwise: shuffled, backwards or standing still. Samplers and networks see it as any other.
 * @module
 */
import type { Random } from '../base/random.ts';
import type { FrameStore } from '../data/media.ts';

export const frameOrders = ['ordered', 'shuffled', 'reversed', 'frozen'] as const;
export type FrameOrder = (typeof frameOrders)[number];

/** Each item's frames in another order, the same however a window of them is read. */
export function reorderedFrames(store: FrameStore, order: FrameOrder, random: Random): FrameStore {
  if (order === 'ordered') return store;
  const places = new Map<number, ArrayLike<number>>();
  const placeOf = (item: number): ArrayLike<number> => {
    let known = places.get(item);
    if (known === undefined) {
      const [frames] = store.sizeOf(item);
      if (order === 'shuffled') known = random.split('frames', item).permutation(frames);
      else known = Array.from({ length: frames }, (_, t) => (order === 'reversed' ? frames - 1 - t : frames >> 1));
      places.set(item, known);
    }
    return known;
  };
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window = {}) {
      const [frames] = store.sizeOf(item);
      const { start = 0, stride = 1, count = Math.ceil((frames - start) / stride) } = window;
      const place = placeOf(item);
      const parts = Array.from({ length: count }, (_, i) =>
        store.read(item, { start: place[start + i * stride], count: 1 }),
      );
      const [, height, width, channels] = parts[0].shape;
      const length = height * width * channels;
      const data = new Float32Array(count * length);
      parts.forEach((part, i) => {
        data.set(part.data, i * length);
      });
      return { data, shape: [count, height, width, channels] };
    },
  };
}
