/**
 * Whether what a change of the picture does to an embedding is a linear map: then the layer follows the change, and what
 * changed can be read off (methods.md 7.8).
 * @module
 */
import { choleskyFactor, solveWithFactor } from '../../evaluation/cholesky.ts';
import { symmetricEigen } from '../../statistics/symmetric-eigen.ts';
import { type Cloud, centredColumns } from './geometry.ts';

/**
 * R² of the best linear map from embeddings of pictures to embeddings of the changed ones, on groups (patients) the map has
 * not seen: `folds`-fold. Both are first put in the coordinates of their strongest `directions` together.
 */
export function equivarianceR2(
  before: Cloud,
  after: Cloud,
  groups: readonly string[],
  { directions = 16, folds = 5, l2 = 1e-2 } = {},
): number {
  const [x, y] = shared(before, after, directions);
  const d = x[0].length;
  const names = [...new Set(groups)];
  const foldOf = new Map(names.map((name, i) => [name, i % Math.min(folds, names.length)]));
  let [residual, total] = [0, 0];
  const mean = Array.from({ length: d }, (_, j) => y.reduce((sum, row) => sum + row[j] / y.length, 0));
  for (let fold = 0; fold < Math.min(folds, names.length); fold++) {
    const inside = groups.map((group) => foldOf.get(group) !== fold);
    const map = ridgeMap(
      x.filter((_, i) => inside[i]),
      y.filter((_, i) => inside[i]),
      l2,
    );
    x.forEach((row, i) => {
      if (inside[i]) return;
      for (let j = 0; j < d; j++) {
        let guess = map[d * d + j];
        for (let k = 0; k < d; k++) guess += row[k] * map[k * d + j];
        residual += (y[i][j] - guess) ** 2;
        total += (y[i][j] - mean[j]) ** 2;
      }
    });
  }
  return total > 0 ? 1 - residual / total : 0;
}

/** Rows of both clouds along the strongest directions of the two together, each direction scaled by the first's spread. */
function shared(before: Cloud, after: Cloud, wanted: number): [Float64Array[], Float64Array[]] {
  const n = before.rows;
  const columns = before.columns;
  const both = centredColumns({
    rows: 2 * n,
    columns,
    data: Float64Array.from({ length: 2 * n * columns }, (_, i) =>
      i < n * columns ? before.data[i] : after.data[i - n * columns],
    ),
  });
  const covariance = new Float64Array(columns * columns);
  for (let row = 0; row < 2 * n; row++) {
    for (let i = 0; i < columns; i++) {
      const value = both.data[row * columns + i];
      for (let j = 0; j <= i; j++) covariance[i * columns + j] += value * both.data[row * columns + j];
    }
  }
  for (let i = 0; i < columns; i++)
    for (let j = 0; j < i; j++) covariance[j * columns + i] = covariance[i * columns + j];
  const { values, vectors } = symmetricEigen(covariance, columns);
  let count = 0;
  while (count < Math.min(wanted, columns) && values[count] > 1e-9 * values[0]) count++;
  const rows = Array.from({ length: 2 * n }, (_, row) =>
    Float64Array.from({ length: Math.max(1, count) }, (_, k) => {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += both.data[row * columns + j] * vectors[k * columns + j];
      return sum / Math.sqrt(values[k] / (2 * n) || 1);
    }),
  );
  return [rows.slice(0, n), rows.slice(n)];
}

/** Weights `[d, d]`, then the intercept `[d]`, of the ridge map between rows. */
function ridgeMap(x: readonly Float64Array[], y: readonly Float64Array[], l2: number): Float64Array {
  const d = x[0].length;
  const n = x.length;
  const mx = Float64Array.from({ length: d }, (_, j) => x.reduce((sum, row) => sum + row[j] / n, 0));
  const my = Float64Array.from({ length: d }, (_, j) => y.reduce((sum, row) => sum + row[j] / n, 0));
  const gram = new Float64Array(d * d);
  const cross = Array.from({ length: d }, () => new Float64Array(d));
  x.forEach((row, i) => {
    for (let a = 0; a < d; a++) {
      for (let b = 0; b < d; b++) {
        gram[a * d + b] += (row[a] - mx[a]) * (row[b] - mx[b]);
        cross[b][a] += (row[a] - mx[a]) * (y[i][b] - my[b]);
      }
    }
  });
  for (let a = 0; a < d; a++) gram[a * d + a] += l2 * n;
  choleskyFactor(gram, d);
  const out = new Float64Array(d * d + d);
  cross.forEach((column, j) => {
    solveWithFactor(gram, column, d);
    let intercept = my[j];
    for (let k = 0; k < d; k++) {
      out[k * d + j] = column[k];
      intercept -= mx[k] * column[k];
    }
    out[d * d + j] = intercept;
  });
  return out;
}
