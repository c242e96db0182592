/**
 * What `sonde features` does.
 * @module
 */
import { join, resolve } from 'node:path';
import type { OpenFrameStore } from '../data/storage/frame-store.ts';
import type { ExtractionOptions } from '../evaluation/extraction.ts';
import type { InputLengths } from '../evaluation/input-lengths.ts';
import { exportFeatures } from '../evaluation/storage/export-features.ts';
import { keepFeatures, type Share } from '../evaluation/storage/kept-features.ts';
import { withTaps } from '../evaluation/taps.ts';
import { table } from '../report/terminal.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';
import { openTarget } from './target.ts';
import { openTargetData } from './target-data.ts';

interface FeatureOptions extends DataOptions, InputLengths {
  readonly data?: string;
  readonly device: DeviceId;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly pooling?: 'average' | 'max';
  readonly taps?: readonly string[];
  readonly shard?: Share;
  readonly json?: boolean;
}

/** What was asked of extraction. */
export function extractionOptions({
  windows,
  dimensions,
  pooling,
}: Pick<FeatureOptions, 'windows' | 'dimensions' | 'pooling'>): ExtractionOptions {
  return {
    ...(windows === undefined ? {} : { windows }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(pooling === undefined ? {} : { pooling }),
  };
}

/** Where the features of a run, or of a model beside it, are kept. */
export function keptFolder(home: string): string {
  return join(home, 'features', 'kept');
}

/** Tells the data, in the form in which they are shown, from all others. */
export function dataIdentity({ index, settings }: OpenFrameStore): string {
  return JSON.stringify([index.hash, settings]);
}

export async function writeFeatures(path: string, options: FeatureOptions): Promise<void> {
  const { json: silent = false, device, shard: share } = options;
  const target = await openTarget(path, options);
  const { store } = await openTargetData(target, options, silent);
  const { model } = target.encoder;
  const reporter = progressReporter({ silent });
  const onProgress = (done: number, total: number) =>
    reporter.update({ name: 'features', done, total, unit: 'windows' });
  const kept = await keepFeatures(
    keptFolder(target.home),
    {
      model: options.taps === undefined ? model : withTaps(model, options.taps),
      store,
      options: { ...extractionOptions(options), device, onProgress },
    },
    { data: dataIdentity(store), ...(share === undefined ? {} : { share }) },
  );
  reporter.end();
  if (kept.missing > 0) {
    const { folder, missing } = kept;
    const text = `this share is done; ${missing} ${missing === 1 ? 'shard' : 'shards'} of others are missing in ${folder}`;
    console.log(silent ? JSON.stringify({ folder, missing }) : text);
    return;
  }
  const about = { encoder: target.encoder.encoder.name, encoderHash: kept.manifest.encoder, data: store.index.hash };
  const files = exportFeatures(kept, resolve(options.out ?? join(target.home, 'features')), about);
  if (silent) {
    console.log(JSON.stringify(files, null, 2));
    return;
  }
  const columns = [
    { title: 'tap' },
    { title: 'rows', align: 'right' as const },
    { title: 'features', align: 'right' as const },
    { title: 'file' },
  ];
  console.log(
    table(
      columns,
      files.map((file) => [file.tap, String(file.rows), String(file.columns), file.file]),
    ),
  );
}
