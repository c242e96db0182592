/**
 * Does the audit find what is planted and clear what is not? Worlds of textures whose only answer is one planted shortcut,
 * worlds where the same marks say nothing, and the phantom with its overlays and faults. Prints a row for each planted or
 * clean shortcut of each world, then sensitivity and specificity with their 95 % intervals (Wilson).
 *
 *   nice -n 15 node --import tsx bench/audit.ts [--seeds 1] [--only words] [--kept FILE] [--json]
 *
 * With `--kept` every world is written to FILE when it is done, and a run that was interrupted goes on from there; what
 * other sources found is not taken over.
 * @module
 */
import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { auditShortcuts } from '../src/explanation/shortcuts/audit.ts';
import { shortcutById } from '../src/explanation/shortcuts/index.ts';
import type { Audited } from '../src/explanation/shortcuts/verdict.ts';
import { trainedSubject } from '../test/planted-shortcuts.ts';
import { clipWorlds } from './audit-worlds/clips.ts';
import { compressionWorlds } from './audit-worlds/compression.ts';
import { phantomWorlds } from './audit-worlds/phantom.ts';
import { pictureWorlds } from './audit-worlds/pictures.ts';
import type { World } from './audit-worlds/world.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1' },
    only: { type: 'string' },
    kept: { type: 'string' },
    json: { type: 'boolean' },
  },
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

/** A world that is done. */
interface Done {
  readonly world: string;
  readonly seed: number;
  /** What the audit and the worlds were made of when it was done. */
  readonly sources: string;
  readonly pretext: number;
  readonly seconds: number;
  readonly rows: readonly Row[];
}

const sources = hashOfSources();
const done = new Map<string, Done>();
if (values.kept !== undefined && existsSync(values.kept)) {
  for (const line of readFileSync(values.kept, 'utf8').split('\n').filter(Boolean)) {
    const entry = JSON.parse(line) as Done;
    if (entry.sources === sources) done.set(`${entry.world} ${entry.seed}`, entry);
  }
}

const rows: Row[] = [];
const worlds = [...pictureWorlds, ...clipWorlds, ...phantomWorlds, ...compressionWorlds];
const chosen = worlds.filter(({ name }) => values.only === undefined || name.includes(values.only));
for (const world of chosen) {
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const known = done.get(`${world.name} ${seed}`);
    const entry = known ?? (await audited(world, seed));
    if (known === undefined && values.kept !== undefined) appendFileSync(values.kept, `${JSON.stringify(entry)}\n`);
    rows.push(...entry.rows);
    if (values.json !== true) print(entry);
  }
}

async function audited({ name, store, request, planted, used = [], clean }: World, seed: number): Promise<Done> {
  const start = performance.now();
  const subject = await trainedSubject(store(seed), { ...request, seed });
  const settings = { questions: 160, alone: 400, margin: 0.02, steps: 0 };
  const { shortcuts, accuracy } = await auditShortcuts(subject, [...planted, ...clean].map(shortcutById), settings, {
    random: new Random(seed),
    onProgress: () => undefined,
  });
  await subject.laboratory.release();
  const found = shortcuts.map(({ shortcut, verdict, alone, swap }): Row => {
    const truth = planted.includes(shortcut) ? 'planted' : 'clean';
    return {
      world: name,
      seed,
      shortcut,
      truth,
      only: used.includes(shortcut),
      verdict,
      right: (verdict === 'used' || verdict === 'usable, not used') === (truth === 'planted'),
      ...(alone === undefined ? {} : { alone: alone.accuracy.value }),
      ...(swap === undefined ? {} : { pull: swap.pull.value }),
    };
  });
  const seconds = Math.round((performance.now() - start) / 1000);
  return { world: name, seed, sources, pretext: accuracy?.value ?? 0, seconds, rows: found };
}

function print({ world, pretext, seconds, rows: found }: Done): void {
  console.log(`${world}: pretext ${percent(pretext)}, ${seconds} s`);
  for (const { right, shortcut, truth, verdict, alone = Number.NaN, pull = Number.NaN } of found) {
    const numbers = `alone ${percent(alone)}, pull ${percent(pull)}`;
    console.log(`  ${right ? ' ' : 'X'} ${shortcut.padEnd(12)} ${truth.padEnd(8)} ${verdict.padEnd(18)} ${numbers}`);
  }
}

function hashOfSources(): string {
  const root = join(import.meta.dirname, '..');
  const folders = ['src/explanation/shortcuts', 'bench/audit-worlds'].map((folder) => join(root, folder));
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
  const hash = createHash('sha256');
  for (const file of [...files, join(root, 'test', 'planted-shortcuts.ts')].sort()) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
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
