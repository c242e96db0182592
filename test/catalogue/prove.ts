/**
 * `npm run prove`: what takes too long to be asked at every test of every method. Ten thousand right answers under every
 * choice that its options offer, each as often as it should be; and the same batches from one worker and from three.
 * @module
 */
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { progressReporter } from '../../src/cli/progress.ts';
import { methodsNamed } from '../../src/pretext/index.ts';
import { adjustHolm } from '../../src/statistics/multiple-comparisons.ts';
import { pictureStore } from './pictures.ts';
import { answerCounts, chanceOfCounts, choicesOf, trial } from './run-method.ts';
import { batchesOf, storeFor } from './workers.ts';

const help = `npm run prove -- [options]

  --only a,b        which methods (default: all)
  --answers N       right answers drawn of each choice (default 10000)
  --json            the rows as JSON

  npm run prove -- --only rubiks-cube
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    answers: { type: 'string', default: '10000' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) {
  console.log(help);
  process.exit(0);
}

const chosen = methodsNamed(values.only);
const reporter = progressReporter({ silent: values.json });
const counted: { method: string; choice: string; answers: number; least: number; most: number; p: number }[] = [];
const workers: { method: string; same: boolean }[] = [];

for (const [done, method] of chosen.entries()) {
  const { card } = method;
  const store = pictureStore(card.inputs[0], 20, card.needs === 'colour' ? 3 : 1);
  for (const [number, choice] of [{}, ...choicesOf(method)].entries()) {
    reporter.update({ name: card.id, done, total: chosen.length, unit: 'methods' });
    const given = trial(method, store, choice);
    // Draws of its own for each choice: many change nothing about what is asked.
    const counts = await answerCounts(given, Number(values.answers), 1_000_000 * number);
    if (counts === undefined) break;
    counted.push({
      method: card.id,
      choice: JSON.stringify(choice),
      answers: counts.length,
      least: Math.min(...counts),
      most: Math.max(...counts),
      p: chanceOfCounts(given, counts),
    });
  }
  const frames = await storeFor(method);
  const [one, three] = [await batchesOf(method, frames, 1, 6), await batchesOf(method, frames, 3, 6)];
  workers.push({ method: card.id, same: isDeepStrictEqual(one, three) });
}
reporter.end();

const adjusted = adjustHolm(counted.map(({ p }) => p));
const rows = counted.map((row, i) => ({ ...row, even: row.least > 0 && adjusted[i] > 0.01 }));
if (values.json) console.log(JSON.stringify({ answers: rows, workers }));
else {
  for (const { method, choice, answers, least, most, p, even } of rows) {
    const found = `${answers} answers, each ${least} to ${most} times, p = ${p.toPrecision(2)}`;
    console.log(`${even ? 'even   ' : 'UNEVEN '} ${method} ${choice}: ${found}`);
  }
  for (const { method, same } of workers)
    console.log(`${same ? 'same   ' : 'DIFFERS'} ${method}: one worker and three`);
}
if (rows.some(({ even }) => !even) || workers.some(({ same }) => !same)) process.exitCode = 1;
