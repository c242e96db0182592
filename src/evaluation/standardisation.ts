/**
 * Brings every feature column to mean 0 and standard deviation 1 over the training rows, or every row to length 1.
 * @module
 */
import type { Matrix } from './linear-scores.ts';

export interface Standardisation {
  /** Columns that vary, ascending; the others carry nothing and are dropped. */
  readonly kept: Int32Array;
  /** Mean and standard deviation (divisor n) of the kept columns. */
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

/** Measures `columns` over the given rows of row-major `features`. */
export function measureColumns(features: Float32Array, columns: number, rows: ArrayLike<number>): Standardisation {
  const means = new Float64Array(columns);
  const squares = new Float64Array(columns);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i] * columns;
    for (let p = 0; p < columns; p++) means[p] += features[at + p];
  }
  for (let p = 0; p < columns; p++) means[p] /= rows.length;
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i] * columns;
    for (let p = 0; p < columns; p++) {
      const d = features[at + p] - means[p];
      squares[p] += d * d;
    }
  }
  const kept: number[] = [];
  for (let p = 0; p < columns; p++) {
    const deviation = Math.sqrt(squares[p] / rows.length);
    // A spread at the level of single-precision rounding is a constant column.
    if (deviation > 1e-6 * Math.abs(means[p]) && deviation > 1e-30) kept.push(p);
  }
  return {
    kept: Int32Array.from(kept),
    means: Float64Array.from(kept, (p) => means[p]),
    deviations: Float64Array.from(kept, (p) => Math.sqrt(squares[p] / rows.length)),
  };
}

/** The given rows with columns dropped and scaled as measured. */
export function standardise(
  features: Float32Array,
  columns: number,
  rows: ArrayLike<number>,
  { kept, means, deviations }: Standardisation,
): Matrix & { readonly data: Float32Array } {
  const width = kept.length;
  const data = new Float32Array(rows.length * width);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * columns;
    const to = i * width;
    for (let p = 0; p < width; p++) data[to + p] = (features[from + kept[p]] - means[p]) / deviations[p];
  }
  return { rows: rows.length, columns: width, data };
}

/** The given rows, each divided by its length; a row of zeros stays as it is. */
export function normaliseRows(
  features: Float32Array,
  columns: number,
  rows: ArrayLike<number>,
): Matrix & { readonly data: Float32Array } {
  const data = new Float32Array(rows.length * columns);
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * columns;
    let squares = 0;
    for (let p = 0; p < columns; p++) squares += features[from + p] ** 2;
    const scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (let p = 0; p < columns; p++) data[i * columns + p] = features[from + p] * scale;
  }
  return { rows: rows.length, columns, data };
}
