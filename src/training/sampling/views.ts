/**
 * Items of a frame store as samplers see them.
 * @module
 */
import type { Random } from '../../base/random.ts';
import type { FrameStore, FrameWindow, MediaItem, PartShown } from '../../data/media.ts';
import type { SampleView } from '../../pretext/method.ts';

/** A view of one item; `candidates` are the items that `other` may return. */
export function sampleView(store: FrameStore, item: number, candidates: readonly number[]): SampleView {
  const [frames, height, width, channels] = store.sizeOf(item);
  return {
    item: store.index.items[item],
    frames,
    height,
    width,
    channels,
    read: (window) => store.read(item, window),
    ...(store.readPart === undefined
      ? {}
      : { readPart: (window: FrameWindow, part: PartShown) => store.readPart!(item, window, part) }),
    other: (random, samePatient) =>
      sampleView(store, otherItem(store, item, candidates, random, samePatient), candidates),
  };
}

/** An item with the size it is stored in, which is what samplers cut from, and the distance between those pixels. */
export function storedItem(store: FrameStore, item: number): MediaItem {
  const described = store.index.items[item];
  const [frames, height, width] = store.sizeOf(item);
  const { spacingMm } = described;
  if (spacingMm === undefined) return { ...described, frames, height, width };
  const [slices, rows, columns] = spacingMm;
  const stored = [slices, (rows * described.height) / height, (columns * described.width) / width] as const;
  return { ...described, frames, height, width, spacingMm: stored };
}

function otherItem(
  { index }: FrameStore,
  item: number,
  candidates: readonly number[],
  random: Random,
  samePatient: boolean | undefined,
): number {
  const { patient } = index.items[item];
  const fitting = candidates.filter(
    (candidate) =>
      candidate !== item && (samePatient === undefined || (index.items[candidate].patient === patient) === samePatient),
  );
  return fitting.length === 0 ? item : random.choice(fitting);
}
