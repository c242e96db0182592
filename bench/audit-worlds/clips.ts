/**
 * Textures that change in time, asked for their order; and whose they are.
 * @module
 */
import {
  cornerText,
  fadingDetail,
  frozenStart,
  ownPattern,
  plantedWorld,
  risingGain,
  siteContrast,
  sweepingTrace,
  type WorldOptions,
} from '../../test/planted-shortcuts.ts';
import { order, turns, type World } from './world.ts';

const texture = (options: Partial<WorldOptions>) => (seed: number) => plantedWorld({ patients: 24, ...options, seed });

const site = (item: number) => Math.floor(item / 2) % 2;
const siteLabels = (item: number) => ({ site: site(item) === 0 ? 'A' : 'B' });

export const clipWorlds: readonly World[] = [
  {
    name: 'order, a gain that is turned',
    store: texture({ plant: risingGain, frames: 14 }),
    request: order({ normalise: 'tuple' }),
    planted: ['drift'],
    used: ['drift'],
    clean: ['freeze', 'compression', 'text', 'ecg-strip'],
  },
  {
    name: 'order, a gain that is turned, each frame normalised',
    store: texture({ plant: risingGain, frames: 14 }),
    request: order(),
    planted: [],
    clean: ['drift', 'freeze', 'compression', 'text', 'ecg-strip'],
  },
  {
    name: 'order, a strip with a trace',
    store: texture({ plant: sweepingTrace, frames: 14 }),
    request: order(),
    planted: ['ecg-strip'],
    clean: ['freeze', 'text'],
  },
  {
    name: 'order, text in a corner',
    store: texture({ plant: cornerText, frames: 14 }),
    request: order({ normalise: 'tuple' }),
    planted: [],
    clean: ['text', 'drift', 'freeze', 'compression', 'margin'],
  },
  {
    name: 'order of four, a frozen start',
    store: texture({ plant: frozenStart, frames: 14 }),
    request: order({ task: 'sort' }),
    planted: ['freeze'],
    clean: ['margin', 'text'],
  },
  {
    name: 'order, detail that fades',
    store: texture({ plant: fadingDetail, frames: 14 }),
    request: order(),
    planted: ['compression'],
    clean: ['freeze', 'drift', 'margin'],
  },
  {
    name: 'a pattern of each patient',
    store: texture({ plant: ownPattern, itemsEach: 3 }),
    request: turns(),
    planted: ['patient'],
    clean: ['text', 'ecg-strip'],
  },
  {
    name: 'two scanners of different contrast',
    store: texture({ plant: siteContrast(site), labels: siteLabels, patients: 32 }),
    request: turns({ mask: 'circle' }),
    planted: [],
    clean: ['scanner', 'margin', 'text'],
  },
  {
    name: 'two scanners with a mark each',
    store: texture({
      plant: (frame, place) => {
        if (site(place.item) === 1) cornerText(frame, place);
      },
      labels: siteLabels,
      patients: 32,
    }),
    request: turns(),
    planted: ['scanner', 'text'],
    clean: ['margin', 'ecg-strip'],
  },
];
