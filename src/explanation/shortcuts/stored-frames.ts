/**
 * A few frames of a stored item as grey planes, from which shortcuts are told apart from content: by standing still, by
 * staying black, by having two levels only.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';

/** At most `count` frames spread over the item, channels averaged, `[H, W]` each. */
export function someFrames(store: FrameStore, item: number, count = 12): Float32Array[] {
  const [frames] = store.sizeOf(item);
  const shown = Math.min(frames, count);
  return Array.from({ length: shown }, (_, k) => {
    const start = shown === 1 ? frames >> 1 : Math.round((k * (frames - 1)) / (shown - 1));
    return storedFrame(store, item, start);
  });
}

/** One frame of a stored item, channels averaged, `[H, W]`. */
export function storedFrame(store: FrameStore, item: number, frame: number): Float32Array {
  const [, height, width, channels] = store.sizeOf(item);
  const { data } = store.read(item, { start: frame, count: 1 });
  return Float32Array.from({ length: height * width }, (_, i) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += data[i * channels + c];
    return sum / channels;
  });
}
