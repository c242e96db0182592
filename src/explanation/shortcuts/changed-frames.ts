/**
 * A store whose frames are changed as they are read: how a shortcut of the data itself is closed.
 * @module
 */
import type { FrameStore } from '../../data/media.ts';
import { resolveWindow } from '../../data/window.ts';

/** `change` is given one frame `[H, W, C]` of an item and returns what is shown in its place, of the same size. */
export function changedFrames(
  store: FrameStore,
  change: (frame: Float32Array, item: number) => Float32Array,
): FrameStore {
  return {
    index: store.index,
    sizeOf: (item) => store.sizeOf(item),
    read(item, window) {
      const { data, shape } = store.read(item, window);
      const { count } = resolveWindow(window, store.sizeOf(item)[0]);
      const length = data.length / count;
      const out = new Float32Array(data.length);
      for (let t = 0; t < count; t++) out.set(change(data.slice(t * length, (t + 1) * length), item), t * length);
      return { data: out, shape };
    },
  };
}

/** One channel of a frame `[H, W, C]` as a plane `[H, W]`, changed and put back. */
export function changeChannels(
  frame: Float32Array,
  channels: number,
  change: (plane: Float32Array) => Float32Array,
): Float32Array {
  const out = frame.slice();
  for (let c = 0; c < channels; c++) {
    const changed = change(Float32Array.from({ length: frame.length / channels }, (_, i) => frame[i * channels + c]));
    for (let i = 0; i < changed.length; i++) out[i * channels + c] = changed[i];
  }
  return out;
}
