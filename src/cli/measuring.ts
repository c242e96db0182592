/**
 * What `sonde features` and `sonde probe` do.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SondeError } from '../base/errors.ts';
import { Random } from '../base/random.ts';
import type { OpenedDataset } from '../data/storage/open-dataset.ts';
import { openEncoder } from '../evaluation/encoder.ts';
import { extractFeatures } from '../evaluation/extraction.ts';
import { againstBaseline, type Contender, measure } from '../evaluation/measure.ts';
import { networkSource } from '../evaluation/network/learning-network.ts';
import { reinitialised } from '../evaluation/network/reinitialise.ts';
import { supervisedTwin } from '../evaluation/network/supervised-twin.ts';
import { writeFeatureTable } from '../evaluation/storage/feature-files.ts';
import { fitFiles, forgetFits } from '../evaluation/storage/fit-files.ts';
import { probeGroups } from '../report/findings.ts';
import { probeTable } from '../report/probe-table.ts';
import { table } from '../report/terminal.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import { writeAtomically } from '../training/storage/run-folder.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';
import { openTarget } from './target.ts';
import { openTargetData } from './target-data.ts';

interface MeasureOptions extends DataOptions {
  readonly data?: string;
  readonly device: DeviceId;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly json?: boolean;
}

export async function writeFeatures(path: string, options: MeasureOptions): Promise<void> {
  const silent = options.json === true;
  const target = await openTarget(path, options);
  const { store } = await openTargetData(target, options, silent);
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
  readonly supervised?: boolean;
  readonly set?: Record<string, unknown>;
}

const stageUnits: Readonly<Record<string, string>> = { probe: 'taps', train: 'steps' };

/** A model from elsewhere without what it learned, where its graph can be read. */
function drawnAnew({ model }: Contender): Contender | undefined {
  try {
    return {
      model: reinitialised(networkSource(model), new Random(0)),
      encoder: { name: 'random initialisation', role: 'random' },
    };
  } catch (error) {
    if (error instanceof SondeError && error.code === 'graph/unsupported') return undefined;
    throw error;
  }
}

/** Full supervision: the untrained network trained with every label, before it is measured like the others. */
async function trainTwin(
  { model }: Contender,
  store: OpenedDataset['store'],
  { label, device }: ProbeOptions,
  silent: boolean,
): Promise<Contender> {
  const encoder = { name: 'full supervision', role: 'supervised' as const };
  const reporter = progressReporter({ silent });
  const onProgress = (_: string, done: number, total: number) =>
    reporter.update({ name: 'train full supervision', done, total, unit: 'steps' });
  const trained = await supervisedTwin({ model, encoder, store, label, device, onProgress });
  reporter.end();
  return { model: trained, encoder };
}

export async function probe(path: string, options: ProbeOptions): Promise<void> {
  const silent = options.json === true;
  const target = await openTarget(path, options);
  const { store } = await openTargetData(target, options, silent);
  const random = target.random ?? drawnAnew(target.encoder);
  const contenders = [target.encoder, ...(random === undefined ? [] : [random])];
  const fits = join(target.home, 'results', 'fits');
  const settings = [options.protocol, options.label, options.set, store.index.hash, store.index.split];
  if (options.supervised && random !== undefined) contenders.push(await trainTwin(random, store, options, silent));
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
        checkpoints: fitFiles(fits, contender.model, settings),
        onStage: (stage, name, done, total) =>
          reporter.update({ name: `${stage} ${name}`, done, total, unit: stageUnits[stage] ?? 'windows' }),
      }),
    );
    reporter.end();
  }
  const [result, baseline] = measured;
  const differences = baseline === undefined ? [] : [againstBaseline(result, baseline)];
  const file = join(target.home, 'results', `${result.protocol}-${options.label}.json`);
  mkdirSync(dirname(file), { recursive: true });
  const record = { probes: measured, differences };
  writeAtomically(file, `${JSON.stringify(record, null, 2)}\n`);
  forgetFits(fits);
  if (silent) console.log(JSON.stringify(record, null, 2));
  else
    console.log(
      `${probeGroups(record)
        .map((group) => probeTable(group))
        .join('\n\n')}\n\n${file}`,
    );
}
