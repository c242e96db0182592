/**
 * Memory of features: a made-up set whose features are larger than a cap is extracted and written to files, then every
 * tap is read by a protocol. Prints one JSON line each, and fails where the peak of the whole process is over the bound:
 * the cap for extraction, which holds one shard; for a protocol the cap and three times the largest tap, which it holds
 * as a table and as the rows that it has scaled, while the one before may not be collected yet.
 *
 *   node --import tsx bench/features.ts [--cap 400] [--features 500] [--dimensions 9000]     (megabytes)
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import type { FrameStore, SplitPart } from '../src/data/media.ts';
import type { Presentation } from '../src/data/transform/presentation.ts';
import { knn } from '../src/evaluation/protocols/knn.ts';
import { runtimeMatrixProduct } from '../src/evaluation/runtime-matrix-product.ts';
import { exportFeatures } from '../src/evaluation/storage/export-features.ts';
import { type KeptFeatures, keepFeatures } from '../src/evaluation/storage/kept-features.ts';
import { placeholder } from '../src/graph/tensor.ts';
import { ParameterStore } from '../src/nn/parameters.ts';
import { nin } from '../src/nn/trunks/nin.ts';
import { exportEncoder } from '../src/training/encoder-file.ts';

const { values } = parseArgs({
  options: {
    cap: { type: 'string', default: '400' },
    features: { type: 'string', default: '500' },
    dimensions: { type: 'string', default: '9000' },
  },
});
const presentation: Presentation = {
  channels: 1,
  frames: 1,
  stride: 1,
  size: 32,
  mask: 'none',
  intensity: 'standardise',
};
const trunkOptions = nin.options.parse(nin.presets.tiny);
const weights = new ParameterStore();
nin.build(weights.root(false).child('trunk'), placeholder('input', 'float32', [1, 1, 32, 32]), trunkOptions);
const state = new Map(weights.initialValues(new Random('features')));
const model = exportEncoder({ trunk: nin, trunkOptions, presentation, state, origin: 'untrained' });
const wanted = Number(values.features) * 2 ** 20;
const dimensions = Number(values.dimensions);
const folder = mkdtempSync(join(tmpdir(), 'sonde-features-'));

/** Pictures of noise, made when they are read. */
function noise(count: number): FrameStore {
  const items = Array.from({ length: count }, (_, i) => ({
    id: `item-${i}`,
    patient: `patient-${i}`,
    labels: { parity: i % 2 },
  }));
  // Twenty test patients: nearest neighbours of more would be a bench of arithmetic.
  const partOf = (i: number): SplitPart => (i % 2 === 0 || i > 80 ? 'train' : i < 40 ? 'validation' : 'test');
  const parts = Object.fromEntries(items.map(({ patient }, i) => [patient, partOf(i)]));
  const index = {
    version: 1,
    name: 'noise',
    items,
    problems: [],
    split: { name: 'all', seed: 0, parts },
    hash: 'noise',
  };
  return {
    index: index as unknown as FrameStore['index'],
    sizeOf: () => [1, 32, 32, 1],
    read: (item) => {
      const data = new Float32Array(1024);
      new Random(`noise ${item}`).fillNormal(data);
      return { data, shape: [1, 32, 32, 1] };
    },
  };
}

function extract(count: number, name: string): Promise<KeptFeatures> {
  return keepFeatures(join(folder, name), { model, store: noise(count), options: { dimensions } }, { data: name });
}

let started = performance.now();

function report(step: string, bound: number, facts: object): void {
  const peak = process.resourceUsage().maxRSS / 1024;
  const seconds = Number(((performance.now() - started) / 1000).toFixed(1));
  console.log(JSON.stringify({ step, ...facts, seconds, bound_mb: Math.round(bound), peak_mb: Math.round(peak) }));
  if (peak > bound) process.exitCode = 1;
  started = performance.now();
}

try {
  const probe = exportFeatures(await extract(1, 'one'), join(folder, 'files of one'));
  const rowBytes = 4 * probe.reduce((sum, { columns }) => sum + columns, 0);
  const rows = Math.ceil(wanted / rowBytes);
  started = performance.now();
  const kept = await extract(rows, 'all');
  const files = exportFeatures(kept, join(folder, 'files'));
  const written = readdirSync(join(folder, 'files')).map((name) => statSync(join(folder, 'files', name)).size);
  const largest = Math.max(...files.map(({ columns }) => columns));
  const cap = Number(values.cap);
  const largestTap = (rows * largest * 4) / 2 ** 20;
  report('extract', cap, {
    rows,
    taps: files.map(({ tap, columns }) => `${tap}: ${columns}`),
    features_mb: Math.round((rows * rowBytes) / 2 ** 20),
    largest_tap_mb: Math.round(largestTap),
    written_mb: Math.round(written.reduce((sum, size) => sum + size, 0) / 2 ** 20),
  });
  const encoder = { name: 'noise', role: 'random' } as const;
  const input = { tables: kept.tables(), label: 'parity', encoder, product: runtimeMatrixProduct };
  const { taps } = await knn.run(input, { resamples: 100 });
  report('protocol', cap + 3 * largestTap, { protocol: 'knn', taps: taps.length });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
