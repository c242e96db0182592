/**
 * What `sonde data inspect` does: looks at every item, prints what it found, writes a page where one is asked for.
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describeInspection, factRows, type Inspection, inspectDataset, problemRows } from '../data/inspect.ts';
import type { DatasetIndex, MediaItem, MediaSource } from '../data/media.ts';
import { type DatasetQuality, datasetQuality } from '../data/quality/dataset-quality.ts';
import { describeQuality } from '../data/quality/describe.ts';
import { findDuplicates } from '../data/storage/duplicates.ts';
import { cacheDirectory, describeDataset } from '../data/storage/open-dataset.ts';
import { scanDataset } from '../data/storage/scan-dataset.ts';
import { prepareItem } from '../data/storage/stored-frames.ts';
import type { CaptionedPicture } from '../report/figures/picture-grid.ts';
import { type PageLabel, renderInspection } from '../report/inspection-page.ts';
import { countOf } from '../report/numbers.ts';
import type { DataOptions } from './options.ts';
import { progressReporter } from './progress.ts';

export interface InspectOptions extends DataOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly json?: boolean;
}

/** Pictures on a page. */
const mostThumbnails = 60;
const thumbnailSide = 192;

export async function inspectData(path: string, options: InspectOptions): Promise<void> {
  const reporter = progressReporter({ silent: options.json === true });
  const { index, source } = await describeDataset({
    ...options,
    path,
    onProgress: (_, done, total) => reporter.update({ name: 'index', done, total, unit: 'files' }),
  });
  reporter.end();
  const summary = inspectDataset(index, await findDuplicates(source));
  const quality = options.quick ? undefined : await look(source, index, options.json === true);
  if (options.json) console.log(JSON.stringify({ ...summary, ...(quality === undefined ? {} : { quality }) }, null, 2));
  else console.log(describeInspection(summary, quality));
  if (options.out === undefined) return;
  const file = resolve(options.out);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await pageOf(summary, quality, source, index));
  if (!options.json) console.log(file);
}

async function look(source: MediaSource, index: DatasetIndex, silent: boolean): Promise<DatasetQuality> {
  const reporter = progressReporter({ silent });
  const { items, problems } = await scanDataset(source, index, {
    memory: join(cacheDirectory(), 'files'),
    onProgress: (done, total) => reporter.update({ name: 'inspect', done, total, unit: 'items' }),
  });
  reporter.end();
  return datasetQuality(index, items, problems);
}

async function pageOf(
  summary: Inspection,
  quality: DatasetQuality | undefined,
  source: MediaSource,
  index: DatasetIndex,
): Promise<string> {
  const blocks = quality === undefined ? [] : describeQuality(quality);
  const problems = [...summary.problems, ...(quality?.problems ?? [])];
  const rows = problemRows(problems);
  const decisions = new Set(['leak', 'two patients', 'warning']);
  const decided = blocks.flatMap(({ title, rows: found }) => {
    const count = found.filter(([state]) => decisions.has(state)).length;
    return count === 0 ? [] : [[title.replace(/ \(.*/s, ''), count] as const];
  });
  const grave = problems.filter(({ severity }) => severity === 'warning').length;
  if (grave > 0) decided.push(['problems', grave]);
  const warnings = decided.reduce((sum, [, count]) => sum + count, 0);
  const what = `${countOf(summary.items, 'item')} of ${countOf(summary.patients, 'patient')}`;
  const skipped = problems.filter(({ severity }) => severity === 'skipped').length;
  return renderInspection({
    name: summary.name,
    title: `${what}: ${warnings === 0 ? 'nothing to decide' : `${countOf(warnings, 'thing')} to decide`}${skipped === 0 ? '' : `, ${countOf(skipped, 'file')} left out`}`,
    facts: [
      ...(decided.length === 0
        ? []
        : [['To decide', decided.map(([title, count]) => `${title.toLowerCase()} (${count})`).join(', ')] as const]),
      ...factRows(summary, quality),
      [
        'Split',
        summary.parts
          .map(({ part, items, patients }) => `${part} ${countOf(items, 'item')} of ${countOf(patients, 'patient')}`)
          .join('; '),
      ],
    ],
    labels: labelsOf(summary),
    blocks: [
      ...(summary.duplicates.length === 0
        ? []
        : [
            {
              title: `Identical files (${countOf(summary.duplicates.length, 'group')})`,
              rows: summary.duplicates.map((group) => [group.join(' = ')]),
            },
          ]),
      ...blocks,
      ...(rows.length === 0 ? [] : [{ title: `Problems (${rows.length})`, rows }]),
    ],
    thumbnails: await thumbnails(source, index, quality),
    items: index.items.length,
    command: `sonde data inspect … --out page.html`,
  });
}

function labelsOf({ labels, items }: Inspection): PageLabel[] {
  return labels.map(({ name, known, classes = [], numbers }) => ({
    name,
    ...(known === items ? {} : { known: `known for ${known} of ${items}` }),
    values: classes.map(({ value, items: count, patients }) => ({ value: String(value), items: count, patients })),
    ...(numbers === undefined ? {} : { range: `${numbers.low} to ${numbers.high}, median ${numbers.median}` }),
  }));
}

/** One frame each: of the items with findings first, then of the others in order. */
async function thumbnails(
  source: MediaSource,
  index: DatasetIndex,
  quality: DatasetQuality | undefined,
): Promise<CaptionedPicture[]> {
  const seen = new Map(quality?.items.map((item) => [item.id, item]) ?? []);
  const pictures = index.items.filter(({ kind, id }) => kind !== 'signal' && (quality === undefined || seen.has(id)));
  const chosen = [...pictures]
    .sort((a, b) => (seen.get(b.id)?.findings.length ?? 0) - (seen.get(a.id)?.findings.length ?? 0))
    .slice(0, mostThumbnails);
  const shown: CaptionedPicture[] = [];
  for (const item of pictures.filter((one) => chosen.includes(one))) {
    const [picture, factor] = await middleFrame(source, item);
    const { text = [], fieldOfView } = seen.get(item.id) ?? {};
    const boxes = text.map(({ x, y, width, height }) => [
      [x, y],
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ]);
    const outlines = [...(fieldOfView === undefined ? [] : [fieldOfView.outline]), ...boxes].map((places) =>
      places.map(([x, y]) => [x * factor, y * factor] as const),
    );
    shown.push({ picture, caption: nameOf(item.id), outlines });
  }
  return shown;
}

/** The file's name without its folders and its format. */
function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).replace(/\.[A-Za-z][A-Za-z0-9]{1,4}(\.gz)?$/, '');
}

async function middleFrame(source: MediaSource, item: MediaItem): Promise<[CaptionedPicture['picture'], number]> {
  // DICOM says what is shown as black and white, and 8 bits mean it; other numbers of a scanner do not.
  const [black, white] = item.intensityRange;
  const known = item.format.startsWith('dicom') || (black === 0 && white === 255);
  const preparation = known ? {} : { intensity: { by: 'percentile', low: 0.5, high: 99.5 } as const };
  const settings = { size: thumbnailSide, side: 'long', bits: 8, channels: 'source', preparation } as const;
  const middle = item.frames >> 1;
  const { data, shape } = await prepareItem({ ...item, frames: 1 }, settings, ({ count = 1 }) =>
    source.read(item, { start: middle, count }),
  );
  const { spacingMm } = item;
  const factor = shape[2] / item.width;
  return [
    {
      data: Float32Array.from(data, (value) => value / 255),
      shape,
      ...(spacingMm === undefined ? {} : { spacingMm: [spacingMm[1] / factor, spacingMm[2] / factor] as const }),
    },
    factor,
  ];
}
