/**
 * Features as directions: what neighbours are found among.
 * @module
 */
import type { ExamplePart } from './examples.ts';
import type { FeatureTable } from './feature-table.ts';
import type { Directions } from './neighbours.ts';
import { normaliseRows } from './standardisation.ts';

/** One vector of length 1 for each unit: the mean of its rows. */
export function unitDirections({ features, columns }: FeatureTable, part: ExamplePart): Directions {
  const count = part.units.length;
  const rowsOfUnit = Array.from({ length: count }, (): number[] => []);
  part.unitOfRow.forEach((unit, i) => {
    rowsOfUnit[unit].push(part.rows[i]);
  });
  const data = new Float32Array(count * columns);
  // A unit at a time: sums of all units in double precision would be larger than the table.
  const sum = new Float64Array(columns);
  const mean = new Float32Array(columns);
  const first = Int32Array.of(0);
  rowsOfUnit.forEach((rows, unit) => {
    sum.fill(0);
    for (const row of rows) for (let p = 0; p < columns; p++) sum[p] += features[row * columns + p];
    for (let p = 0; p < columns; p++) mean[p] = sum[p] / rows.length;
    data.set(normaliseRows(mean, columns, first).data, unit * columns);
  });
  return { count, columns, data };
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
