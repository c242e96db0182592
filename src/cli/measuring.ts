/**
 * What `sonde features` does.
 * @module
 */
import { join, resolve } from 'node:path';
import { openEncoder } from '../evaluation/encoder.ts';
import { extractToFiles } from '../evaluation/storage/extract-to-files.ts';
import { withTaps } from '../evaluation/taps.ts';
import { table } from '../report/terminal.ts';
import type { DeviceId } from '../runtime/backends/devices.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';
import { openTarget } from './target.ts';
import { openTargetData } from './target-data.ts';

interface FeatureOptions extends DataOptions {
  readonly data?: string;
  readonly device: DeviceId;
  readonly out?: string;
  readonly windows?: number;
  readonly dimensions?: number;
  readonly pooling?: 'average' | 'max';
  readonly taps?: readonly string[];
  readonly json?: boolean;
}

export async function writeFeatures(path: string, options: FeatureOptions): Promise<void> {
  const silent = options.json === true;
  const target = await openTarget(path, options);
  const { store } = await openTargetData(target, options, silent);
  const { model } = target.encoder;
  const tapped = options.taps === undefined ? model : withTaps(model, options.taps);
  const encoder = await openEncoder(tapped, { device: options.device });
  const reporter = progressReporter({ silent });
  const folder = resolve(options.out ?? join(target.home, 'features'));
  try {
    const about = { encoder: target.encoder.encoder.name, data: store.index.hash };
    const rows = await extractToFiles(encoder, store, folder, {
      about,
      ...(options.windows === undefined ? {} : { windows: options.windows }),
      ...(options.dimensions === undefined ? {} : { dimensions: options.dimensions }),
      ...(options.pooling === undefined ? {} : { pooling: options.pooling }),
      onProgress: (done, total) => reporter.update({ name: 'features', done, total, unit: 'windows' }),
    });
    reporter.end();
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
