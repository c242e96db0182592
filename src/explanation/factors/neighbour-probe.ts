/**
 * Factors read without any parameters: each picture of the test patients asks the pictures of the training patients most
 * like it (methods.md 7.8: NN-probing).
 * @module
 */
import type { FeatureTable } from '../../evaluation/feature-table.ts';
import type { Estimate } from '../../evaluation/probe-result.ts';
import { clusterBootstrap } from '../../statistics/bootstrap.ts';
import { shownFactor } from '../known-factors.ts';
import { onSphere } from '../measures/geometry.ts';
import { balancedShare } from '../shortcuts/balanced-share.ts';

export interface NeighbourAnswer {
  readonly tap: string;
  /** 0 at guessing, 1 at perfect: balanced accuracy above chance for classes, R² for numbers; by bootstrap over patients. */
  readonly share: Estimate;
}

/** Of one tap, the nearest rows of the gallery for each query: asked once, read by every factor. */
export interface NeighbourTable {
  readonly table: FeatureTable;
  readonly queries: readonly number[];
  /** Rows of the table, nearest first. */
  readonly nearest: readonly (readonly number[])[];
}

/** By cosine, `k` of the rows of training patients for each row of test patients. */
export function nearestOfTraining(table: FeatureTable, k: number): NeighbourTable {
  const { rows, columns, features, parts } = table;
  const all = Array.from({ length: rows }, (_, row) => row);
  const gallery = all.filter((row) => parts?.[row] === 'train');
  const queries = all.filter((row) => parts?.[row] === 'test');
  const { data } = onSphere({ rows, columns, data: features });
  const nearest = queries.map((query) => {
    const cosines = Float64Array.from(gallery, (row) => {
      let sum = 0;
      for (let c = 0; c < columns; c++) sum += data[query * columns + c] * data[row * columns + c];
      return sum;
    });
    const order = Array.from(cosines.keys()).sort((a, b) => cosines[b] - cosines[a] || a - b);
    return order.slice(0, k).map((i) => gallery[i]);
  });
  return { table, queries, nearest };
}

/** What the neighbours say of a label; `undefined` where it does not vary among the rows that carry it. */
export function answerOfNeighbours(
  { table, queries, nearest }: NeighbourTable,
  label: string,
  resamples: number,
): NeighbourAnswer | undefined {
  const labels = table.labels?.[label] ?? [];
  const known = labels.flatMap((value, row) => (value === undefined ? [] : [row]));
  const factor = shownFactor(
    label,
    known.map((row) => labels[row]),
  );
  if (factor === undefined) return undefined;
  const valueAt = new Map(known.map((row, i) => [row, factor.values[i]]));
  const asked = queries.flatMap((row, q) => {
    const told = nearest[q].flatMap((near) => valueAt.get(near) ?? []);
    const truth = valueAt.get(row);
    return truth === undefined || told.length === 0 ? [] : [{ row, truth, told }];
  });
  if (asked.length === 0) return undefined;
  const clusters = asked.map(({ row }) => table.patients[row]);
  const truth = asked.map((entry) => entry.truth);
  const statistic =
    factor.kind === 'numbers'
      ? explained(
          truth,
          asked.map(({ told }) => told.reduce((sum, value) => sum + value, 0) / told.length),
        )
      : aboveChance(
          truth,
          asked.map((entry) => (majority(entry.told) === entry.truth ? 1 : 0)),
          factor.classes,
        );
  const { intervals } = clusterBootstrap(clusters, (weights) => [statistic(weights)], { resamples });
  return { tap: table.tap, share: intervals[0] };
}

/** R² with weights. */
function explained(truth: readonly number[], guesses: readonly number[]) {
  return (weights: Float64Array): number => {
    let [total, sum] = [0, 0];
    truth.forEach((value, i) => {
      [total, sum] = [total + weights[i], sum + weights[i] * value];
    });
    const mean = sum / total;
    let [residual, spread] = [0, 0];
    truth.forEach((value, i) => {
      residual += weights[i] * (value - guesses[i]) ** 2;
      spread += weights[i] * (value - mean) ** 2;
    });
    return spread > 0 ? 1 - residual / spread : Number.NaN;
  };
}

function aboveChance(truth: readonly number[], hits: readonly number[], classes: number) {
  const chance = 1 / classes;
  return (weights: Float64Array) => (balancedShare(hits, truth, classes, weights) - chance) / (1 - chance);
}

/** The class that most neighbours have; of equals the nearest one's. */
function majority(classes: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of classes) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best))[0];
}
