/**
 * `npm run real-sets`: runs the command line `sonde pretrain` with every method on the public sets that fit it, and
 * shows what each run saw, learned and cost.
 * @module
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { SondeError } from '../src/base/errors.ts';
import { progressReporter } from '../src/cli/progress.ts';
import { methodsNamed } from '../src/pretext/index.ts';
import type { MetricsRecord, RunManifest } from '../src/training/run-record.ts';
import { fittingSets, type RealRun, type RealSet, realRunsTable, writeRealRuns } from './real-sets-record.ts';

const help = `npm run real-sets -- [options]

  --only a,b        which methods (default: all)
  --steps N         steps of each run (default 40)
  --data DIR        where the sets lie (default: ../shared/data)
  --record          write docs/real-sets.json and docs/real-sets.md; rows of other methods stay
  --json            the rows as JSON

  npm run real-sets -- --only rotation,rubiks-cube --steps 10
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    steps: { type: 'string', default: '40' },
    data: { type: 'string', default: '../shared/data' },
    record: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const root = join(import.meta.dirname, '..');
const main = join(root, 'src/cli/main.ts');
const chosen = methodsNamed(values.only);
const plans = chosen.flatMap((method) => fittingSets(method).map((set) => ({ method: method.card.id, set })));
const home = mkdtempSync(join(tmpdir(), 'sonde-real-sets-'));
const decoded = new Set<RealSet>();
const runs: RealRun[] = [];
const failures: string[] = [];
const reporter = progressReporter({ silent: values.json });

try {
  for (const [done, { method, set }] of plans.entries()) {
    reporter.update({ name: `${method} on ${set.title}`, done, total: plans.length, unit: 'runs' });
    const folder = join(root, values.data, set.folder);
    if (!existsSync(folder)) {
      failures.push(`${method}: ${set.title} is not here (${folder})`);
      continue;
    }
    const words = ['pretrain', '--method', method, '--data', join(values.data, set.folder), ...set.options];
    // The first to come would pay for decoding.
    if (!decoded.has(set)) await sonde([...words, '--steps', '1'], join(home, 'decoded', set.folder));
    decoded.add(set);
    try {
      const row = await run([...words, '--steps', values.steps], { method, set: set.folder });
      runs.push(row);
      // At once: what is stopped keeps what it has.
      if (values.record) writeRealRuns([row]);
    } catch (error) {
      failures.push(`${method} on ${set.title}: ${error instanceof Error ? error.message : error}`);
    }
  }
} finally {
  reporter.end();
  rmSync(home, { recursive: true, force: true });
}

if (values.json) console.log(JSON.stringify(runs));
else console.log(realRunsTable(runs));
for (const failure of failures) console.error(failure);
if (failures.length > 0) process.exitCode = 1;

/** What a run says of itself, put into a row. */
async function run(words: readonly string[], named: Pick<RealRun, 'method' | 'set'>): Promise<RealRun> {
  const { records, manifest, seconds, load } = await sonde(words, join(home, `${named.method}-${named.set}`));
  const trained = records.filter(({ step }) => step > 0);
  const [first, last] = [trained[0], trained[trained.length - 1]];
  const { validationLoss, validationAccuracy } = last;
  const { training, data, machine, chance } = manifest;
  return {
    ...named,
    command: ['npx sonde', ...words].join(' '),
    items: data.items,
    leftOut: data.leftOut?.length ?? 0,
    patients: data.patients,
    steps: training.steps,
    samples: training.steps * training.batchSize,
    firstLoss: first.loss,
    lastLoss: last.loss,
    heldOut: {
      ...(validationLoss === undefined ? {} : { loss: validationLoss }),
      ...(validationAccuracy === undefined ? {} : { accuracy: validationAccuracy }),
    },
    chance,
    seconds,
    peakMemoryBytes: Math.max(...trained.map(({ peakMemoryBytes = 0 }) => peakMemoryBytes)),
    machine: { processor: machine.processor, threads: machine.threads, load },
  };
}

/** One command in a process of its own. Throws what it said where it failed. */
async function sonde(words: readonly string[], out: string) {
  const load = loadavg()[0];
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...words, '--out', out, '--json'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines: unknown[] = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(JSON.parse(line));
  const status = await ended;
  if (status !== 0) throw new SondeError('usage', `sonde ${words.join(' ')} ended with ${status}: ${said.trim()}`);
  return {
    records: lines.slice(0, -1) as MetricsRecord[],
    manifest: lines[lines.length - 1] as RunManifest,
    seconds: (performance.now() - started) / 1000,
    load,
  };
}
