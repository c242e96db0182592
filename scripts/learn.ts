/**
 * `npm run learn`: trains every method in the list on a phantom, several seeds each, and measures what every layer knows
 * of a known factor beside the same network untrained. Trials already done are not done again; killed and started
 * again, it goes on.
 * @module
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../src/base/errors.ts';
import { progressReporter } from '../src/cli/progress.ts';
import { cacheDirectory } from '../src/data/storage/open-dataset.ts';
import { methodsNamed } from '../src/pretext/index.ts';
import type { PretextMethod } from '../src/pretext/method.ts';
import { stepsWithin } from '../src/studies/budget.ts';
import { type LearningRow, learningRow } from '../src/studies/learning.ts';
import { PhantomTasks } from '../src/studies/phantom-tasks.ts';
import { runTrial, type TrialResult } from '../src/studies/trial.ts';
import { configureRun } from '../src/training/configuration.ts';
import { learningTable, tapTable, writeRecord } from './learning-record.ts';

const help = `npm run learn -- [options]

  --methods a,b     which methods (default: all)
  --seeds N         seeds of each (default 6; fewer than 6 cannot decide)
  --compute G       billions of multiply-adds a training may take (default 60)
  --steps N         steps of each training instead
  --quick           two seeds and a sixth of the arithmetic: minutes instead of hours, decides nothing
  --threads N       of the training step (default 1; part of what is reproduced)
  --directory DIR   where trials are kept (default: in the cache folder)
  --taps            every layer, not only the best
  --record          write docs/learning.json and docs/learning.md; rows of other methods stay
  --json            the rows as JSON

  npm run learn -- --methods rotation,jigsaw --seeds 2 --taps
`;

const { values } = parseArgs({
  options: {
    methods: { type: 'string' },
    seeds: { type: 'string' },
    compute: { type: 'string' },
    steps: { type: 'string' },
    quick: { type: 'boolean', default: false },
    threads: { type: 'string', default: '1' },
    directory: { type: 'string', default: join(cacheDirectory(), 'learning') },
    taps: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const chosen = methodsNamed(values.methods);
const [seedCount, compute] = values.quick ? [2, 10] : [6, 60];
const seeds = Array.from({ length: Number(values.seeds ?? seedCount) }, (_, seed) => seed);
const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

const drawing = progressReporter({ silent: values.json });
const tasks = new PhantomTasks((stage, done, total) =>
  drawing.update({ name: stage === 'decode' ? 'phantom' : stage, done, total, unit: 'items' }),
);

interface Plan {
  readonly method: PretextMethod;
  readonly task: Awaited<ReturnType<PhantomTasks['fitting']>>;
  readonly steps: number;
  readonly trials: TrialResult[];
  failure?: string;
}

const plans: Plan[] = [];
for (const method of chosen) {
  const request = { method: method.card.id };
  const task = await tasks.fitting(method, configureRun(request).methodOptions);
  const steps =
    values.steps === undefined
      ? stepsWithin(1e9 * Number(values.compute ?? compute), request, task)
      : Number(values.steps);
  plans.push({ method, task, steps, trials: [] });
}
drawing.end();

const total = plans.length * seeds.length;
const reporter = progressReporter({ silent: values.json });
let done = 0;
// Seed by seed: whoever stops early has every method under the first seeds.
for (const seed of seeds) {
  for (const plan of plans) {
    const { method, task, steps, trials } = plan;
    const name = `${method.card.id}, seed ${seed}`;
    try {
      const result = await runTrial({ method: method.card.id, steps, seed }, task, {
        directory: values.directory,
        threads: Number(values.threads),
        signal: stop.signal,
        onStep: (step) => reporter.update({ name, done: done + (0.9 * step) / steps, total, unit: 'trials' }),
      });
      if (result !== undefined) trials.push(result);
    } catch (error) {
      plan.failure ??= `${name}: ${messageOf(error)}`;
      console.error(plan.failure);
    }
    if (stop.signal.aborted) break;
    reporter.update({ name, done: ++done, total, unit: 'trials' });
  }
  if (stop.signal.aborted) break;
}
reporter.end();

const rowOf = ({ method, task, trials }: Plan): LearningRow => learningRow(method.card.title, task, trials);
const rows = plans.filter(({ trials }) => trials.length > 0).map(rowOf);
if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  console.log(learningTable(rows));
  if (values.taps) for (const row of rows) console.log(`\n${row.title}\n${tapTable(row)}`);
}
if (values.record) {
  // A row of fewer seeds than its command says would stand for more than was measured.
  const complete = plans.filter(({ trials }) => trials.length === seeds.length);
  for (const { method } of plans.filter((plan) => !complete.includes(plan)))
    console.error(`${method.card.id} is not recorded: not every seed was measured`);
  writeRecord(
    complete.map(rowOf),
    process.argv.slice(2).filter((word) => word !== '--record'),
  );
}
process.exitCode = stop.signal.aborted ? 130 : plans.some(({ failure }) => failure !== undefined) ? 1 : 0;
