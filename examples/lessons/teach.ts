/**
 * What the lessons share on the command line.
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lessonText, writeLesson } from '../../scripts/learning-record.ts';
import { progressReporter } from '../../src/cli/progress.ts';
import { cacheDirectory } from '../../src/data/storage/open-dataset.ts';
import { type Lesson, runLesson } from '../../src/studies/lesson.ts';
import { PhantomTasks } from '../../src/studies/phantom-tasks.ts';

const help = (id: string) => `node --import tsx examples/lessons/${id}.ts [options]

  --seeds N         seeds of each variant (default 4)
  --quick           two seeds and a third of the arithmetic, to see it run
  --compute G       billions of multiply-adds a training may take (default 60)
  --threads N       of the training step (default 1)
  --directory DIR   where trials are kept (default: in the cache folder); those done are not done again
  --record          write the result into docs/lessons.json and docs/lessons.md
  --json            the result as JSON
`;

/** Runs a lesson as the command line asks, and prints what came of it. */
export async function teach(lesson: Lesson): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      quick: { type: 'boolean', default: false },
      compute: { type: 'string' },
      threads: { type: 'string', default: '1' },
      directory: { type: 'string', default: join(cacheDirectory(), 'learning') },
      record: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(help(lesson.id));
    return;
  }
  const seeds = Number(values.seeds ?? (values.quick ? 2 : 4));
  const compute = Number(values.compute ?? (values.quick ? 20 : 60));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const reporter = progressReporter({ silent: values.json });
  const drawing = progressReporter({ silent: values.json });
  const result = await runLesson(lesson, {
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    compute: 1e9 * compute,
    threads: Number(values.threads),
    directory: values.directory,
    signal: stop.signal,
    tasks: new PhantomTasks((name, done, total) => drawing.update({ name, done, total, unit: 'items' })),
    onProgress: (name, done, total) => reporter.update({ name, done, total, unit: 'trials' }),
  });
  reporter.end();
  if (result === undefined) {
    process.exitCode = 130;
    return;
  }
  console.log(values.json ? JSON.stringify(result, null, 2) : lessonText(result));
  if (values.record) writeLesson(result, `--seeds ${seeds} --compute ${compute}`);
}
