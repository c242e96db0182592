/**
 * A head of ten ellipsoids for figures of volumes: Shepp and Logan's phantom in three dimensions, with the higher
 * contrast that is usual for pictures of it; ellipsoids are turned about the vertical axis only.
 * @module
 */
import type { FrameStore, MediaItem } from '../src/data/media.ts';
import { windowOf } from '../src/data/window.ts';

/** Brightness, half axes across, along and up, centre, turn in degrees; lengths in half sides of the volume. */
const ellipsoids = [
  [1, 0.69, 0.92, 0.81, 0, 0, 0, 0],
  [-0.8, 0.6624, 0.874, 0.78, 0, -0.0184, 0, 0],
  [-0.2, 0.11, 0.31, 0.22, 0.22, 0, 0, -18],
  [-0.2, 0.16, 0.41, 0.28, -0.22, 0, 0, 18],
  [0.1, 0.21, 0.25, 0.41, 0, 0.35, -0.15, 0],
  [0.1, 0.046, 0.046, 0.05, 0, 0.1, 0.25, 0],
  [0.1, 0.046, 0.046, 0.05, 0, -0.1, 0.25, 0],
  [0.1, 0.046, 0.023, 0.05, -0.08, -0.605, 0, 0],
  [0.1, 0.023, 0.023, 0.02, 0, -0.606, 0, 0],
  [0.1, 0.023, 0.046, 0.02, 0.06, -0.605, 0, 0],
] as const;

function head(side: number): Float32Array {
  const data = new Float32Array(side ** 3);
  for (const [brightness, a, b, c, x0, y0, z0, degrees] of ellipsoids) {
    const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
    for (let i = 0; i < data.length; i++) {
      const place = (index: number) => (2 * index + 1) / side - 1;
      const x = place(i % side) - x0;
      const y = -place(Math.floor(i / side) % side) - y0;
      const z = place(Math.floor(i / (side * side))) - z0;
      const across = (x * cosine + y * sine) / a;
      const along = (y * cosine - x * sine) / b;
      if (across * across + along * along + (z / c) ** 2 <= 1) data[i] += brightness;
    }
  }
  return data.map((value) => Math.min(1, Math.max(0, value)));
}

/** One volume of `side`³ voxels, in memory. */
export function headStore(side: number): FrameStore {
  const item: MediaItem = {
    id: 'head',
    patient: 'head',
    kind: 'volume',
    frames: side,
    height: side,
    width: side,
    channels: 1,
    intensityRange: [0, 1],
    labels: {},
    format: 'drawn',
  };
  const data = head(side);
  const shape = [side, side, side, 1] as const;
  return {
    index: {
      version: 1,
      name: 'head phantom',
      items: [item],
      problems: [],
      split: { name: 'all', seed: 0, parts: {} },
      hash: 'head phantom',
    },
    sizeOf: () => shape,
    read: (_, window) => {
      const { data: read, shape: size } = windowOf({ data, shape }, window);
      return { data: read as Float32Array, shape: size };
    },
  };
}
