/**
 * The phantom with its own overlays.
 * @module
 */
import type { FrameStore } from '../../src/data/media.ts';
import { createPhantom, parsePhantom } from '../../src/data/phantom/index.ts';
import { splitByPatient } from '../../src/data/split.ts';
import { resolveWindow } from '../../src/data/window.ts';
import { order, turns, type World } from './world.ts';

export const phantomWorlds: readonly World[] = [
  {
    name: 'phantom, turns, text',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=10,overlays=text,size=64'),
    request: turns(),
    planted: ['margin', 'text'],
    used: ['margin'],
    clean: ['ecg-strip', 'compression'],
  },
  {
    name: 'phantom, turns, ECG strip',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=10,overlays=ecg,size=64'),
    request: turns(),
    planted: ['ecg-strip'],
    clean: ['text', 'compression'],
  },
  {
    name: 'phantom, turns, no overlays',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=10,size=64'),
    request: turns(),
    planted: ['margin', 'scanner'],
    used: ['margin'],
    clean: ['text', 'ecg-strip', 'compression'],
  },
  {
    name: 'phantom, order, ECG strip',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=14,overlays=ecg,size=64'),
    request: order(),
    planted: ['ecg-strip'],
    clean: ['text', 'freeze'],
  },
  {
    name: 'phantom, order, text',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=14,overlays=text,size=64'),
    request: order(),
    planted: [],
    clean: ['text', 'margin', 'ecg-strip', 'freeze', 'drift'],
  },
  {
    name: 'phantom stills, turns, text',
    store: stills(phantom('phantom:patients=24,views=apical-four-chamber,frames=4,overlays=text,size=64')),
    request: turns(),
    planted: ['margin', 'text'],
    used: ['margin'],
    clean: ['ecg-strip'],
  },
  {
    name: 'phantom stills, turns, ECG strip',
    store: stills(phantom('phantom:patients=24,views=apical-four-chamber,frames=4,overlays=ecg,size=64')),
    request: turns(),
    planted: ['ecg-strip'],
    clean: ['text'],
  },
  {
    name: 'phantom stills, turns, no overlays',
    store: stills(phantom('phantom:patients=24,views=apical-four-chamber,frames=4,size=64')),
    request: turns(),
    planted: ['margin'],
    used: ['margin'],
    clean: ['text', 'ecg-strip'],
  },
];

/** The phantom in memory. */
export function phantom(text: string) {
  return (seed: number): FrameStore => {
    const source = createPhantom({ ...parsePhantom(text), seed });
    const { items, options } = source;
    const { frames, size } = options;
    const drawn = items.map((_, item) => Float32Array.from(source.render(item).data, (value) => value / 255));
    const split = splitByPatient(items, { fractions: [0.5, 0.1, 0.4] });
    return {
      index: { version: 1, name: 'phantom', items, problems: [], split, hash: text },
      sizeOf: () => [frames, size, size, 1],
      read(item, window) {
        const { start, count, stride } = resolveWindow(window, frames);
        const data = new Float32Array(count * size * size);
        for (let i = 0; i < count; i++) {
          const from = (start + i * stride) * size * size;
          data.set(drawn[item].subarray(from, from + size * size), i * size * size);
        }
        return { data, shape: [count, size, size, 1] };
      },
    };
  };
}

/** The first frame of every clip, as still pictures. */
function stills(clips: (seed: number) => FrameStore) {
  return (seed: number): FrameStore => {
    const store = clips(seed);
    const items = store.index.items.map((item) => ({ ...item, kind: 'image' as const, frames: 1, frameLabels: {} }));
    return {
      index: { ...store.index, items },
      sizeOf: (item) => {
        const [, height, width, channels] = store.sizeOf(item);
        return [1, height, width, channels];
      },
      read: (item) => store.read(item, { start: 0, count: 1 }),
    };
  };
}
