/**
 * A drawn blood smear for figures of methods that need colour: red cells, paler in the middle, and white cells with a
 * violet nucleus, on a pink ground.
 * @module
 */
import { Random } from '../src/base/random.ts';
import type { FrameStore, MediaItem } from '../src/data/media.ts';
import { windowOf } from '../src/data/window.ts';

type Colour = readonly [number, number, number];
const ground: Colour = [0.93, 0.87, 0.88];
const rim: Colour = [0.8, 0.45, 0.42];
const middle: Colour = [0.88, 0.66, 0.63];
const plasma: Colour = [0.76, 0.72, 0.85];
const nucleus: Colour = [0.42, 0.25, 0.56];

function mixed(a: Colour, b: Colour, share: number): Colour {
  return [0, 1, 2].map((c) => a[c] + share * (b[c] - a[c])) as unknown as Colour;
}

function smear(seed: number, side: number): Float32Array {
  const random = new Random('smear').split(seed);
  const cells = Array.from({ length: 26 }, (_, i) => ({
    x: random.uniform(0, side),
    y: random.uniform(0, side),
    radius: side * (i < 23 ? random.uniform(0.06, 0.075) : random.uniform(0.1, 0.13)),
    white: i >= 23,
    lobes: [0, 1, 2].map(() => [random.uniform(-0.4, 0.4), random.uniform(-0.4, 0.4)]),
  }));
  const data = new Float32Array(side * side * 3);
  for (let i = 0; i < side * side; i++) {
    let colour = ground;
    for (const { x, y, radius, white, lobes } of cells) {
      const [dx, dy] = [((i % side) - x) / radius, (Math.floor(i / side) - y) / radius];
      const distance = Math.hypot(dx, dy);
      if (distance > 1) continue;
      const inNucleus = white && lobes.some(([lx, ly]) => Math.hypot(dx - lx, dy - ly) < 0.45);
      const cell = inNucleus ? nucleus : white ? plasma : mixed(middle, rim, Math.min(1, distance * 1.3));
      colour = mixed(colour, cell, Math.min(1, (1 - distance) * 6));
    }
    data.set(colour, 3 * i);
  }
  return data;
}

/** Four smears of `side`² pixels, in memory. */
export function smearStore(side: number): FrameStore {
  const items = Array.from(
    { length: 4 },
    (_, i): MediaItem => ({
      id: `smear-${i}`,
      patient: `smear-${i}`,
      kind: 'image',
      frames: 1,
      height: side,
      width: side,
      channels: 3,
      intensityRange: [0, 1],
      labels: {},
      format: 'drawn',
    }),
  );
  const pictures = items.map((_, i) => smear(i, side));
  const shape = [1, side, side, 3] as const;
  return {
    index: {
      version: 1,
      name: 'drawn blood smears',
      items,
      problems: [],
      split: { name: 'all', seed: 0, parts: {} },
      hash: 'smears',
    },
    sizeOf: () => shape,
    read: (item, window) => {
      const read = windowOf({ data: pictures[item], shape }, window);
      return { data: read.data as Float32Array, shape: read.shape };
    },
  };
}
