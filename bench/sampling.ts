/**
 * Whether samples are ready when the step wants them: the share of a step's time spent waiting, at tiny presets, and
 * what one sample costs. One JSON line a method.
 *
 *   node --import tsx bench/sampling.ts [--workers 2] [--threads 1] [--steps 60] [METHOD …]
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { medicalView } from '../src/data/augment/medical-stack.ts';
import { openDataset } from '../src/data/storage/open-dataset.ts';
import { methods } from '../src/pretext/index.ts';
import { configureRun } from '../src/training/configuration.ts';
import type { MetricsRecord } from '../src/training/run-record.ts';
import { train } from '../src/training/train.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    workers: { type: 'string', default: '2' },
    threads: { type: 'string', default: '1' },
    steps: { type: 'string', default: '60' },
    data: { type: 'string', default: 'phantom:patients=12,frames=32' },
  },
});

const dataset = await openDataset({ path: values.data });
const folder = mkdtempSync(join(tmpdir(), 'sonde-bench-'));
const steps = Number(values.steps);
try {
  for (const method of positionals.length > 0 ? positionals : methods.map(({ card }) => card.id)) {
    const records: MetricsRecord[] = [];
    await train({
      configuration: configureRun({ method, steps }),
      store: dataset.store,
      data: { name: dataset.name, path: dataset.path },
      directory: join(folder, method),
      id: method,
      threads: Number(values.threads),
      workers: Number(values.workers),
      logEvery: 5,
      evaluateEvery: steps,
      checkpointEvery: steps,
      onRecord: (record) => records.push(record),
    });
    // The first steps wait for the workers to start.
    const steady = records.filter(({ step }) => step > steps / 3);
    const waiting = median(steady.flatMap((record) => record.waiting ?? []));
    const rate = median(steady.flatMap((record) => record.itemsPerSecond ?? []));
    console.log(JSON.stringify({ method, waiting: round(waiting), itemsPerSecond: Math.round(rate) }));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const { data, shape } = dataset.store.read(0, { start: 0, count: 8 });
const times = Array.from({ length: 40 }, (_, seed) => {
  const started = performance.now();
  medicalView({ data, shape }, new Random(seed), { imaging: 'ultrasound', size: 32 });
  return performance.now() - started;
});
console.log(JSON.stringify({ view: 'medical stack, ultrasound, 8 x 32 x 32', ms: round(median(times.slice(5))) }));

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
