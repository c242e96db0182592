/**
 * A linear probe quick enough for every layer at every moment: ridge regression on standardised features in its dual form,
 * each group of patients answered by a fit on the others. Hoerl and Kennard 1970.
 * @module
 */
import { choleskyFactor, solveWithFactor } from '../../evaluation/cholesky.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import type { ShownFactor } from '../known-factors.ts';
import type { Cloud } from '../measures/geometry.ts';
import { gramMatrix } from '../measures/similarity.ts';
import { balancedShare } from '../shortcuts/balanced-share.ts';

/** Penalty on weights of standardised features, as a share of the kernel's mean diagonal. */
const penalty = 0.1;

/**
 * How well each factor is read, 0 at guessing and 1 at perfect: balanced accuracy above chance for classes, R² for
 * numbers; 95 % by bootstrap over patients.
 */
export function foldedProbe(
  cloud: Cloud,
  factors: readonly ShownFactor[],
  patients: readonly string[],
  { folds = 5, resamples = 500 } = {},
): Estimate[] {
  const kernel = gramMatrix(standardised(cloud));
  const names = [...new Set(patients)];
  const count = Math.min(folds, names.length);
  const foldOf = new Map(names.map((name, i) => [name, i % count]));
  const columns = factors.map(columnsOf);
  const answers = columns.map((own) => own.map(() => new Float64Array(cloud.rows)));
  for (let fold = 0; fold < count; fold++) {
    const inside = patients.flatMap((patient, row) => (foldOf.get(patient) === fold ? [] : [row]));
    const outside = patients.flatMap((patient, row) => (foldOf.get(patient) === fold ? [row] : []));
    if (inside.length === 0) continue;
    answerFold(kernel, cloud.rows, inside, outside, columns, answers);
  }
  return factors.map((factor, f) => {
    const statistic = factor.kind === 'numbers' ? explained(factor.values, answers[f][0]) : chosen(factor, answers[f]);
    const { intervals } = clusterBootstrap(patients, (weights) => [statistic(weights)], { resamples });
    return intervals[0];
  });
}

function answerFold(
  kernel: Float64Array,
  rows: number,
  inside: readonly number[],
  outside: readonly number[],
  columns: readonly (readonly Float64Array[])[],
  answers: readonly (readonly Float64Array[])[],
): void {
  const n = inside.length;
  const system = new Float64Array(n * n);
  let trace = 0;
  inside.forEach((a, i) => {
    inside.forEach((b, j) => {
      system[i * n + j] = kernel[a * rows + b];
    });
    trace += kernel[a * rows + a];
  });
  for (let i = 0; i < n; i++) system[i * n + i] += Math.max(1e-12, (penalty * trace) / n);
  choleskyFactor(system, n);
  columns.forEach((own, f) => {
    own.forEach((target, c) => {
      const mean = inside.reduce((sum, row) => sum + target[row] / n, 0);
      const dual = Float64Array.from(inside, (row) => target[row] - mean);
      solveWithFactor(system, dual, n);
      for (const row of outside) {
        answers[f][c][row] = inside.reduce((sum, other, i) => sum + kernel[row * rows + other] * dual[i], mean);
      }
    });
  });
}

function columnsOf(factor: ShownFactor): Float64Array[] {
  if (factor.kind === 'numbers') return [factor.values];
  return Array.from({ length: factor.classes }, (_, c) =>
    Float64Array.from(factor.values, (value) => (value === c ? 1 : 0)),
  );
}

function standardised({ rows, columns, data }: Cloud): Cloud {
  const out = new Float64Array(rows * columns);
  for (let k = 0; k < columns; k++) {
    let [mean, squares] = [0, 0];
    for (let i = 0; i < rows; i++) mean += data[i * columns + k] / rows;
    for (let i = 0; i < rows; i++) squares += (data[i * columns + k] - mean) ** 2 / rows;
    // A channel that varies by rounding only says nothing.
    const scale = squares > 1e-12 * mean * mean ? 1 / Math.sqrt(squares) : 0;
    for (let i = 0; i < rows; i++) out[i * columns + k] = (data[i * columns + k] - mean) * scale;
  }
  return { rows, columns, data: out };
}

function explained(truth: Float64Array, guesses: Float64Array) {
  return (weights: Float64Array): number => {
    let [total, mean, residual, spread] = [0, 0, 0, 0];
    for (let i = 0; i < truth.length; i++) {
      total += weights[i];
      mean += weights[i] * truth[i];
    }
    mean /= total;
    for (let i = 0; i < truth.length; i++) {
      residual += weights[i] * (truth[i] - guesses[i]) ** 2;
      spread += weights[i] * (truth[i] - mean) ** 2;
    }
    return spread > 0 ? 1 - residual / spread : Number.NaN;
  };
}

function chosen({ values, classes }: ShownFactor & { kind: 'classes' }, answers: readonly Float64Array[]) {
  const hits = Float64Array.from(values, (truth, row) => {
    let best = 0;
    for (let c = 1; c < classes; c++) if (answers[c][row] > answers[best][row]) best = c;
    return best === truth ? 1 : 0;
  });
  const chance = 1 / classes;
  return (weights: Float64Array) => (balancedShare(hits, values, classes, weights) - chance) / (1 - chance);
}
