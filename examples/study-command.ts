/**
 * What lessons and hypotheses share on the command line: which seeds, how much arithmetic, where trials are kept.
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { usageError } from '../src/base/errors.ts';
import { progressReporter } from '../src/cli/progress.ts';
import { cacheDirectory } from '../src/data/storage/open-dataset.ts';
import type { LessonOptions } from '../src/studies/lesson.ts';
import { PhantomTasks } from '../src/studies/phantom-tasks.ts';

export interface StudyCommand {
  readonly json: boolean;
  readonly record: boolean;
  readonly kept: boolean;
  /** What a record says of how it was made. */
  readonly given: string;
  readonly options: LessonOptions & { readonly signal: AbortSignal };
  /** Ends the line of progress. */
  end(): void;
}

/**
 * `undefined` where only help was asked for. `seeds`: how many where none are named; `mayKeep`: whether `--kept` is known.
 * Throws `usage` where it is not.
 */
export function studyCommand(help: string, seeds: number, mayKeep = false): StudyCommand | undefined {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      compute: { type: 'string' },
      kept: { type: 'boolean', default: false },
      threads: { type: 'string', default: '1' },
      directory: { type: 'string', default: join(cacheDirectory(), 'learning') },
      record: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help);
    return undefined;
  }
  if (values.kept && !mayKeep) throw usageError('--kept is not known here', { hint: '--help lists the options' });
  const count = Number(values.seeds ?? (values.quick ? 2 : seeds));
  const compute = Number(values.compute ?? (values.quick ? 20 : 60));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const reporter = progressReporter({ silent: values.json });
  const drawing = progressReporter({ silent: values.json });
  return {
    json: values.json,
    record: values.record,
    kept: values.kept,
    given: `--seeds ${count} --compute ${compute}${values.kept ? ' --kept' : ''}`,
    options: {
      seeds: Array.from({ length: count }, (_, seed) => seed),
      compute: 1e9 * compute,
      threads: Number(values.threads),
      directory: values.directory,
      signal: stop.signal,
      tasks: new PhantomTasks((name, done, total) => drawing.update({ name, done, total, unit: 'items' })),
      onProgress: (name, done, total) => reporter.update({ name, done, total, unit: 'trials' }),
    },
    end: () => reporter.end(),
  };
}
