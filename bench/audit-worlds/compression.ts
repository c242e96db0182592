/**
 * What compression leaves: key frames that return with a period, and a grid of blocks.
 * @module
 */
import {
  compressed,
  keyFrameEvery,
  plantedWorld,
  unevenQuality,
  type WorldOptions,
} from '../../test/planted-shortcuts.ts';
import { phantom } from './phantom.ts';
import { order, puzzle, turns, type World } from './world.ts';

const texture = (options: Partial<WorldOptions>) => (seed: number) => plantedWorld({ patients: 24, ...options, seed });
/** The wrong middle frames of triples have the place in the group that their ends have. */
const groupOfFour = { tauMax: 4, tauMin: 4, size: 32, smallestCrop: 1 };
/** Pictures are shown as they are stored. */
const uncut = { smallestCrop: 1, mirror: false };
const alike = 4;

export const compressionWorlds: readonly World[] = [
  {
    name: 'compression, order, key frames',
    store: texture({ plant: keyFrameEvery(4), frames: 16 }),
    request: order(groupOfFour),
    planted: ['key-frames', 'compression'],
    clean: ['block-grid', 'drift', 'freeze'],
  },
  {
    name: 'compression, order, all frames alike',
    store: texture({ plant: compressed(() => alike), frames: 16 }),
    request: order(groupOfFour),
    planted: [],
    clean: ['key-frames', 'compression', 'block-grid', 'freeze'],
  },
  {
    name: 'compression, order, uneven without a period',
    store: texture({ plant: unevenQuality, frames: 16 }),
    request: order(groupOfFour),
    planted: [],
    clean: ['key-frames', 'compression', 'block-grid'],
  },
  {
    name: 'compression, turns, a grid that was cropped',
    store: texture({
      plant: compressed(
        () => alike,
        () => [3, 3],
      ),
    }),
    request: turns(uncut),
    planted: ['block-grid'],
    used: ['block-grid'],
    clean: ['key-frames', 'text', 'margin'],
  },
  {
    name: 'compression, turns, a grid that looks the same any way round',
    store: texture({ plant: compressed(() => alike) }),
    request: turns(uncut),
    planted: [],
    clean: ['block-grid', 'text', 'margin'],
  },
  {
    name: 'compression, turns, a grid anywhere',
    store: texture({
      plant: compressed(
        () => alike,
        ({ random }) => [random.split('row').integer(8), random.split('column').integer(8)],
      ),
    }),
    request: turns(uncut),
    planted: [],
    clean: ['block-grid', 'text', 'margin'],
  },
  {
    name: 'compression, turns, a grid and parts of random size',
    store: texture({
      plant: compressed(
        () => alike,
        () => [3, 3],
      ),
    }),
    request: turns(),
    planted: [],
    clean: ['block-grid'],
  },
  {
    name: 'compression, puzzle, a grid',
    store: texture({ plant: compressed(() => alike), side: 42 }),
    request: puzzle({ smallestCrop: 1 }),
    planted: ['block-grid'],
    clean: ['intensity', 'air', 'duplicates'],
  },
  {
    name: 'compression, phantom, order, key frames',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=16,size=32,compression=4,keyFrames=4'),
    request: order(groupOfFour),
    planted: ['key-frames'],
    clean: ['block-grid', 'freeze', 'ecg-strip'],
  },
  {
    name: 'compression, phantom, order, none',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=16,size=32'),
    request: order(groupOfFour),
    planted: [],
    clean: ['key-frames', 'block-grid', 'freeze'],
  },
  {
    name: 'compression, phantom, turns, a grid that was cropped',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=4,size=32,compression=4,blockCorner=3'),
    request: turns(uncut),
    planted: ['margin', 'block-grid'],
    clean: ['text', 'ecg-strip'],
  },
  {
    name: 'compression, phantom, turns, none',
    store: phantom('phantom:patients=24,views=apical-four-chamber,frames=4,size=32'),
    request: turns(),
    planted: ['margin'],
    clean: ['block-grid', 'text', 'ecg-strip'],
  },
];
