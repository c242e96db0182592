/**
 * What `sonde features` and `sonde probe` do.
 * @module
 */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { usageError } from '../base/errors.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import { againstBaseline, type Contender, measure } from '../evaluation/measure.ts';
import { writeFeatureTable } from '../evaluation/storage/feature-files.ts';
import { probeGroups } from '../report/findings.ts';
import { probeTable } from '../report/probe-table.ts';
import { table } from '../report/terminal.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import { loadModel } from '../runtime/storage/onnx-file.ts';
import { readManifest, runPaths, writeAtomically } from '../training/storage/run-folder.ts';
import { openWithProgress } from './data-progress.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';

interface MeasureOptions extends DataOptions {
  readonly data?: string;
  readonly device: DeviceId;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly json?: boolean;
}

interface Target {
  readonly encoder: Contender;
  /** The same network untrained, where it is known. */
  readonly random: Contender | undefined;
  readonly data: string;
  readonly storedSize: number | undefined;
  readonly home: string;
}

/** A run folder or an ONNX file, and the data it is to be measured on. */
async function openTarget(path: string, options: MeasureOptions): Promise<Target> {
  if (!existsSync(path)) throw usageError(`there is no run or model at ${path}`);
  if (statSync(path).isDirectory()) {
    const paths = runPaths(resolve(path));
    const manifest = readManifest(paths);
    if (!existsSync(paths.encoder)) {
      throw usageError(`run ${manifest.id} has no encoder yet`, { hint: `finish it: sonde pretrain --resume ${path}` });
    }
    const random = {
      model: await loadModel(paths.randomEncoder),
      encoder: { name: 'random initialisation', role: 'random' as const },
    };
    return {
      encoder: { model: await loadModel(paths.encoder), encoder: { name: manifest.id, role: 'pretrained' } },
      random,
      data: options.data ?? manifest.data.path,
      storedSize: options.storedSize ?? manifest.data.storedSize,
      home: paths.root,
    };
  }
  if (options.data === undefined)
    throw usageError('a model needs pictures to be measured on', { hint: 'name them with --data' });
  return {
    encoder: { model: await loadModel(path), encoder: { name: basename(path), role: 'pretrained' } },
    random: undefined,
    data: options.data,
    storedSize: options.storedSize,
    home: dirname(resolve(path)),
  };
}

export async function writeFeatures(path: string, options: MeasureOptions): Promise<void> {
  const silent = options.json === true;
  const target = await openTarget(path, options);
  const { store } = await openWithProgress({ ...options, path: target.data, storedSize: target.storedSize }, silent);
  const encoder = await openEncoder(target.encoder.model, { device: options.device });
  const reporter = progressReporter({ silent });
  const folder = resolve(options.out ?? join(target.home, 'features'));
  try {
    const tables = await extractFeatures(encoder, store, {
      ...(options.windows === undefined ? {} : { windows: options.windows }),
      ...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
      onProgress: (done, total) => reporter.update({ name: 'features', done, total, unit: 'windows' }),
    });
    reporter.end();
    const about = { encoder: target.encoder.encoder.name, data: store.index.hash };
    const files = tables.map((features, position) => writeFeatureTable(folder, features, { position, about }));
    const rows = tables.map(({ tap, rows: count, columns }, i) => ({ tap, rows: count, columns, file: files[i] }));
    if (silent) console.log(JSON.stringify(rows, null, 2));
    else {
      const columns = [
        { title: 'tap' },
        { title: 'rows', align: 'right' as const },
        { title: 'features', align: 'right' as const },
        { title: 'file' },
      ];
      console.log(
        table(
          columns,
          rows.map((row) => [row.tap, String(row.rows), String(row.columns), row.file]),
        ),
      );
    }
  } finally {
    await encoder.release();
  }
}

interface ProbeOptions extends MeasureOptions {
  readonly label: string;
  readonly protocol?: string;
  readonly set?: Record<string, unknown>;
}

export async function probe(path: string, options: ProbeOptions): Promise<void> {
  const silent = options.json === true;
  const target = await openTarget(path, options);
  const { store } = await openWithProgress({ ...options, path: target.data, storedSize: target.storedSize }, silent);
  const contenders = [target.encoder, ...(target.random === undefined ? [] : [target.random])];
  const measured = [];
  for (const contender of contenders) {
    const reporter = progressReporter({ silent });
    measured.push(
      await measure(contender, store, {
        label: options.label,
        device: options.device,
        ...(options.protocol === undefined ? {} : { protocol: options.protocol }),
        ...(options.set === undefined ? {} : { protocolOptions: options.set }),
        ...(options.windows === undefined ? {} : { windows: options.windows }),
        ...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
        onStage: (stage, name, done, total) =>
          reporter.update({ name: `${stage} ${name}`, done, total, unit: stage === 'probe' ? 'taps' : 'windows' }),
      }),
    );
    reporter.end();
  }
  const [result, baseline] = measured.map((entry) => entry.result);
  const differences = baseline === undefined ? [] : [againstBaseline(result, baseline)];
  const file = join(target.home, 'results', `${result.protocol}-${options.label}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const record = { probes: measured.map((entry) => entry.result), differences };
  writeAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
  if (silent) console.log(JSON.stringify(record, null, 2));
  else
    console.log(
      `${probeGroups(record)
        .map((group) => probeTable(group))
        .join('\n\n')}\n\n${file}`,
    );
}
