/**
 * Smooth random pictures that are bright at the top, so that there is an up and a down to learn; clips of them drift.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { FrameStore, MediaItem, MediaKind } from '../../src/data/media.ts';
import { windowOf } from '../../src/data/window.ts';

const side = 48;

function picturesOf(seed: number, frames: number, channel: number): Float32Array {
  const own = new Random(seed).split('pictures');
  const random = channel === 0 ? own : own.split('channel', channel);
  const waves = Array.from({ length: 6 }, () => ({
    across: random.uniform(-3, 3),
    down: random.uniform(-3, 3),
    phase: random.uniform(0, 2 * Math.PI),
    drift: random.uniform(-1, 1),
  }));
  const data = new Float32Array(frames * side * side);
  for (let i = 0; i < data.length; i++) {
    const [x, y, t] = [i % side, Math.floor(i / side) % side, Math.floor(i / (side * side))];
    let sum = 0;
    for (const { across, down, phase, drift } of waves) {
      sum += Math.sin((2 * Math.PI * (across * x + down * y)) / side + phase + drift * t);
    }
    data[i] = Math.min(1, Math.max(0, 0.6 * (1 - y / side) + 0.2 + 0.05 * sum));
  }
  return data;
}

export function pictureItem(kind: MediaKind, id: string, changes: Partial<MediaItem> = {}): MediaItem {
  return {
    id,
    patient: `patient of ${id}`,
    kind,
    frames: kind === 'image' ? 1 : 24,
    height: side,
    width: side,
    channels: 1,
    intensityRange: [0, 1],
    labels: {},
    format: 'drawn',
    ...changes,
  };
}

/** `count` items of one kind, in memory; in colour, every channel is a picture of its own. */
export function pictureStore(kind: MediaKind, count: number, channels: 1 | 3 = 1): FrameStore {
  const items = Array.from({ length: count }, (_, i) => pictureItem(kind, `${kind}-${i}`, { channels }));
  const frames = items.map((item, i) => {
    const planes = Array.from({ length: channels }, (_, channel) => picturesOf(i, item.frames, channel));
    return Float32Array.from(
      { length: channels * planes[0].length },
      (_, k) => planes[k % channels][Math.floor(k / channels)],
    );
  });
  return {
    index: {
      version: 1,
      name: 'drawn pictures',
      items,
      problems: [],
      split: { name: 'all', seed: 0, parts: Object.fromEntries(items.map(({ patient }) => [patient, 'train'])) },
      hash: 'drawn',
    },
    sizeOf: (i) => [items[i].frames, side, side, channels],
    read: (i, window) => {
      const { data, shape } = windowOf({ data: frames[i], shape: [items[i].frames, side, side, channels] }, window);
      return { data: data as Float32Array, shape };
    },
  };
}
