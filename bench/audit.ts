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
import { auditShortcuts } from '../src/explanation/shortcuts/audit.ts';
import { shortcutById } from '../src/explanation/shortcuts/index.ts';
import type { Audited } from '../src/explanation/shortcuts/verdict.ts';
import { trainedSubject } from '../test/planted-shortcuts.ts';
import { clipWorlds } from './audit-worlds/clips.ts';
import { phantomWorlds } from './audit-worlds/phantom.ts';
import { pictureWorlds } from './audit-worlds/pictures.ts';

const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1' }, only: { type: 'string' }, json: { type: 'boolean' } },
});

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
const worlds = [...pictureWorlds, ...clipWorlds, ...phantomWorlds];
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
