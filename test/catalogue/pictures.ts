/**
 * Smooth random pictures that are bright at the top, so that there is an up and a down to learn; clips of them drift.
 * @module
 */
import { Random } from '../../src/base/random.ts';
import type { FrameStore, MediaItem, MediaKind } from '../../src/data/media.ts';
import { windowOf } from '../../src/data/window.ts';

const usualSide = 48;

function picturesOf(seed: number, [frames, height, width]: readonly number[], channel: number): Float32Array {
  const own = new Random(seed).split('pictures');
  const random = channel === 0 ? own : own.split('channel', channel);
  const waves = Array.from({ length: 6 }, () => ({
    across: random.uniform(-3, 3),
    down: random.uniform(-3, 3),
    phase: random.uniform(0, 2 * Math.PI),
    drift: random.uniform(-1, 1),
  }));
  const data = new Float32Array(frames * height * width);
  for (let i = 0; i < data.length; i++) {
    const [x, y, t] = [i % width, Math.floor(i / width) % height, Math.floor(i / (height * width))];
    let sum = 0;
    for (const { across, down, phase, drift } of waves) {
      sum += Math.sin((2 * Math.PI * (across * x + down * y)) / usualSide + phase + drift * t);
    }
    data[i] = Math.min(1, Math.max(0, 0.6 * (1 - y / height) + 0.2 + 0.05 * sum));
  }
  return data;
}

export function pictureItem(kind: MediaKind, id: string, changes: Partial<MediaItem> = {}): MediaItem {
  return {
    id,
    patient: `patient of ${id}`,
    kind,
    frames: kind === 'image' ? 1 : 24,
    height: usualSide,
    width: usualSide,
    channels: 1,
    intensityRange: [0, 1],
    labels: {},
    format: 'drawn',
    ...changes,
  };
}

/** `count` items of one kind, in memory, as large as `size` says; in colour, every channel is a picture of its own. */
export function pictureStore(
  kind: MediaKind,
  count: number,
  channels: 1 | 3 = 1,
  size: Partial<Pick<MediaItem, 'frames' | 'height' | 'width'>> = {},
): FrameStore {
  const items = Array.from({ length: count }, (_, i) => pictureItem(kind, `${kind}-${i}`, { channels, ...size }));
  const frames = items.map((item, i) => {
    const planes = Array.from({ length: channels }, (_, channel) =>
      picturesOf(i, [item.frames, item.height, item.width], channel),
    );
    return Float32Array.from(
      { length: channels * planes[0].length },
      (_, k) => planes[k % channels][Math.floor(k / channels)],
    );
  });
  const sizeOf = (i: number) => [items[i].frames, items[i].height, items[i].width, channels] as const;
  return {
    index: {
      version: 1,
      name: 'drawn pictures',
      items,
      problems: [],
      split: { name: 'all', seed: 0, parts: Object.fromEntries(items.map(({ patient }) => [patient, 'train'])) },
      hash: 'drawn',
    },
    sizeOf,
    read: (i, window) => {
      const { data, shape } = windowOf({ data: frames[i], shape: sizeOf(i) }, window);
      return { data: data as Float32Array, shape };
    },
  };
}
