/**
 * Signals in tables (an ECG as CSV, TSV or Parquet): one row a sample, one column a lead. A column of time gives the rate.
 * @module
 */
import { readFileSync, statSync } from 'node:fs';
import { SondeError } from '../../base/errors.ts';
import { parseTable } from '../label-table.ts';
import type { MediaReader, OpenedMedia } from '../media.ts';
import { begins } from './magic.ts';
import { openSignal } from './signal-media.ts';

/** Fewer rows than this are a table of something else. */
const fewestSamples = 32;
const largestTable = 2 ** 28;

const timeColumn =
  /^(t|time|seconds?|secs?|timestamp|elapsed)([ _([-]*(s|sec|seconds|ms|msec|milliseconds|us)[\])]*)?$/i;
const number = /^\s*"?\s*[-+]?(\d+\.?\d*|\.\d+)?(e[-+]?\d+)?\s*"?\s*$/i;

export const csvSignalReader: MediaReader = {
  format: 'csv-signal',
  title: 'table of a signal',
  extensions: [],
  supports: 'CSV and TSV of numbers, a row a sample; a column of time gives the rate',
  sniff: (head, path) => /\.(csv|tsv)$/i.test(path) && looksNumeric(head),
  open: async (path) => openColumns(csvColumns(path), 'csv-signal'),
};

export const parquetSignalReader: MediaReader = {
  format: 'parquet-signal',
  title: 'Parquet table of a signal',
  extensions: [],
  supports: 'columns of numbers, a row a sample; a column of time gives the rate',
  sniff: (head, path) =>
    begins(head, 0, 'PAR1') && /\.parquet$/i.test(path) && !/(^|\/)(labels|index)\.parquet$/i.test(path),
  open: openParquet,
};

interface Column {
  readonly name: string;
  readonly values: Float32Array | Float64Array;
}

/** True where every row but the first is numbers. */
function looksNumeric(head: Uint8Array): boolean {
  const lines = Buffer.from(head)
    .toString('latin1')
    .split(/\r?\n/)
    .slice(0, head.length < 512 ? undefined : -1);
  const rows = lines.slice(1).filter((line) => line.trim() !== '');
  if (rows.length < 3) return false;
  return rows.every((row) => {
    const fields = row.split(/[,;\t]/);
    return fields.every((field) => number.test(field)) && fields.some((field) => /\d/.test(field));
  });
}

function csvColumns(path: string): Column[] {
  if (statSync(path).size > largestTable) throw new SondeError('data/unreadable', 'this table is larger than 256 MiB');
  const { columns, rows } = parseTable(readFileSync(path, 'utf8'));
  // Without a header the first row is a sample like the others.
  const headless = columns.every((name) => name !== '' && number.test(name));
  const all = headless ? [columns, ...rows] : rows;
  return columns.map((name, column) => ({
    name: headless ? `lead ${column + 1}` : name,
    values: Float64Array.from(all, (row) =>
      row[column]?.trim() ? Number(row[column].replaceAll('"', '')) : Number.NaN,
    ),
  }));
}

async function openParquet(path: string): Promise<OpenedMedia> {
  if (statSync(path).size > largestTable) throw new SondeError('data/unreadable', 'this table is larger than 256 MiB');
  const { parquetColumns } = await import('./parquet-columns.ts');
  const columns = await parquetColumns(path);
  return openColumns(columns, 'parquet-signal');
}

function openColumns(columns: readonly Column[], format: string): OpenedMedia {
  const time = columns.find(({ name }) => timeColumn.test(name.trim()));
  const leads = columns.filter((column) => column !== time && column.name !== '');
  const samples = columns[0]?.values.length ?? 0;
  if (leads.length === 0 || samples < fewestSamples) {
    throw new SondeError(
      'data/unreadable',
      `this table has ${samples} rows of ${leads.length} columns, too few for a signal`,
    );
  }
  const rateHz = time === undefined ? undefined : rateOf(time);
  const channels = leads.length;
  const data = new Float32Array(samples * channels);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  leads.forEach(({ values }, lead) => {
    for (let i = 0; i < samples; i++) {
      const value = values[i];
      data[i * channels + lead] = value;
      if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  });
  if (!(low <= high)) throw new SondeError('data/unreadable', 'this table holds no number');
  const unknown = 'this table has no column of time: its samples are taken to be a second apart';
  return openSignal({
    format,
    track: { name: 'signal', kind: 'signal', sampleRateHz: rateHz ?? 1, channels },
    samples,
    range: [low, high > low ? high : low + 1],
    ...(rateHz === undefined ? { warnings: [unknown] } : {}),
    read: (start, count) => data.slice(start * channels, (start + count) * channels),
  });
}

/** Samples a second, from the steps of a column of time; `undefined` where they are not regular. */
function rateOf({ name, values }: Column): number | undefined {
  const count = values.length;
  const unit = /(^|[^a-z])(ms|msec|milliseconds)/i.test(name) ? 1e-3 : /(^|[^a-z])us/i.test(name) ? 1e-6 : 1;
  const step = ((values[count - 1] - values[0]) / (count - 1)) * unit;
  const steps = values.slice(1).map((value, i) => (value - values[i]) * unit);
  const regular = step > 0 && steps.every((found) => Math.abs(found - step) <= 0.5 * step);
  return regular ? Number((1 / step).toPrecision(9)) : undefined;
}
