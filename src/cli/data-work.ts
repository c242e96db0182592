/**
 * What the `sonde data` commands do.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { writeIndex } from '../data/storage/dataset-file.ts';
import { describeDataset } from '../data/storage/open-dataset.ts';
import { facts } from '../report/terminal.ts';
import { hostArray } from '../tensor/host-array.ts';
import { writeNpy } from '../tensor/npy.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';

interface PathOptions extends DataOptions {
  readonly out?: string;
  readonly json?: boolean;
}

async function described(path: string, options: PathOptions) {
  const reporter = progressReporter({ silent: options.json === true });
  const dataset = await describeDataset({
    ...options,
    path,
    onProgress: (_, done, total) => reporter.update({ name: 'index', done, total, unit: 'files' }),
  });
  reporter.end();
  return dataset;
}

export async function indexData(path: string, options: PathOptions): Promise<void> {
  const { index } = await described(path, options);
  if (options.json) {
    console.log(JSON.stringify(index, null, 2));
    return;
  }
  const file = resolve(options.out ?? 'dataset.json');
  mkdirSync(dirname(file), { recursive: true });
  writeIndex(file, index);
  const patients = new Set(index.items.map(({ patient }) => patient)).size;
  console.log(
    facts([
      ['items', String(index.items.length)],
      ['patients', String(patients)],
      ['problems', String(index.problems.length)],
      ['index', file],
    ]),
  );
}

/** Clips as npy, labels as CSV: a folder like any other, readable by every tool. */
export async function writePhantom({
  out,
  set,
  json = false,
}: {
  out: string;
  set?: Record<string, unknown>;
  json?: boolean;
}): Promise<void> {
  const { createPhantom, phantomOptions } = await import('../data/phantom/index.ts');
  const { parseSettings } = await import('./settings.ts');
  const phantom = createPhantom(parseSettings('phantom', phantomOptions, set ?? {}));
  const folder = resolve(out);
  mkdirSync(join(folder, 'clips'), { recursive: true });
  const reporter = progressReporter({ silent: json });
  const names = [...new Set(phantom.items.flatMap(({ labels }) => Object.keys(labels)))];
  const lines = [['file', 'patient', ...names].join(',')];
  let done = 0;
  for (const item of phantom.items) {
    const { data, shape } = await phantom.read(item);
    const file = `clips/${item.id.replace(/[^\w.-]+/g, '-')}.npy`;
    writeFileSync(join(folder, file), writeNpy(hostArray('uint8', shape.slice(0, 3), data as Uint8Array)));
    lines.push([file, item.patient, ...names.map((name) => csvCell(item.labels[name]))].join(','));
    reporter.update({ name: 'phantom', done: ++done, total: phantom.items.length, unit: 'clips' });
  }
  writeFileSync(join(folder, 'labels.csv'), `${lines.join('\n')}\n`);
  reporter.end();
  const record = { folder, clips: phantom.items.length, labels: names };
  console.log(
    json
      ? JSON.stringify(record)
      : facts([
          ['folder', folder],
          ['clips', String(record.clips)],
          ['labels', names.join(', ')],
        ]),
  );
}

function csvCell(value: string | number | undefined): string {
  const text = value === undefined ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
