/**
 * Features as directions: what neighbours are found among.
 * @module
 */
import { averageByUnit, type ExamplePart } from './examples.ts';
import type { FeatureTable } from './feature-table.ts';
import type { Directions } from './neighbours.ts';
import { normaliseRows } from './standardisation.ts';

/** One vector of length 1 for each unit: the mean of its rows. */
export function unitDirections({ features, columns }: FeatureTable, part: ExamplePart): Directions {
  const rows = new Float64Array(part.rows.length * columns);
  part.rows.forEach((row, i) => {
    rows.set(features.subarray(row * columns, (row + 1) * columns), i * columns);
  });
  const means = Float32Array.from(averageByUnit(part, rows, columns));
  const count = part.units.length;
  const all = Int32Array.from({ length: count }, (_, unit) => unit);
  return { count, columns, data: normaliseRows(means, columns, all).data };
}

/** One vector of length 1 for each row. */
export function rowDirections({ features, columns }: FeatureTable, { rows }: ExamplePart): Directions {
  return { count: rows.length, columns, data: normaliseRows(features, columns, rows).data };
}

/** The share of hits under weights. */
export function shareOf(hits: ArrayLike<number>): (weights?: ArrayLike<number>) => number {
  return (weights) => {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < hits.length; i++) {
      const weight = weights ? weights[i] : 1;
      sum += weight * hits[i];
      total += weight;
    }
    return sum / total;
  };
}
