/**
 * Memory of feature extraction: a made-up set whose features are larger than a cap, written to files as they are
 * extracted. Prints one JSON line, and fails where the peak of the whole process is over the cap.
 *
 *   node --import tsx bench/features.ts [--cap 600] [--features 700] [--dimensions 9000]     (megabytes)
 * @module
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import type { FrameStore, SplitPart } from '../src/data/media.ts';
import type { Presentation } from '../src/data/transform/presentation.ts';
import { openEncoder } from '../src/evaluation/encoder.ts';
import { extractToFiles } from '../src/evaluation/storage/extract-to-files.ts';
import { placeholder } from '../src/graph/tensor.ts';
import { ParameterStore } from '../src/nn/parameters.ts';
import { nin } from '../src/nn/trunks/nin.ts';
import { exportEncoder } from '../src/training/encoder-file.ts';

const { values } = parseArgs({
  options: {
    cap: { type: 'string', default: '600' },
    features: { type: 'string', default: '700' },
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
const encoder = await openEncoder(
  exportEncoder({ trunk: nin, trunkOptions, presentation, state, origin: 'untrained' }),
);
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
  const parts = Object.fromEntries(items.map(({ patient }): [string, SplitPart] => [patient, 'train']));
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

try {
  const probe = await extractToFiles(encoder, noise(1), join(folder, 'one'), { dimensions });
  const rowBytes = 4 * probe.reduce((sum, { columns }) => sum + columns, 0);
  const rows = Math.ceil(wanted / rowBytes);
  const started = performance.now();
  const files = await extractToFiles(encoder, noise(rows), join(folder, 'all'), { dimensions });
  const written = readdirSync(join(folder, 'all')).map((name) => statSync(join(folder, 'all', name)).size);
  const peak = process.resourceUsage().maxRSS / 1024;
  console.log(
    JSON.stringify({
      rows,
      taps: files.map(({ tap, columns }) => `${tap}: ${columns}`),
      features_mb: Math.round((rows * rowBytes) / 2 ** 20),
      written_mb: Math.round(written.reduce((sum, size) => sum + size, 0) / 2 ** 20),
      seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
      cap_mb: Number(values.cap),
      peak_mb: Math.round(peak),
    }),
  );
  if (peak > Number(values.cap)) process.exitCode = 1;
} finally {
  await encoder.release();
  rmSync(folder, { recursive: true, force: true });
}
