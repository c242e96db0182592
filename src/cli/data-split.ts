/**
 * What `sonde data split` does: draws the split, makes sure that no picture is in two parts, prints it, writes it.
 * @module
 */
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { DatasetIndex, MediaItem, Split, SplitPart } from '../data/media.ts';
import { itemsByPart } from '../data/split.ts';
import { describeDataset } from '../data/storage/open-dataset.ts';
import { writeSplit } from '../data/storage/split-file.ts';
import { withinNote } from '../data/storage/within-patients.ts';
import { countOf } from '../report/numbers.ts';
import { table } from '../report/terminal.ts';
import { openWithProgress } from './data-progress.ts';
import type { DataOptions } from './options.ts';

interface SplitOptions extends DataOptions {
  readonly out?: string;
  readonly quick?: boolean;
  readonly json?: boolean;
}

/** Values of a label that get a column of their own. */
const mostClasses = 6;

export async function showSplit(path: string, options: SplitOptions): Promise<void> {
  const request = { ...options, path };
  const silent = options.json === true;
  const { index } = options.quick ? await describeDataset(request) : await openWithProgress(request, silent);
  const file = options.out === undefined ? undefined : resolve(options.out);
  if (file !== undefined) {
    mkdirSync(dirname(file), { recursive: true });
    writeSplit(file, index.split);
  }
  if (silent) console.log(JSON.stringify(index.split, null, 2));
  else console.log([splitText(index, options.quick !== true), ...(file === undefined ? [] : [file])].join('\n\n'));
}

function splitText({ items, split }: DatasetIndex, looked: boolean): string {
  const parts = itemsByPart(split, items);
  const label = split.recipe?.stratifyBy ?? split.recipe?.wholeBy;
  const classes = label === undefined ? [] : classesOf(items, label).slice(0, mostClasses);
  const rows = (Object.keys(parts) as SplitPart[]).map((part) => {
    const members = parts[part].map((position) => items[position]);
    const counts = classes.map((value) => String(patientsOf(members.filter((item) => item.labels[label!] === value))));
    return [part, String(patientsOf(members)), String(members.length), ...counts];
  });
  const columns = ['patients', 'items', ...classes.map((value) => `${value}, patients`)];
  const text = table([{ title: 'part' }, ...columns.map((title) => ({ title, align: 'right' as const }))], rows);
  const checked = looked ? ', and no picture in two parts' : '; whether pictures are in two parts was not looked at';
  const within = split.recipe?.within;
  const apart = within === undefined ? 'no patient is in two parts' : `no ${within} of a patient is in two parts`;
  const warning = within === undefined ? '' : `\n${withinNote(within)}`;
  return `${text}\n\n${described(split)}: ${apart}${checked}${warning}`;
}

/** How it was made, in words. */
function described({ name, seed, recipe = {} }: Split): string {
  const { folds, fold, stratifyBy, wholeBy, within } = recipe;
  const what =
    folds === undefined
      ? name.startsWith('official')
        ? name.replace(/^official:?/, 'the set’s own split ').trimEnd()
        : within === undefined
          ? 'by patient'
          : `by ${within}`
      : `fold ${fold} of ${countOf(folds, 'fold')}`;
  const spread = stratifyBy === undefined ? '' : `, ${stratifyBy} spread evenly`;
  const whole = wholeBy === undefined ? '' : `, ${wholeBy} kept whole`;
  return `${what}${spread}${whole}, seed ${seed}`;
}

function classesOf(items: readonly MediaItem[], label: string): (string | number)[] {
  const counts = new Map<string | number, number>();
  for (const { labels } of items) {
    const value = labels[label];
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}

function patientsOf(items: readonly MediaItem[]): number {
  return new Set(items.map(({ patient }) => patient)).size;
}
