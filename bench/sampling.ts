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
import { configureRun, type RunConfiguration } from '../src/training/configuration.ts';
import { methodContext } from '../src/training/manifest.ts';
import type { MetricsRecord } from '../src/training/run-record.ts';
import { allocateBatch, fillBatch, itemsOfStep } from '../src/training/sampling/batch.ts';
import { train } from '../src/training/train.ts';
import { usableItems } from '../src/training/usable-items.ts';

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
    const configuration = configureRun({ method, steps });
    await train({
      configuration,
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
    const batchMs = round(drawingMs(configuration));
    console.log(JSON.stringify({ method, waiting: round(waiting), itemsPerSecond: Math.round(rate), batchMs }));
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

/** Milliseconds of processor time to draw a batch in this thread: the least of eight rounds. */
function drawingMs(configuration: RunConfiguration): number {
  const { method, batchSize } = configuration;
  const { store } = dataset;
  const { train: usable } = usableItems(configuration, store);
  const context = methodContext(configuration, store, usable);
  const arrays = allocateBatch(method.inputs(context), batchSize);
  const random = new Random(0);
  const rounds = Array.from({ length: 8 }, () => {
    const before = process.cpuUsage();
    for (let step = 0; step < 25; step++) {
      const items = itemsOfStep(usable, step, batchSize, random);
      fillBatch({ method, context, store, items, candidates: usable, random: random.split('step', step) }, arrays);
    }
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 25e3;
  });
  return Math.min(...rounds);
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[numbers.length >> 1];
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}
