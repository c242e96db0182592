/**
 * Does the audit find what is planted and clear what is not? Worlds of textures whose only answer is one planted shortcut,
 * worlds where the same marks say nothing, and the phantom with its overlays and faults. Prints a row for each planted or
 * clean shortcut of each world, then sensitivity and specificity with their 95 % intervals (Wilson).
 *
 *   nice -n 15 node --import tsx bench/audit.ts [--seeds 1] [--only words] [--json]
 * @module
 */
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import type { FrameStore } from '../src/data/media.ts';
import { createPhantom, parsePhantom } from '../src/data/phantom/index.ts';
import { splitByPatient } from '../src/data/split.ts';
import { resolveWindow } from '../src/data/window.ts';
import { auditShortcuts } from '../src/explanation/shortcuts/audit.ts';
import { shortcutById } from '../src/explanation/shortcuts/index.ts';
import type { Audited } from '../src/explanation/shortcuts/verdict.ts';
import type { RunRequest } from '../src/training/configuration.ts';
import {
  copiedPart,
  cornerText,
  emptyCorner,
  fadingDetail,
  fan,
  fringes,
  frozenStart,
  middleCross,
  ownPattern,
  plantedWorld,
  risingGain,
  siteContrast,
  slope,
  sweepingTrace,
  trainedSubject,
  type WorldOptions,
} from '../test/planted-shortcuts.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1' }, only: { type: 'string' }, json: { type: 'boolean' } },
});

interface World {
  readonly name: string;
  readonly store: (seed: number) => FrameStore;
  readonly request: RunRequest;
  /** Shortcuts that answer the questions, or that features must hold. */
  readonly planted: readonly string[];
  /** Of those, the ones that are the only way to answer: the trained network must use them. */
  readonly used?: readonly string[];
  /** Shortcuts that are there and say nothing, or are not there. */
  readonly clean: readonly string[];
}

const texture = (options: Partial<WorldOptions>) => (seed: number) => plantedWorld({ patients: 24, ...options, seed });

const turns = (methodOptions: object = {}): RunRequest => ({
  method: 'rotation',
  steps: 60,
  batchSize: 8,
  methodOptions: { size: 32, mask: 'none', ...methodOptions },
});
const puzzle = (methodOptions: object = {}): RunRequest => ({
  method: 'jigsaw',
  steps: 60,
  batchSize: 16,
  methodOptions: { permutations: 4, tile: 10, gap: 4, jitter: 2, smallestCrop: 0.9, ...methodOptions },
});
const order = (methodOptions: object = {}): RunRequest => ({
  method: 'shuffle-and-learn',
  steps: 80,
  batchSize: 8,
  methodOptions: {
    size: 24,
    tauMax: 6,
    tauMin: 2,
    hidden: 32,
    weighting: 'uniform',
    leastDifference: 0,
    ...methodOptions,
  },
});

const site = (item: number) => Math.floor(item / 2) % 2;
const siteLabels = (item: number) => ({ site: site(item) === 0 ? 'A' : 'B' });

const worlds: readonly World[] = [
  {
    name: 'turns, text in a corner',
    store: texture({ plant: cornerText }),
    request: turns(),
    planted: ['text'],
    used: ['text'],
    clean: ['margin', 'ecg-strip', 'compression', 'patient'],
  },
  {
    name: 'turns, a cross in the middle',
    store: texture({ plant: middleCross }),
    request: turns(),
    planted: [],
    clean: ['text', 'margin', 'ecg-strip', 'compression', 'patient'],
  },
  {
    name: 'turns, a fan',
    store: texture({ plant: fan }),
    request: turns(),
    planted: ['margin'],
    used: ['margin'],
    clean: ['text', 'ecg-strip', 'compression'],
  },
  {
    name: 'turns, a strip with a trace',
    store: texture({ plant: sweepingTrace, frames: 12 }),
    request: turns(),
    planted: ['ecg-strip'],
    used: ['ecg-strip'],
    clean: ['text', 'compression'],
  },
  {
    name: 'turns, nothing',
    store: texture({}),
    request: turns(),
    planted: [],
    clean: ['margin', 'text', 'ecg-strip', 'compression', 'patient'],
  },
  {
    name: 'puzzle, brighter downwards, normalised as a whole',
    store: texture({ plant: slope }),
    request: puzzle({ normalise: 'picture' }),
    planted: ['intensity'],
    used: ['intensity'],
    clean: ['edges', 'air', 'duplicates', 'text'],
  },
  {
    name: 'puzzle, brighter downwards, each part normalised',
    store: texture({ plant: slope }),
    request: puzzle(),
    planted: [],
    clean: ['intensity', 'edges', 'air', 'duplicates', 'margin'],
  },
  {
    name: 'puzzle, parts that touch',
    store: texture({ grain: 2 }),
    request: puzzle({ gap: 0, jitter: 0 }),
    planted: ['edges'],
    clean: ['intensity', 'air', 'duplicates'],
  },
  {
    name: 'puzzle, an empty corner',
    store: texture({ plant: emptyCorner }),
    request: puzzle(),
    planted: ['air'],
    used: ['air'],
    clean: ['text', 'duplicates'],
  },
  {
    name: 'puzzle in colour, fringes',
    store: texture({ plant: fringes, channels: 3, side: 42 }),
    request: puzzle({ channelShift: 0, grey: 0 }),
    planted: ['aberration'],
    clean: ['intensity', 'edges', 'air', 'margin'],
  },
  {
    name: 'puzzle in colour, no fringes',
    store: texture({ channels: 3 }),
    request: puzzle({ channelShift: 0, grey: 0 }),
    planted: [],
    clean: ['aberration', 'intensity', 'edges', 'air', 'duplicates'],
  },
  {
    name: 'puzzle, one part twice',
    store: texture({ plant: copiedPart, side: 30 }),
    request: puzzle({ gap: 0, jitter: 0, smallestCrop: 1 }),
    planted: ['duplicates'],
    clean: ['intensity', 'air', 'text'],
  },
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
];

/** The phantom in memory. */
function phantom(text: string) {
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

interface Row {
  readonly world: string;
  readonly seed: number;
  readonly shortcut: string;
  readonly truth: 'planted' | 'clean';
  readonly only: boolean;
  readonly verdict: Audited['verdict'];
  readonly right: boolean;
  readonly alone?: number;
  readonly pull?: number;
}

const rows: Row[] = [];
const chosen = worlds.filter(({ name }) => values.only === undefined || name.includes(values.only));
for (const { name, store, request, planted, used = [], clean } of chosen) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const subject = await trainedSubject(store(seed), { ...request, seed });
    const ids = [...planted, ...clean];
    const settings = { questions: 160, alone: 400, margin: 0.02, steps: 0 };
    const { shortcuts, accuracy } = await auditShortcuts(subject, ids.map(shortcutById), settings, {
      random: new Random(seed),
      onProgress: () => undefined,
    });
    await subject.laboratory.release();
    if (values.json !== true) console.log(`${name}: pretext ${percent(accuracy?.value ?? Number.NaN)}`);
    for (const { shortcut, verdict, alone, swap } of shortcuts) {
      const truth = planted.includes(shortcut) ? 'planted' : 'clean';
      const found = verdict === 'used' || verdict === 'usable, not used';
      const row: Row = {
        world: name,
        seed,
        shortcut,
        truth,
        only: used.includes(shortcut),
        verdict,
        right: found === (truth === 'planted'),
        ...(alone === undefined ? {} : { alone: alone.accuracy.value }),
        ...(swap === undefined ? {} : { pull: swap.pull.value }),
      };
      rows.push(row);
      if (values.json !== true) {
        const numbers = `alone ${percent(row.alone ?? Number.NaN)}, pull ${percent(row.pull ?? Number.NaN)}`;
        console.log(
          `  ${row.right ? ' ' : 'X'} ${shortcut.padEnd(12)} ${truth.padEnd(8)} ${verdict.padEnd(18)} ${numbers}`,
        );
      }
    }
  }
}

function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${(value * 100).toFixed(0)} %`;
}

/** A share with its 95 % interval. Wilson, JASA 1927. */
function share(name: string, list: readonly boolean[]) {
  const [n, hits, z] = [list.length, list.filter(Boolean).length, 1.96];
  const p = hits / n;
  const middle = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const reach = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { name, hits, of: n, low: middle - reach, high: middle + reach };
}

const there = (row: Row) => row.verdict !== 'not here';
const shares = [
  share(
    'sensitivity: planted shortcuts found usable or used',
    rows.filter(({ truth }) => truth === 'planted').map(({ right }) => right),
  ),
  share(
    'of those that are the only way to answer, found in use',
    rows.filter(({ only }) => only).map(({ verdict }) => verdict === 'used'),
  ),
  share(
    'specificity: clean shortcuts cleared',
    rows.filter(({ truth }) => truth === 'clean').map(({ right }) => right),
  ),
  share(
    'of those that are there and say nothing',
    rows.filter((row) => row.truth === 'clean' && there(row)).map(({ right }) => right),
  ),
];
if (values.json === true) console.log(JSON.stringify({ rows, shares }, null, 2));
else {
  for (const { name, hits, of, low, high } of shares) {
    console.log(`${name}: ${hits} of ${of}, ${percent(hits / of)} [${percent(low)}, ${percent(high)}]`);
  }
}
