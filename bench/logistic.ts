/**
 * L-BFGS on many features: a logistic regression of `--rows` by `--columns`, through the runtime and by loops, from normal
 * features of classes whose means differ. One JSON line a way; loops run `--loops` iterations only.
 *
 *   node --import tsx bench/logistic.ts [--rows 10000] [--columns 9000] [--classes 4] [--l2 0.01] [--loops 5]
 * @module
 */
import { parseArgs } from 'node:util';
import { Random } from '../src/base/random.ts';
import { fitLogistic, type LogisticFit, predictProbabilities } from '../src/evaluation/logistic-regression.ts';
import { fitLogisticByRuntime } from '../src/evaluation/runtime-logistic.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000' },
    columns: { type: 'string', default: '9000' },
    classes: { type: 'string', default: '4' },
    l2: { type: 'string', default: '0.01' },
    loops: { type: 'string', default: '5' },
  },
});
const [rows, columns, classes] = [values.rows, values.columns, values.classes].map(Number);
const random = new Random('logistic');
const data = new Float32Array(rows * columns);
random.fillNormal(data);
const means = new Float32Array(classes * columns);
random.fillNormal(means);
const targets = Uint8Array.from({ length: rows }, () => random.integer(classes));
for (let row = 0; row < rows; row++) {
  for (let p = 0; p < columns; p++) data[row * columns + p] += 0.03 * means[targets[row] * columns + p];
}
const features = { rows, columns, data };

async function timed(way: string, fit: () => LogisticFit | Promise<LogisticFit>): Promise<void> {
  const started = performance.now();
  const before = process.cpuUsage();
  const { value, iterations, converged, ...model } = await fit();
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage(before);
  const answers = predictProbabilities({ ...model }, { ...features, rows: Math.min(rows, 500) });
  const right = answers.length / classes;
  let correct = 0;
  for (let row = 0; row < right; row++) {
    const own = answers.subarray(row * classes, (row + 1) * classes);
    if (own.every((probability) => probability <= own[targets[row]])) correct++;
  }
  const figures = { rows, columns, classes, iterations, converged, value: Number(value.toPrecision(7)) };
  console.log(
    JSON.stringify({
      way,
      ...figures,
      trainAccuracy: correct / right,
      seconds: Number(seconds.toFixed(2)),
      cpu_seconds: Number(((user + system) / 1e6).toFixed(2)),
      peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    }),
  );
}

const l2 = Number(values.l2);
await timed('runtime', () => fitLogisticByRuntime(features, targets, classes, { l2 }));
const maxIterations = Number(values.loops);
if (maxIterations > 0) await timed('loops', () => fitLogistic(features, targets, classes, { l2, maxIterations }));
