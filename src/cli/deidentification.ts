/**
 * What `sonde data deidentify` does.
 * @module
 */
import { resolve } from 'node:path';
import type { Problem } from '../data/media.ts';
import { deidentifyFolder } from '../data/storage/deidentify-folder.ts';
import type { Box } from '../data/transform/crop.ts';
import { facts, table } from '../report/terminal.ts';
import { progressReporter } from './progress.ts';

export interface DeidentifyCommandOptions {
  readonly out: string;
  readonly shiftDates?: boolean;
  readonly mask?: readonly Box[];
  readonly text?: boolean;
  readonly json?: boolean;
}

export async function deidentify(path: string, options: DeidentifyCommandOptions): Promise<void> {
  const silent = options.json === true;
  const reporter = progressReporter({ silent });
  const { mask, text, shiftDates } = options;
  const summary = await deidentifyFolder(path, {
    out: options.out,
    ...(mask === undefined ? {} : { boxes: mask }),
    ...(text === undefined ? {} : { findText: text }),
    ...(shiftDates === undefined ? {} : { shiftDates }),
    onProgress: (done, total) => reporter.update({ name: 'deidentify', done, total, unit: 'files' }),
  });
  reporter.end();
  if (silent) {
    console.log(JSON.stringify(summary, null, 2));
    return;
  }
  console.log(
    facts([
      ['written', `${summary.written} files of ${summary.patients} patients`],
      ['text blackened', `in ${summary.masked} files`],
      ['not copied', `${summary.others} files that are no DICOM, ${summary.problems.length} that cannot be cleaned`],
      ['folder', resolve(options.out)],
    ]),
  );
  if (summary.problems.length > 0) {
    const columns = [
      { title: 'files', align: 'right' as const },
      { title: 'why they are not copied' },
      { title: 'e.g.' },
    ];
    console.log(`\n${table(columns, byReason(summary.problems))}`);
  }
  console.log('\nLook at the copies before you share them: faces, scars and dates in speech stay in pixels and sound.');
}

/** How many files have each problem, and one of them. */
function byReason(problems: readonly Problem[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const { path, reason } of problems) groups.set(reason, [...(groups.get(reason) ?? []), path]);
  return [...groups]
    .sort((a, b) => b[1].length - a[1].length)
    .map(([reason, paths]) => [String(paths.length), reason, paths[0]]);
}
