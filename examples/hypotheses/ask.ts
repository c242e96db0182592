/**
 * What the hypotheses share on the command line.
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findingText, writeFinding } from '../../scripts/findings-record.ts';
import { progressReporter } from '../../src/cli/progress.ts';
import { cacheDirectory } from '../../src/data/storage/open-dataset.ts';
import { type Hypothesis, judge } from '../../src/studies/hypothesis.ts';
import { PhantomTasks } from '../../src/studies/phantom-tasks.ts';

const help = ({ id, statement }: Hypothesis) => `${statement}

node --import tsx examples/hypotheses/${id}.ts [options]

  --seeds N         seeds of each network (default 6; of fewer than 4 nothing follows)
  --quick           two seeds and a third of the arithmetic, to see it run
  --compute G       billions of multiply-adds a training may take (default 60)
  --kept            train nothing: use the trials that are kept, leave out the others
  --threads N       of the training step (default 1)
  --directory DIR   where trials are kept (default: in the cache folder); those done are not done again
  --record          write the result into docs/findings.json, its figures, and docs/findings.md
  --json            the result as JSON

Stopped and started again, it goes on.
`;

/** Tests a hypothesis as the command line asks, and prints what came of it. */
export async function ask(hypothesis: Hypothesis): Promise<void> {
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
    console.log(help(hypothesis));
    return;
  }
  const seeds = Number(values.seeds ?? (values.quick ? 2 : 6));
  const compute = Number(values.compute ?? (values.quick ? 20 : 60));
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  const reporter = progressReporter({ silent: values.json });
  const drawing = progressReporter({ silent: values.json });
  const evidence = await hypothesis.look({
    seeds: Array.from({ length: seeds }, (_, seed) => seed),
    compute: 1e9 * compute,
    keptOnly: values.kept,
    threads: Number(values.threads),
    directory: values.directory,
    signal: stop.signal,
    tasks: new PhantomTasks((name, done, total) => drawing.update({ name, done, total, unit: 'items' })),
    onProgress: (name, done, total) => reporter.update({ name, done, total, unit: 'trials' }),
  });
  reporter.end();
  if (evidence === undefined) {
    if (!stop.signal.aborted) console.error('There are no kept trials to look at: leave out --kept to train them.');
    process.exitCode = stop.signal.aborted ? 130 : 1;
    return;
  }
  const result = judge(hypothesis, evidence);
  console.log(values.json ? JSON.stringify(result, null, 2) : findingText(result));
  if (values.record) writeFinding(result, `--seeds ${seeds} --compute ${compute}${values.kept ? ' --kept' : ''}`);
}
